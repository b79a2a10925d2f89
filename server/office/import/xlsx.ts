// xlsx.ts: a workbook's first sheet as rows of text; loaded when somebody chooses one, as most files are CSV.
import readXlsx from 'read-excel-file/browser';

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** Dates come at midnight UTC; a time of day without a date comes on the first day of Excel's calendar. */
function dateText(date: Date): string {
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (date.getUTCFullYear() < 1901) return time;
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return dateText(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

interface Sheet {
  data: unknown[][];
}

export async function rowsOf(bytes: Uint8Array<ArrayBuffer>): Promise<string[][]> {
  const read: unknown = await readXlsx(bytes.buffer);
  const first = Array.isArray(read) ? (read[0] as Sheet | unknown[] | undefined) : undefined;
  const rows = first && !Array.isArray(first) ? first.data : (read as unknown[][]);
  return rows.map((row) => row.map(textOf));
}
