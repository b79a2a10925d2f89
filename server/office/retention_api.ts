// retention_api.ts: the hub's interface for the retention schedule.
import { get, post } from './api.ts';

/** A line of the retention schedule, and what is past it now. */
export interface RetentionLine {
  name: string;
  title: string;
  why: string;
  /** Counted from the learner's latest record, once they have left, or from the record's own day. */
  since: 'left' | 'own';
  /** Not records but learners, with everything about them. */
  whole: boolean;
  /** It is about learners, who can be named. */
  people: boolean;
  /** 0: kept until a period is set. */
  months: number;
  usual: number;
  least: number;
  most: number;
  set_at?: number | null;
  set_by?: string | null;
  before?: string | null;
  records: number;
  learners: number;
  held: number;
  oldest?: string | null;
  /** School years whose figures follow from what is due, and are saved in no report: "2018/19". */
  unsaved: string[];
}
export interface RetentionRun {
  number: number;
  id: string;
  line: string;
  title: string;
  months: number;
  before?: string | null;
  at: number;
  ended_at?: number | null;
  by: string;
  /** Whoever stopped it before it was through. */
  stopped_by?: string | null;
  records: number;
  learners: number;
  held: number;
}
export interface Retention {
  lines: RetentionLine[];
  kept: { name: string; title: string; why: string }[];
  runs: RetentionRun[];
  /** The hour for which the rewriting of the files was put off. */
  rewrite_at?: number | null;
}
/** Whom a line is about, the oldest first. */
export interface RetentionPeople {
  line: string;
  people: { id: string; name: string; last?: string | null; held: boolean; records: number }[];
}

export const retentionApi = {
  schedule: () => get<Retention>('/api/retention'),
  people: (line: string) => get<RetentionPeople>(`/api/retention/people?line=${encodeURIComponent(line)}`),
  set: (line: string, months: number) => post<object>('/api/retention/set', { line, months: months || undefined }),
  apply: (line: string, months: number, confirm: string, code: string, night: boolean) =>
    post<RetentionRun>('/api/retention/apply', { line, months, confirm, code: code || undefined, rewrite: night ? 'night' : undefined }),
  stop: (id: string) => post<RetentionRun>(`/api/retention/stop/${id}`, {}),
  certificate: (id: string) => get<object>(`/api/retention/certificate/${id}`),
};
