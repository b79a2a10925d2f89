// marks.ts: what a tap means, how rows fall into sections, and how the core's answer is laid over the register on screen.
import { joined, totalsWords } from '../../shared/ui/format.ts';
import type { MarkCode, MarkDone, Register, RegisterRow, SessionItem } from '../../shared/ui/generated/calls.ts';

export function codeOf(row: RegisterRow): MarkCode {
  return row.code ?? 'none';
}

/** A mark stays when its learner left the activity; the name went from the device with their row. */
export function nameOf(row: RegisterRow): string {
  return row.name || 'A learner who has left';
}

/** Unmarked becomes here; whoever counts as here becomes away, not told; whoever is away becomes here. */
export function tapped(code: MarkCode): MarkCode {
  return code === 'P' || code === 'L' ? 'AU' : 'P';
}

/** What is offered as a time of coming and going: what was said, or now. Outside the session, or on another day (null), the minute of the tap says
 * nothing. */
export function timesOffered(row: RegisterRow, session: SessionItem, now: number | null): { arrived: number; departed: number } {
  const during = now !== null && session.starts <= now && now < session.ends;
  return { arrived: row.arrived ?? row.door_in ?? (during ? now : session.starts), departed: row.departed ?? row.door_out ?? (during ? now : session.ends) };
}

export interface Section {
  name: string;
  rows: RegisterRow[];
  here: number;
}

const isVisitor = (row: RegisterRow): boolean => !row.section && row.visitor;

/** The rows come in score order; each run of one section is a section. Visitors who play in none come last, together. */
export function sectionsOf(rows: readonly RegisterRow[]): Section[] {
  const sections: Section[] = [];
  for (const row of [...rows.filter((one) => !isVisitor(one)), ...rows.filter(isVisitor)]) {
    const name = row.section || (row.visitor ? 'Visitors' : '');
    let last = sections.at(-1);
    if (!last || last.name !== name) {
      last = { name, rows: [], here: 0 };
      sections.push(last);
    }
    last.rows.push(row);
    if (row.code === 'P' || row.code === 'L') last.here += 1;
  }
  const others = sections.filter((one) => one.name !== '' && one.name !== 'Visitors').length;
  const rest = others > 0 ? 'No section' : sections.length > 1 ? 'Players' : 'Everyone';
  return sections.map((section) => (section.name === '' ? { ...section, name: rest } : section));
}

/** What a register has come to: of people with names, and of those who were only counted. */
export function sumWords({ headcount, totals }: Pick<SessionItem, 'headcount' | 'totals'>): string {
  const counted = typeof headcount === 'number' ? `${headcount} counted` : '';
  return counted && totals.of === 0 ? counted : joined([totalsWords(totals), counted]);
}

/** Away, and neither the family nor the office told us: somebody rings. */
export function unexplained(rows: readonly RegisterRow[]): number {
  return rows.filter((row) => row.code === 'AU' && (row.notice === null || row.notice === undefined)).length;
}

/** Names that two players on this register share: their rows say the year as well. */
export function namesakes(rows: readonly RegisterRow[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of rows) (seen.has(name) ? twice : seen).add(name);
  return twice;
}

/** Whether a row read anew says what it said. */
export function sameRow(one: RegisterRow, other: RegisterRow): boolean {
  if (one === other) return true;
  const keys = Object.keys(one) as (keyof RegisterRow)[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** A register read anew, with the rows that are shown wherever they say the same: what is the same object is not drawn. */
export function withShown(shown: Register, fresh: Register): Register {
  const before = new Map(shown.rows.map((row) => [row.learner, row]));
  const rows = fresh.rows.map((row) => {
    const was = before.get(row.learner);
    return was && sameRow(was, row) ? was : row;
  });
  return { ...fresh, rows };
}

export function withDone(register: Register, done: MarkDone): Register {
  const fresh = new Map(done.rows.map((row) => [row.learner, row]));
  const rows = register.rows.map((row) => {
    const changed = fresh.get(row.learner);
    fresh.delete(row.learner);
    return changed ?? row;
  });
  return {
    ...register,
    rows: [...rows, ...fresh.values()],
    totals: done.totals,
    undo: done.undo,
    session: { ...register.session, state: done.state, totals: done.totals },
  };
}
