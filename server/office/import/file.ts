// file.ts: what a person chose or pasted, as the bytes of a CSV file. Nothing is judged here: the hub has the one validator.
const encoder = new TextEncoder();

function cell(text: string): string {
  return /[",\r\n\t;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row of nothing stays a line of nothing, so that mistakes are named by the rows that the workbook shows. */
export function csvOf(rows: readonly (readonly string[])[]): Uint8Array<ArrayBuffer> {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const line = (row: readonly string[]): string => Array.from({ length: width }, (_, index) => cell(row[index] ?? '')).join(',');
  const full = rows.map((row) => (row.every((text) => text === '') ? '' : line(row)));
  return encoder.encode(`${full.join('\r\n')}\r\n`);
}

/** Cells as a spreadsheet puts them on the clipboard: tabs between, quotation marks around what holds a line break. */
export function pasted(text: string): List {
  return { bytes: encoder.encode(text.endsWith('\n') ? text : `${text}\n`), workbook: false };
}

/** A zip begins like this, and a workbook is one. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length > 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

export const fileBytesMax = 20 * 1024 * 1024;
/** What a workbook may unfold to: one that says more, or lies about it, is not opened. */
const unfoldedBytesMax = 200 * 1024 * 1024;

interface Directory {
  names: string[];
  bytes: number;
}

/** The zip's own list of what is in it: each entry begins with "PK\1\2" and stands behind all contents. */
export function zipDirectory(bytes: Uint8Array): Directory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Directory = { names: [], bytes: 0 };
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) return found;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === 0x02014b50) {
    const length = view.getUint16(at + 28, true);
    found.names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)));
    found.bytes += view.getUint32(at + 24, true);
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}

/** A list on its way: CSV bytes, and whether a workbook was made into them: which sheet of which. */
export interface List {
  bytes: Uint8Array<ArrayBuffer>;
  workbook: boolean;
  sheet?: string;
  sheets?: readonly string[];
}

export async function listOf(file: File, wanted?: string): Promise<List> {
  if (file.size > fileBytesMax) throw new Error('The file has more than 20 MB; divide it.');
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length === 0) throw new Error('The file is empty.');
  if (!isZip(bytes)) return { bytes, workbook: false };
  const directory = zipDirectory(bytes);
  if (!directory.names.includes('xl/workbook.xml')) throw new Error('That is a zip, but no Excel workbook. Choose the workbook or the CSV file in it.');
  if (directory.bytes > unfoldedBytesMax) throw new Error('The workbook unfolds to more than 200 MB; save the sheet as CSV.');
  const { sheetOf } = await import('./xlsx.ts');
  const { rows, sheet, sheets } = sheetOf(bytes, wanted);
  return { bytes: csvOf(rows), workbook: true, sheet, sheets };
}
