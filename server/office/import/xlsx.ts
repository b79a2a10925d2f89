// xlsx.ts: a workbook's sheet as rows of text, as the sheet shows them; loaded when somebody chooses one, as most files are CSV.
import { unzipSync } from 'fflate';
import { Parser } from 'saxen';
import { builtInCode, shown, styleOf, type Style } from './number_format.ts';

const rowsMax = 1_048_576;
const columnsMax = 16_384;

type Attributes = Readonly<Record<string, string>>;

interface Hooks {
  open?: (name: string, attributes: () => Attributes) => void;
  close?: (name: string) => void;
  text?: (text: string) => unknown;
}

function character(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (decimal) return character(Number(decimal), all);
    return hex ? character(parseInt(hex, 16), all) : (named[name ?? ''] ?? all);
  });
}

/** A name without the prefix that some programs put before each. */
const local = (name: string): string => (name.includes(':') ? name.slice(name.indexOf(':') + 1) : name);

/** Almost no attribute of the half million cells of a large sheet has anything to be put right, so they are looked at first. */
function read(attributes: Attributes): Attributes {
  for (const name in attributes) {
    if (!name.includes(':') && !attributes[name]?.includes('&')) continue;
    return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [local(key), decoded(value)]));
  }
  return attributes;
}

function walk(xml: string, root: string, hooks: Hooks): void {
  const parser = new Parser();
  let whole = false;
  parser.on('openTag', (name, attributes, _decode, empty) => {
    if (empty && local(name) === root) whole = true;
    hooks.open?.(local(name), () => read(attributes()));
  });
  parser.on('closeTag', (name) => {
    if (local(name) === root) whole = true;
    hooks.close?.(local(name));
  });
  parser.on('text', (text) => hooks.text?.(decoded(text)));
  parser.on('cdata', (text) => hooks.text?.(text));
  parser.parse(xml);
  if (!whole) throw new Error(`<${root}> does not end`);
}

/** Letters that XML cannot hold stand in a workbook as _x000D_. */
function unescaped(text: string): string {
  return text.includes('_x') ? text.replace(/_x([0-9a-f]{4})_/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))) : text;
}

/** Where the sheet, its texts and its formats are: the workbook names the sheet, its relations name the files. */
interface Places {
  /** Those that a person sees, in their order; of a workbook that shows none, all. */
  sheets: readonly { name: string; path: string }[];
  strings: string | undefined;
  styles: string | undefined;
  epoch1904: boolean;
}

const pathOf = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`);

function placesOf(workbook: string, relations: string): Places {
  const files = new Map<string, { type: string; path: string }>();
  walk(relations, 'Relationships', {
    open: (name, attributes) => {
      const { Id, Type, Target } = name === 'Relationship' ? attributes() : {};
      if (Id && Type && Target) files.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), path: pathOf(Target) });
    },
  });
  const all: { name: string; path: string; hidden: boolean }[] = [];
  let epoch1904 = false;
  walk(workbook, 'workbook', {
    open: (name, attributes) => {
      if (name === 'workbookPr') epoch1904 = ['1', 'true'].includes(attributes()['date1904'] ?? '');
      const { id, state, name: called } = name === 'sheet' ? attributes() : {};
      const file = files.get(id ?? '');
      if (file?.type === 'worksheet') all.push({ name: called ?? '', path: file.path, hidden: (state ?? 'visible') !== 'visible' });
    },
  });
  const shown = all.filter(({ hidden }) => !hidden);
  const sheets = shown.length > 0 ? shown : all;
  if (sheets.length === 0) throw new Error('it has no sheet');
  const of = (type: string): string | undefined => [...files.values()].find((file) => file.type === type)?.path;
  return { sheets, strings: of('sharedStrings'), styles: of('styles'), epoch1904 };
}

/** Texts that cells share, with the runs of a text in several dresses put together and without what says how it is pronounced. */
function stringsOf(xml: string | undefined): string[] {
  const strings: string[] = [];
  let text = '';
  let takes = false;
  let spoken = false;
  const open = (name: string): void => {
    if (name === 'si') text = '';
    if (name === 'rPh') spoken = true;
    takes = name === 't' && !spoken;
  };
  const close = (name: string): void => {
    if (name === 'si') strings.push(unescaped(text));
    if (name === 'rPh') spoken = false;
    takes = false;
  };
  if (xml !== undefined) walk(xml, 'sst', { open, close, text: (more) => (text += takes ? more : '') });
  return strings;
}

/** The number format of each style that a cell may name. */
function stylesOf(xml: string | undefined): Style[] {
  const codes = new Map<string, string>();
  const styles: Style[] = [];
  let within = false;
  const open = (name: string, attributes: () => Attributes): void => {
    if (name === 'cellXfs') within = true;
    if (name === 'numFmt') codes.set(attributes()['numFmtId'] ?? '', attributes()['formatCode'] ?? '');
    if (!within || name !== 'xf') return;
    const id = attributes()['numFmtId'] ?? '0';
    styles.push(styleOf(codes.get(id) ?? builtInCode(Number(id))));
  };
  if (xml !== undefined) walk(xml, 'styleSheet', { open, close: (name) => (within &&= name !== 'cellXfs') });
  return styles;
}

interface Cell {
  row: number;
  column: number;
  type: string;
  style: number;
  text: string;
}

/** "BC17" is row 17, column 55; a cell without an address stands behind the one before it. */
function move(cell: Cell, address: string | undefined): void {
  cell.column += 1;
  if (address !== undefined) {
    let at = 0;
    cell.column = 0;
    for (; address.charCodeAt(at) >= 65; at += 1) cell.column = cell.column * 26 + address.charCodeAt(at) - 64;
    cell.row = Number(address.slice(at));
  }
  if (!(cell.row >= 1 && cell.row <= rowsMax && cell.column >= 1 && cell.column <= columnsMax)) throw new Error(`there is no cell ${address ?? ''}`);
}

function cellText(cell: Cell, strings: readonly string[], styles: readonly Style[], epoch1904: boolean): string {
  if (cell.type === 's') return strings[Number(cell.text)] ?? '';
  if (cell.type === 'b') return cell.text === '1' ? 'yes' : 'no';
  if (cell.type === 'd') return cell.text.slice(0, 10);
  if (cell.type === 'n') return shown(cell.text, styles[cell.style], epoch1904);
  return unescaped(cell.text);
}

function sheetRows(xml: string, textOf: (cell: Cell) => string): string[][] {
  const rows: string[][] = [];
  const cell: Cell = { row: 0, column: 0, type: 'n', style: 0, text: '' };
  let takes = false;
  let spoken = false;
  const open = (name: string, attributes: () => Attributes): void => {
    if (name === 'row') {
      cell.row = Number(attributes()['r'] ?? cell.row + 1);
      cell.column = 0;
    } else if (name === 'c') {
      const { r, t, s } = attributes();
      move(cell, r);
      cell.type = t ?? 'n';
      cell.style = Number(s ?? 0);
      cell.text = '';
    }
    if (name === 'rPh') spoken = true;
    takes = name === 'v' || (name === 't' && !spoken);
  };
  const close = (name: string): void => {
    takes = false;
    if (name === 'rPh') spoken = false;
    if (name !== 'c' || cell.text === '') return;
    const text = textOf(cell).trim();
    while (rows.length < cell.row) rows.push([]);
    const row = rows[cell.row - 1] as string[];
    while (row.length < cell.column) row.push('');
    row[cell.column - 1] = text;
  };
  walk(xml, 'worksheet', { open, close, text: (more) => (takes ? (cell.text += more) : undefined) });
  return rows;
}

function unpack(bytes: Uint8Array, wanted: readonly (string | undefined)[]): (path: string | undefined) => string | undefined {
  const files = unzipSync(bytes, { filter: ({ name }) => wanted.includes(name) });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (path) => {
    const file = path === undefined ? undefined : files[path];
    return file && decoder.decode(file);
  };
}

function needed(text: string | undefined, what: string): string {
  if (text === undefined) throw new Error(`${what} is not in it`);
  return text;
}

export interface SheetRows {
  /** Every sheet there is to choose from, and which of them the rows are of. */
  sheets: readonly string[];
  sheet: string;
  rows: string[][];
}

/** The sheet of that name; the first where none is asked for. */
function readSheet(bytes: Uint8Array, wanted: string | undefined): SheetRows {
  const relations = 'xl/_rels/workbook.xml.rels';
  const head = unpack(bytes, ['xl/workbook.xml', relations]);
  const places = placesOf(needed(head('xl/workbook.xml'), 'xl/workbook.xml'), needed(head(relations), relations));
  const chosen = places.sheets.find(({ name }) => name === wanted) ?? places.sheets[0];
  const path = needed(chosen?.path, 'the sheet');
  const body = unpack(bytes, [path, places.strings, places.styles]);
  const strings = stringsOf(body(places.strings));
  const styles = stylesOf(body(places.styles));
  const rows = sheetRows(needed(body(path), path), (cell) => cellText(cell, strings, styles, places.epoch1904));
  return { sheets: places.sheets.map(({ name }) => name), sheet: chosen?.name ?? '', rows };
}

export function sheetOf(bytes: Uint8Array, wanted?: string): SheetRows {
  try {
    return readSheet(bytes, wanted);
  } catch (problem) {
    throw new Error(`The workbook is damaged (${problem instanceof Error ? problem.message : String(problem)}). Open it in Excel and save it again, or save the sheet as CSV.`);
  }
}

export const rowsOf = (bytes: Uint8Array): string[][] => sheetOf(bytes).rows;
