// number_format.ts: what a number in a workbook shows to whoever made the list: a code keeps its zeros, a date is a date, every other number stands plain.

/** `place` is a digit's (0, # or ?), `moment` a letter of a date or a time, `number` what no row of digits has, `text` stands as it is. */
interface Part {
  kind: 'place' | 'moment' | 'number' | 'text';
  text: string;
}

/** One section of a format code: what the numbers it is for are shown as. */
interface Section {
  /** `[<=9999999]`: the numbers that the section is for; without one, its place says so. */
  holds: ((value: number) => boolean) | null;
  parts: Part[];
}

export type Style = readonly Section[];

/** Formats that a workbook names by number alone; what is not here is a number in some dress. Those from 27 on are dates of other countries. */
const builtIn: readonly (readonly [number, number, string])[] = [
  [14, 17, 'd/m/y'],
  [18, 21, 'h:m'],
  [22, 22, 'd/m/y h:m'],
  [27, 31, 'd/m/y'],
  [32, 33, 'h:m'],
  [34, 36, 'd/m/y'],
  [45, 45, 'm:s'],
  [46, 46, '[h]:m:s'],
  [47, 47, 'm:s'],
  [50, 58, 'd/m/y'],
];

export function builtInCode(id: number): string {
  return builtIn.find(([first, last]) => id >= first && id <= last)?.[2] ?? 'General';
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '=': (value, bound) => value === bound,
  '<>': (value, bound) => value !== bound,
};

// A format code's pieces: quoted text, an escaped letter, a gap or a filling of one letter's width, brackets, AM/PM, the word General, one letter.
const piece = /"([^"]*)"|\\(.)|[_*].|\[([^\]]*)\]|(AM\/PM|A\/P)|(General)|([\s\S])/gi;

function bracket(inside: string, section: Section): void {
  const condition = /^(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$/.exec(inside);
  const compare = condition && comparisons[condition[1] ?? ''];
  if (compare) section.holds = (value) => compare(value, Number(condition[2]));
  else if (/^(h+|m+|s+)$/i.test(inside)) section.parts.push({ kind: 'moment', text: `[${inside.charAt(0).toLowerCase()}]` });
  else if (/^\$[^-]/.test(inside)) section.parts.push({ kind: 'text', text: inside.slice(1).split('-')[0] ?? '' });
}

function single(letter: string): Part {
  if ('0#?'.includes(letter)) return { kind: 'place', text: letter };
  if ('ymdhs'.includes(letter.toLowerCase())) return { kind: 'moment', text: letter.toLowerCase() };
  return { kind: '.,%Ee@'.includes(letter) ? 'number' : 'text', text: letter };
}

export function styleOf(code: string): Style {
  const sections: Section[] = [];
  let section: Section = { holds: null, parts: [] };
  sections.push(section);
  for (const [, quoted, escaped, inside, noon, general, letter] of code.matchAll(piece)) {
    if (letter === ';') sections.push((section = { holds: null, parts: [] }));
    else if (inside !== undefined) bracket(inside, section);
    else if (noon !== undefined) section.parts.push({ kind: 'moment', text: 'h' });
    else if (general !== undefined) section.parts.push({ kind: 'number', text: general });
    else if (letter !== undefined) section.parts.push(single(letter));
    else if (quoted !== undefined || escaped !== undefined) section.parts.push({ kind: 'text', text: quoted ?? escaped ?? '' });
  }
  return sections;
}

/** The section for a number: by its condition, or positive; negative; zero. */
function sectionFor(style: Style, value: number): Section | undefined {
  if (style.some((section) => section.holds)) return style.find((section) => section.holds?.(value)) ?? style.filter((section) => !section.holds)[0];
  if (value < 0 && style[1]) return style[1];
  if (value === 0 && style[2]) return style[2];
  return style[0];
}

/** All the digits a number has: never 1.23E+15, and not the tail that a binary fraction leaves behind the fifteenth, which no spreadsheet shows. */
export function plain(raw: string): string {
  if (/^-?\d+$/.test(raw)) return raw;
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  if (!text.includes('e')) return text;
  return Math.abs(rounded) >= 1 ? BigInt(rounded).toString() : rounded.toFixed(20).replace(/0+$/, '');
}

/** A code such as 0000000 or 00000 000000: its digits go into their places from the right, the first place takes what is left over. One place alone
 * is a number with its unit, and a list wants the number. */
function coded(parts: readonly Part[], value: number): string | null {
  const places = parts.filter((part) => part.kind === 'place');
  const isCode = places.length > 1 && places.some((place) => place.text === '0') && parts.every((part) => part.kind === 'place' || part.kind === 'text');
  if (!isCode || !Number.isSafeInteger(value)) return null;
  const digits = [...String(Math.abs(value))];
  let before = places.length;
  let text = '';
  for (const part of [...parts].reverse()) {
    if (part.kind === 'place') before -= 1;
    const own = before === 0 && part.kind === 'place' ? digits.splice(0).join('') : '';
    if (part.kind === 'text') text = part.text + text;
    else text = (own || digits.pop() || { '0': '0', '?': ' ' }[part.text] || '') + text;
  }
  return text;
}

const dayMs = 86_400_000;
const two = (number: number): string => String(number).padStart(2, '0');

function dateText(value: number, epoch1904: boolean): string {
  // The calendar that begins in 1900 holds a 29 February of that year, which there was not.
  const first = epoch1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, value < 60 ? 31 : 30);
  return new Date(first + Math.floor(value) * dayMs).toISOString().slice(0, 10);
}

function timeText(value: number): string {
  const minutes = Math.floor(Math.round(value * 86_400) / 60);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const lastDay = 2_958_465; // 31 December 9999

/** A date whatever its format says, a time of day, or hours that go on beyond a day. */
function moment(parts: readonly Part[], value: number, epoch1904: boolean): string | null {
  const letters = new Set(parts.filter((part) => part.kind === 'moment').map((part) => part.text));
  const clock = ['h', 's', '[h]', '[m]', '[s]'].some((letter) => letters.has(letter));
  const calendar = letters.has('y') || letters.has('d') || (letters.has('m') && !clock);
  if ((!clock && !calendar) || value < 0 || value > lastDay) return null;
  if (calendar && (value >= 1 || epoch1904)) return dateText(value, epoch1904);
  return timeText(['[h]', '[m]', '[s]'].some((letter) => letters.has(letter)) ? value : value - Math.floor(value));
}

/** A number as the sheet's XML holds it, in the words of whoever sees the sheet. */
export function shown(raw: string, style: Style | undefined, epoch1904: boolean): string {
  const value = Number(raw);
  if (!style || raw.trim() === '' || !Number.isFinite(value)) return plain(raw);
  const parts = sectionFor(style, value)?.parts ?? [];
  const date = moment(parts, value, epoch1904);
  if (date !== null) return date;
  const code = coded(parts, value);
  if (code === null) return plain(raw);
  return value < 0 && style.length === 1 ? `-${code}` : code;
}
