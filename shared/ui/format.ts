// format.ts: how figures, minutes, dates and marks are said in words, the same in the field and in the office.
import { mark_code_labels, type MarkCode, type SyncStatus, type Totals } from './generated/calls.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** 605 is "10:05". */
export function clock(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** "10:05", "9.05" and "1005" are times; anything else is null. */
export function minuteOf(text: string): number | null {
  const found = /^(\d{1,2})[:.]?(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const minute = Number(found[1]) * 60 + Number(found[2]);
  return Number(found[1]) < 24 && Number(found[2]) < 60 ? minute : null;
}

const styles = {
  long: { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' },
  dated: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  short: { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' },
  day: { day: 'numeric', month: 'short', timeZone: 'UTC' },
  whole: { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' },
  // A hub's days and hours are those of the United Kingdom, wherever a device believes to be.
  civil: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Europe/London' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
type Style = keyof typeof styles;

// Making one takes longer than a whole register takes to draw; each is made once, when it is wanted.
const formats: Partial<Record<Style, Intl.DateTimeFormat>> = {};
const format = (style: Style): Intl.DateTimeFormat => (formats[style] ??= new Intl.DateTimeFormat('en-GB', styles[style]));

// A date of the core is a day on the calendar, so it is read and shown in UTC, where no zone can move it.
const day = (date: string, style: Style): string => format(style).format(new Date(`${date}T00:00:00Z`));

/** The date and the minute of the day at a moment. */
export function civil(time: number): { date: string; minute: number } {
  const parts = Object.fromEntries(format('civil').formatToParts(time).map(({ type, value }) => [type, value]));
  return { date: `${parts.year}-${parts.month}-${parts.day}`, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** Today, as a hub's calendar has it. */
export const isoToday = (): string => civil(Date.now()).date;

/** `count` days after one, whatever the clocks do. */
export function daysAfter(date: string, count: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** The year in which the school year of a day began: "2026" of 1 March 2027. */
export function schoolYearOf(date: string): string {
  const year = Number(date.slice(0, 4));
  return String(date.slice(5, 7) >= '09' ? year : year - 1);
}

/** "Saturday 21 November" */
export function longDate(date: string): string {
  return day(date, 'long');
}

/** "Saturday 21 November 2026": of a day that may be of another year, where its weekday matters. */
export function datedDay(date: string): string {
  return day(date, 'dated').replace(',', '');
}

/** "since 21 Nov 2026", "from 4 Jan 2027 until 26 Mar 2027": of what somebody holds, or comes to; `ends` is the first day without. */
export function spanWords({ starts, ends }: { starts: string; ends?: string | null }, today = isoToday()): string {
  if (starts > today) return `from ${fullDate(starts)}${ends ? ` until ${fullDate(ends)}` : ''}`;
  return ends ? `${fullDate(starts)} until ${fullDate(ends)}` : `since ${fullDate(starts)}`;
}

/** "Sat 21 Nov" */
export function shortDate(date: string): string {
  return day(date, 'short').replace(',', '');
}

/** "21 Nov" */
export function dayMonth(date: string): string {
  return day(date, 'day');
}

/** "21 Nov 2026": of what may be of another year. */
export function fullDate(date: string): string {
  return day(date, 'whole');
}

/** A moment as a person says it: "10:42" today, "Fri 20 Nov, 10:42" this year, "20 Nov 2025, 10:42" otherwise. */
export function moment(time: number, now: number): string {
  const at = civil(time);
  const { date } = civil(now);
  if (at.date === date) return clock(at.minute);
  const [year] = at.date.split('-');
  return `${date.startsWith(`${year}-`) ? shortDate(at.date) : `${dayMonth(at.date)} ${year}`}, ${clock(at.minute)}`;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const yearMs = 365.25 * dayMs;

/** How far a clock is from another: "7 minutes ahead", "73 years behind". */
export function apartWords(ms: number): string {
  const far = Math.abs(ms);
  const [unit, word]: [number, string] = far < 2 * hourMs ? [60_000, 'minute'] : far < 2 * dayMs ? [hourMs, 'hour'] : far < 2 * yearMs ? [dayMs, 'day'] : [yearMs, 'year'];
  return `${plural(Math.round(far / unit), word)} ${ms < 0 ? 'behind' : 'ahead'}`;
}

/** Facts in one line: what is absent or said already is left out. "Hall B, Riverside Primary School" */
export function joined(parts: readonly (string | null | undefined)[], by = ', '): string {
  return [...new Set(parts.filter((part) => part))].join(by);
}

/** What the core says of a failure, as a sentence that stands alone. */
export function sentence(text: string): string {
  const [first = '', ...rest] = text;
  const said = first.toLocaleUpperCase('en-GB') + rest.join('');
  return said === '' || /[.!?…]$/.test(said) ? said : `${said}.`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** Milliseconds to wait, rounded up so that it never promises too much. */
export function waitWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds <= 90 ? plural(seconds, 'second') : plural(Math.ceil(seconds / 60), 'minute');
}

export function bytesWords(bytes: number): string {
  return bytes < 1000 ? plural(bytes, 'byte') : `${(bytes / 1000).toLocaleString('en-GB', { maximumFractionDigits: bytes < 10_000 ? 1 : 0 })} kB`;
}

/** The word on a row. */
export function markWord(code: MarkCode | null | undefined, arrived?: number | null): string {
  if (!code || code === 'none') return 'Unmarked';
  if (code === 'L' && arrived !== null && arrived !== undefined) return `Late ${clock(arrived)}`;
  return mark_code_labels[code];
}

/** "58 here, 3 late, 4 away, 5 unmarked": what is zero is left out, here and away never are. */
export function totalsWords(totals: Totals): string {
  const parts = [`${totals.here} here`];
  if (totals.late > 0) parts.push(`${totals.late} late`);
  parts.push(`${totals.away} away`);
  if (totals.event > 0) parts.push(`${totals.event} at school event`);
  if (totals.unmarked > 0) parts.push(`${totals.unmarked} unmarked`);
  return parts.join(', ');
}

/** "1 register, 2 notes to send" */
export function toSendWords(sync: Pick<SyncStatus, 'registers' | 'notes' | 'changes'>): string {
  const parts: string[] = [];
  if (sync.registers > 0) parts.push(plural(sync.registers, 'register'));
  if (sync.notes > 0) parts.push(plural(sync.notes, 'note'));
  if (parts.length === 0 && sync.changes > 0) parts.push(plural(sync.changes, 'change'));
  return parts.length === 0 ? 'Nothing to send' : `${parts.join(', ')} to send`;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => [...(word ?? '')][0] ?? '').join('').toLocaleUpperCase('en-GB');
}
