// plan_api.ts: the small registers of the Local Plan as the hub describes and answers them.
import { get, post } from '../api.ts';
import { query, type PlanFunction } from '../reports/report_api.ts';

export interface PlanField {
  name: string;
  label: string;
  help: string;
  type: 'id' | 'date' | 'word' | 'number' | 'text';
  needed: boolean;
  listed: boolean;
  /** Whom and what an entry is about does not change. */
  stays: boolean;
  /** Characters, or the largest number. */
  most: number;
  of?: string;
  choices?: { value: string; label: string }[];
}
export interface PlanKind {
  name: string;
  title: string;
  one: string;
  says: string;
  function: string;
  /** Names a learner: every look is in the audit. */
  named: boolean;
  sees: boolean;
  writes: boolean;
  count: number | null;
  fields: PlanField[];
}
export interface Plan {
  period: string;
  functions: PlanFunction[];
  kinds: PlanKind[];
}
export type PlanValues = Record<string, string | null>;
export interface PlanEntry {
  id: string;
  /** As it was shown: a correction of what somebody else has corrected meanwhile is refused. */
  version: number;
  values: PlanValues;
  names: Record<string, string>;
  state?: 'open' | 'late' | 'done' | null;
  says?: string[];
  written_by?: string;
  written_at?: number;
}
export interface PlanList {
  kind: string;
  entries: PlanEntry[];
  next: string | null;
}
export interface PlanFilter {
  period: string;
  partner?: string;
  school?: string;
}

/** What is empty is not sent. */
const filled = (values: PlanValues): PlanValues => Object.fromEntries(Object.entries(values).filter(([, value]) => value));

export const planApi = {
  plan: (period: string) => get<Plan>(`/api/plan?${query({ period })}`),
  list: (kind: string, filter: PlanFilter, after: string | null) => get<PlanList>(`/api/plan/list?${query({ kind, partner: null, school: null, ...filter, after })}`),
  entry: (kind: string, id: string) => get<PlanEntry>(`/api/plan/entry/${id}?${query({ kind })}`),
  add: (kind: string, values: PlanValues) => post<PlanEntry>('/api/plan/add', { kind, values: filled(values) }),
  correct: (kind: string, entry: PlanEntry, values: PlanValues) => post<PlanEntry>(`/api/plan/correct/${entry.id}`, { kind, version: String(entry.version), values: filled(values) }),
  takeBack: (kind: string, id: string, reason: string) => post<object>(`/api/plan/void/${id}`, { kind, reason }),
  fileOf: (kind: string, period: string, format: 'csv' | 'xlsx') => `/api/plan/export?${query({ kind, period, format })}`,
};
