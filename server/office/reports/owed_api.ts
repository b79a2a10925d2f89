// owed_api.ts: lessons owed as the hub answers them.
import { plural } from '../../../shared/ui/format.ts';
import { get } from '../api.ts';
import type { ReportSession } from './report_api.ts';

export const causes = ['school_notice', 'school_short', 'hub', 'tutor_absent', 'weather', 'no_cause'] as const;
export type Cause = (typeof causes)[number];
export const causeWords: Record<Cause, string> = {
  school_notice: 'School, with notice',
  school_short: 'School, short notice',
  hub: 'The hub',
  tutor_absent: 'Tutor absent',
  weather: 'Weather',
  no_cause: 'No cause given',
};
export type Counts = Record<'due' | 'delivered' | 'makeups' | 'waiting' | 'charged' | 'owed' | 'disputed' | Cause, number>;
export interface OwedSchool {
  id: string;
  name: string;
  area?: string | null;
  lessons_a_year: number | null;
  notice_days: number | null;
  contract_from: string | null;
  contract_to: string | null;
  counts: Counts;
}
export interface OwedEnrolment {
  learner: string;
  activity: string;
  learner_name: string;
  activity_name: string;
  instrument: string | null;
  starts: string | null;
  ends: string | null;
  counts: Counts;
}
export interface OwedPeriod {
  period: string;
  from: string;
  to: string;
}
export interface Lesson extends ReportSession {
  minutes: number;
  kind: string | null;
}

export const owedApi = {
  schools: (period: string) => get<OwedPeriod & { schools: OwedSchool[] }>(`/api/owed?period=${period}`),
  school: (school: string, period: string) => get<OwedPeriod & { school: OwedSchool; enrolments: OwedEnrolment[] }>(`/api/owed/school/${school}?period=${period}`),
  statement: (school: string, period: string) => get<OwedPeriod & { hub: string; school: OwedSchool; lessons: Lesson[] }>(`/api/owed/statement/${school}?period=${period}`),
};

export const cancelled = (counts: Counts): number => causes.reduce((sum, cause) => sum + counts[cause], 0);

/** What a school's contract says, in a line. */
export function contractWords(school: OwedSchool): string {
  if (!school.contract_from) return 'No contract';
  const lessons = school.lessons_a_year === null ? 'lessons not said' : `${plural(school.lessons_a_year, 'lesson')} a year`;
  const notice = school.notice_days === null ? 'notice not said' : `${plural(school.notice_days, 'day\u2019s', 'days\u2019')} notice`;
  return `${lessons}, ${notice}`;
}
