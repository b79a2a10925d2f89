// report_api.ts: reports, targets and snapshots as the hub answers them, and what the pages say of a figure.
import { civil, isoToday, schoolYearOf } from '../../../shared/ui/format.ts';
import { get, post } from '../api.ts';

export type Cut = 'hub' | 'term' | 'area' | 'school' | 'activity' | 'kind' | 'phase' | 'stage' | 'partner' | 'people' | 'line';
export type Sign = 'fsm' | 'pupil_premium' | 'cla';
export interface Report {
  name: string;
  title: string;
  says: string;
  shape: 'rate' | 'number' | 'middle' | 'ratio';
  part: string;
  whole: string;
  /** What stands beside a figure: of whom it is not known, or the population. */
  beside?: string;
  function: string;
  yearly: boolean;
  by: Cut[];
}
export interface Term {
  name: string;
  from: string;
  to: string;
}
export interface Figure {
  name: string;
  id?: string;
  area?: string;
  hidden: boolean;
  part?: number;
  whole?: number;
  beside?: number;
  of?: number;
}
/** A strategic function of the Local Plan. */
export interface PlanFunction {
  name: string;
  title: string;
}
export interface ReportTable {
  report: string;
  by: Cut;
  period: string;
  from: string;
  to: string;
  rounded: boolean;
  /** Register entries from before this day were removed by the retention schedule, and do not count. */
  entries_from?: string;
  total: Figure;
  rows: Figure[];
  /** Of a snapshot: how many rows it was too large for. */
  left_out?: number;
}
export type Measure = 'number' | 'growth' | 'share';
export interface Target {
  report: string;
  title: string;
  function: string;
  measure: Measure;
  goal: number;
  baseline: number;
  note: string;
  who: string;
  at: number;
  hidden: boolean;
  rounded: boolean;
  state: 'met' | 'near' | 'not_yet' | 'hidden';
  part?: number;
  whole?: number;
  beside?: number;
}
/** What the lead types of a target; no goal takes it away. */
export interface TargetWish {
  report: string;
  year: number;
  measure?: Measure;
  goal?: number;
  baseline?: number;
  note?: string;
}
export interface SnapshotLine {
  id: string;
  title: string;
  at: number;
  who?: string | null;
  adjusts?: string | null;
}
export interface Snapshot {
  title: string;
  words: string;
  at: string;
  hub: string;
  adjusts: string;
  period: string;
  reports: Report[];
  targets: Target[];
  tables: ReportTable[];
  functions: (PlanFunction & { words: string })[];
  before: { period: string; tables: ReportTable[] }[];
}
export interface ReportSession {
  session: string;
  activity: string;
  staff?: string | null;
  date: string;
  starts: number;
  status: string;
  cause?: string | null;
  notice_days?: number | null;
  /** Why the school, or everything, is closed that day. */
  closure?: string | null;
  register?: string | null;
  makeup: boolean;
  here: number;
  away: number;
}

/** By the hub's clock. */
export function hasBegun({ date, starts }: { date: string; starts: number }): boolean {
  const now = civil(Date.now());
  return date < now.date || (date === now.date && starts <= now.minute);
}

export const query = (parts: Record<string, string | null>): string =>
  Object.entries(parts)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&');

export const reportApi = {
  reports: () => get<{ reports: Report[]; terms: Term[]; functions: PlanFunction[]; signs: Sign[] }>('/api/reports'),
  setSigns: (signs: string[]) => post<{ signs: Sign[] }>('/api/reports/signs', { signs }),
  table: (report: string, by: string, period: string, school: string | null) => get<ReportTable>(`/api/reports/table?${query({ report, by, period, school })}`),
  sessions: (activity: string, period: string) => get<{ sessions: ReportSession[] }>(`/api/reports/sessions?${query({ activity, period })}`),
  targets: (year: string) => get<{ year: string; targets: Target[]; entries_from?: string }>(`/api/targets?year=${year}`),
  setTarget: (wish: TargetWish) => post<object>('/api/targets/set', wish),
  snapshots: () => get<{ snapshots: SnapshotLine[] }>('/api/snapshots'),
  snapshot: (id: string) => get<Snapshot>(`/api/snapshots/${id}`),
  save: (title: string, words: Record<string, string>, period: string | null, adjusts: string | null) => post<{ id: string }>('/api/snapshots/save', { title, ...words, period, adjusts }),
};

export const fileOf = (report: string, by: string, period: string, school: string | null, format: 'csv' | 'xlsx'): string => `/api/reports/export?${query({ report, by, period, school, format })}`;
export const lessonsOf = (school: string, period: string, format: 'csv' | 'xlsx' = 'xlsx'): string => `/api/reports/lessons?${query({ school, period, format })}`;

export const returnOf = (period: string, format: 'csv' | 'xlsx'): string => `/api/reports/return?${query({ period, format })}`;

/** Today's school year, as a period. */
export const thisYear = (): string => schoolYearOf(isoToday());

/** "2026/27" */
export const yearWords = (year: string): string => `${year}/${String(Number(year) + 1).slice(2)}`;

const digits = new Intl.NumberFormat('en-GB');
export const count = (n: number): string => digits.format(n);

/** A row may be left out for its own small number or to cover another one's: the words say neither. */
export const hiddenWords = 'Not shown';
export const roundedWords = 'Numbers of children are rounded to a multiple of five, up or down. Those under five are not shown, nor others from which they could be worked out.';

/** Of a rate the per cent, to a tenth; of a number the number. Nothing of nothing is no figure. */
export function figureWords(shape: Report['shape'], one: Figure): string {
  if (one.hidden) return hiddenWords;
  const part = one.part ?? 0;
  const whole = one.whole ?? 0;
  if (shape === 'rate') return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : 'No figure';
  if (shape === 'ratio') return whole > 0 && one.beside && one.of ? ((part * one.of) / (whole * one.beside)).toFixed(2) : 'No figure';
  if (shape === 'middle') return whole > 0 ? `${count(part)} months` : 'No figure';
  return count(part);
}

/** The share of those who came of whom it is not known: it stands beside every such figure. */
export function unknownWords(one: { whole?: number; beside?: number; hidden: boolean }): string {
  const all = (one.whole ?? 0) + (one.beside ?? 0);
  return one.hidden || all === 0 ? '' : `${((100 * (one.beside ?? 0)) / all).toFixed(1)} % not known`;
}

/** How long a row's bar is, from 0 to 1: rates of a hundred, numbers of the largest. */
export function share(shape: Report['shape'], one: Figure, most: number): number {
  if (one.hidden) return 0;
  if (shape === 'rate') return one.whole ? (one.part ?? 0) / one.whole : 0;
  // Parity: even is the middle of the bar.
  if (shape === 'ratio') return one.whole && one.beside ? Math.min(1, ((one.part ?? 0) * (one.of ?? 0)) / (one.whole * one.beside) / 2) : 0;
  return most > 0 ? (one.part ?? 0) / most : 0;
}

export const stateWords: Record<Target['state'], string> = { met: 'Met', near: 'About there', not_yet: 'Not yet', hidden: 'Too few to show' };
const statePills: Record<Target['state'], string> = { met: 'good', near: 'warn', not_yet: 'warn', hidden: '' };
export const statePill = (one: Target): string => `pill ${statePills[one.state]}`;

/** What a target wants, what there is, and how far that is: 1 for all of it. */
export function targetWords(one: Target): { wanted: string; now: string; reached: number } {
  const part = one.part ?? 0;
  const wanted = { number: count(one.goal), growth: `${one.goal} % more than ${count(one.baseline)}`, share: `${one.goal} %` }[one.measure];
  if (one.hidden) return { wanted, now: hiddenWords, reached: 0 };
  const growth = one.baseline > 0 ? (100 * (part - one.baseline)) / one.baseline : 0;
  const share = one.whole ? (100 * part) / one.whole : 0;
  const amount = { number: part, growth, share }[one.measure];
  const now = { number: count(part), growth: `${growth >= 0 ? '+' : ''}${growth.toFixed(1)} % (${count(part)})`, share: `${share.toFixed(1)} %` }[one.measure];
  return { wanted, now: one.rounded ? `about ${now}` : now, reached: Math.max(0, amount / one.goal) };
}
