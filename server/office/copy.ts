// copy.ts: a table as a spreadsheet takes it: what is on the screen, sorted and narrowed as it is there.
export type Grid = readonly (readonly string[])[];

/** A cell's lines as one; what only a screen reader says, what can be pressed beside a name, and what stands there for want of room, is not of its words. */
function words(cell: HTMLTableCellElement): string {
  const copy = cell.cloneNode(true);
  if (!(copy instanceof HTMLElement)) return '';
  copy.querySelectorAll('.vh, .row-acts, .below, svg').forEach((one) => one.remove());
  copy.querySelectorAll('small').forEach((one) => one.prepend(', '));
  return (copy.textContent ?? '').replace(/\s+/g, ' ').replace(/^[, ]+|[, ]+$/g, '');
}

/** What stands beneath a row over its whole width is no row of the list. */
export function gridOf(table: HTMLTableElement): Grid {
  return [...table.rows].filter((row) => !row.classList.contains('more-row')).map((row) => [...row.cells].map(words));
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** For whoever takes plain text: nothing in it begins like a formula. */
export function asText(grid: Grid): string {
  return grid.map((row) => row.map((cell) => (/^([=+@]|-(?![\d.]))/.test(cell) ? `'${cell}` : cell)).join('\t')).join('\r\n');
}

/** For spreadsheets: every cell is text to them, so that leading zeros stay and nothing is reckoned. Numbers as people write them are numbers. */
export function asTable(grid: Grid): string {
  const cell = (text: string): string => (/^-?(0|[1-9]\d{0,2}(,\d{3})*)(\.\d+)?$/.test(text) ? `<td>${text}</td>` : `<td style='mso-number-format:"\\@"'>${escaped(text)}</td>`);
  return `<table>${grid.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`;
}

/** Older browsers take the text alone. */
export async function copyTable(table: HTMLTableElement): Promise<void> {
  const grid = gridOf(table);
  const text = asText(grid);
  if (typeof ClipboardItem === 'undefined') return navigator.clipboard.writeText(text);
  const parts = { 'text/plain': text, 'text/html': asTable(grid) };
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })])))]);
}
