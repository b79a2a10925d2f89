// report_api.ts: reports, targets and snapshots as the hub answers them, and what the pages say of a figure.
import { joined } from '../../../shared/ui/format.ts';
import { get, post } from '../api.ts';

export type Cut = 'hub' | 'term' | 'area' | 'school' | 'activity' | 'kind' | 'phase' | 'partner' | 'people';
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
export interface ReportTable {
  report: string;
  by: Cut;
  period: string;
  from: string;
  to: string;
  total: Figure;
  rows: Figure[];
}
export interface Target {
  report: string;
  title: string;
  goal: number;
  /** The goal is per cent of the whole. */
  share?: boolean;
  /** Of a share: of whom it is not known. */
  beside?: number;
  baseline?: number;
  hidden: boolean;
  part?: number;
  whole?: number;
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
  register?: string | null;
  makeup: boolean;
  here: number;
  away: number;
}

const query = (parts: Record<string, string | null>): string =>
  Object.entries(parts)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&');

export const reportApi = {
  reports: () => get<{ reports: Report[]; terms: Term[]; signs: Sign[] }>('/api/reports'),
  setSigns: (signs: string[]) => post<{ signs: Sign[] }>('/api/reports/signs', { signs }),
  table: (report: string, by: string, period: string, school: string | null) => get<ReportTable>(`/api/reports/table?${query({ report, by, period, school })}`),
  sessions: (activity: string, period: string) => get<{ sessions: ReportSession[] }>(`/api/reports/sessions?${query({ activity, period })}`),
  targets: (year: string) => get<{ year: string; targets: Target[] }>(`/api/targets?year=${year}`),
  setTarget: (report: string, year: number, goal: number | null, baseline: number | null) => post<object>('/api/targets/set', { report, year, goal, baseline }),
  snapshots: () => get<{ snapshots: SnapshotLine[] }>('/api/snapshots'),
  snapshot: (id: string) => get<Snapshot>(`/api/snapshots/${id}`),
  save: (title: string, words: string, period: string, adjusts: string | null) => post<{ id: string }>('/api/snapshots/save', { title, words, period, adjusts }),
};

export const fileOf = (report: string, by: string, period: string, school: string | null, format: 'csv' | 'xlsx'): string => `/api/reports/export?${query({ report, by, period, school, format })}`;
export const lessonsOf = (school: string, period: string): string => `/api/reports/lessons?${query({ school, period, format: 'xlsx' })}`;

export const returnOf = (period: string, format: 'csv' | 'xlsx'): string => `/api/reports/return?${query({ period, format })}`;

/** Today's school year, as a period. */
export function thisYear(now = new Date()): string {
  return String(now.getMonth() >= 8 ? now.getFullYear() : now.getFullYear() - 1);
}

const digits = new Intl.NumberFormat('en-GB');
export const count = (n: number): string => digits.format(n);

/** Of a rate the per cent, to a tenth; of a number the number. Nothing of nothing is no figure. */
export function figureWords(shape: Report['shape'], one: Figure): string {
  if (one.hidden) return 'Fewer than 5';
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

/** What a target wants and whether it is met: growth on a baseline, a number of learners, or a number. */
export function targetWords(one: Target): { wanted: string; now: string; met: boolean | null } {
  const part = one.part ?? 0;
  if (one.share) {
    const now = one.whole ? (100 * part) / one.whole : null;
    return { wanted: `${one.goal} %`, now: one.hidden ? 'Fewer than 5' : now === null ? 'No figure' : joined([`${now.toFixed(1)} %`, unknownWords(one)]), met: one.hidden || now === null ? null : now >= one.goal };
  }
  if (one.baseline === undefined) return { wanted: count(one.goal), now: one.hidden ? 'Fewer than 5' : count(part), met: one.hidden ? null : part >= one.goal };
  const growth = one.baseline > 0 ? (100 * (part - one.baseline)) / one.baseline : 0;
  return { wanted: `${one.goal} % more than ${count(one.baseline)}`, now: `${growth >= 0 ? '+' : ''}${growth.toFixed(1)} % (${count(part)})`, met: growth >= one.goal };
}
