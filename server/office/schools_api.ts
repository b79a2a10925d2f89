// schools_api.ts: schools and visits as the hub answers them.
import { get, post } from './api.ts';
import type { Award, Mode, Rag, VisitStatus } from '../../shared/ui/generated/calls.ts';
import { filled, type Agreement, type Survey } from './partners/partner_api.ts';
import { query } from './reports/report_api.ts';
import type { VisitItem } from '../../shared/ui/visit.ts';

export interface SchoolLine {
  id: string;
  name: string;
  urn?: string | null;
  la?: string | null;
  area?: string | null;
  /** As people say it. */
  phase?: string | null;
  activity_count: number;
  visit_count: number;
  last_visit?: string | null;
  award?: Award | null;
}
export interface Contract {
  id: string;
  version: number;
  starts: string;
  ends?: string | null;
  lessons_a_year?: number | null;
  notice_days?: number | null;
}
/** Without a school everything is closed. */
export interface Closure {
  id: string;
  version: number;
  school?: string | null;
  school_name?: string | null;
  starts: string;
  ends: string;
  reason: string;
}
export interface SchoolTerm {
  id: string;
  version: number;
  name: string;
  starts: string;
  ends: string;
  /** That are about it. */
  surveys: number;
}
export interface TermInput {
  name: string;
  starts: string;
  ends: string;
}
export interface ClosureInput {
  starts: string;
  ends: string;
  reason: string;
}
export interface OfficeVisit extends Record<VisitItem, Rag | null> {
  id: string;
  date: string;
  staff?: string | null;
  status: VisitStatus;
  proposed?: Award | null;
  award?: Award | null;
  priority_1?: string | null;
  priority_2?: string | null;
  priority_3?: string | null;
  summary?: string | null;
  /** Two people, or two devices, say different things: the card is under Reconcile. */
  conflict: boolean;
}
export interface School extends SchoolLine {
  contracts: Contract[];
  activities: { id: string; name: string; mode?: Mode | null; learners?: number }[];
  visits: OfficeVisit[];
  agreements: Agreement[];
  surveys: Survey[];
}

export interface ContractInput {
  lessons_a_year: string;
  notice_days: string;
  starts: string;
  ends: string;
}

/** A question mark with nothing behind it is no question to the hub. */
const asked = (words: string): string => (words ? `?${words}` : '');

export const schoolsApi = {
  schools: () => get<{ schools: SchoolLine[]; most: number }>('/api/schools'),
  school: (id: string) => get<School>(`/api/schools/${id}`),
  correct: (visit: string, what: Partial<Record<VisitItem, Rag>> & { award?: Award }) => post<School>(`/api/schools/correct/${visit}`, what),
  saveContract: (school: string, was: Contract | null, input: ContractInput) =>
    post<School>(was ? `/api/contracts/edit/${was.id}` : `/api/schools/contract/${school}`, filled(was ? { ...input, version: String(was.version) } : input)),
  terms: () => get<{ terms: SchoolTerm[] }>('/api/terms'),
  saveTerm: (was: SchoolTerm | null, input: TermInput) => post<object>(was ? `/api/terms/edit/${was.id}` : '/api/terms/add', filled(was ? { ...input, version: String(was.version) } : input)),
  voidTerm: (id: string) => post<object>(`/api/terms/void/${id}`, {}),
  /** Of a school its own and those of everything; of days everybody's; otherwise those of everything. */
  closures: (of: { school: string | null; from: string | null; to: string | null }) => get<{ closures: Closure[]; most: number }>(`/api/closures${asked(query(of))}`),
  saveClosure: (school: string | null, was: Closure | null, input: ClosureInput) =>
    post<object>(was ? `/api/closures/edit/${was.id}` : '/api/closures/add', filled(was ? { ...input, version: String(was.version) } : { ...input, school: school ?? '' })),
  voidClosure: (id: string) => post<object>(`/api/closures/void/${id}`, {}),
  visitsFile: (id: string, format: 'csv' | 'xlsx') => `/api/export/visits?school=${id}&format=${format}`,
};
