// activity_api.ts: activities with who teaches them, who comes and when, as the hub answers them.
import { isoToday } from '../../../shared/ui/format.ts';
import type { Family, GrantRole, Level, Mode, Setting } from '../../../shared/ui/generated/calls.ts';
import { get, post } from '../api.ts';
import { filled } from '../partners/partner_api.ts';
import { query } from '../reports/report_api.ts';

export interface ActivityLine {
  id: string;
  version: number;
  ref?: string | null;
  name: string;
  mode?: Mode | null;
  setting?: Setting | null;
  family?: Family | null;
  level?: Level | null;
  genre?: string | null;
  school?: string | null;
  school_name?: string | null;
  place?: string | null;
  partner?: string | null;
  partner_name?: string | null;
  tutors?: string | null;
  staff_count: number;
  meeting_count: number;
  /** The first day on which it is over. */
  ends?: string | null;
  /** Not for who sees numbers of children in reports alone. */
  learner_count?: number;
}
export interface ActivityStaff {
  staff: string;
  name: string;
  role: GrantRole;
  starts: string;
  ends?: string | null;
  left: boolean;
}
export interface Enrolled {
  id: string;
  learner: string;
  name: string;
  year_group?: string | null;
  school?: string | null;
  status?: string | null;
  instrument?: string | null;
  section?: string | null;
  starts: string;
  ends?: string | null;
  disputed: boolean;
  version: number;
}
/** Meetings to come of one weekday (1 is Monday), time, place and person. */
export interface ActivityTime {
  weekday: number;
  starts: number;
  ends: number;
  staff?: string | null;
  staff_name?: string | null;
  place?: string | null;
  first: string;
  last: string;
  meetings: number;
}
export interface Activity extends ActivityLine {
  staff: ActivityStaff[];
  times: ActivityTime[];
  learners?: Enrolled[];
}
export interface Closing {
  enrolments: number;
  grants: number;
  meetings: number;
  held: number;
  devices: { id: string; name: string; last_contact_at?: number | null; unreceived: number; held: number; quarantined: number }[];
}
/** As the list is narrowed; what is empty narrows nothing. */
export interface Wanted {
  find: string;
  school: string;
  mode: string;
  setting: string;
  from: string;
  to: string;
  without: string;
  when: string;
}
export interface ActivityInput {
  name: string;
  ref: string;
  mode: string;
  setting: string;
  family: string;
  level: string;
  genre: string;
  school: string;
  place: string;
  partner: string;
}
export interface TimeInput {
  starts: string;
  ends: string;
  staff: string;
  place: string;
}

export const activityApi = {
  // A lesson of one may be called by its learner's name: what is looked for travels in the body, as a learner's name does.
  list: (wanted: Wanted, after: string | null) => post<{ activities: ActivityLine[]; total: number; next: string | null }>('/api/activities/list', filled({ ...wanted, after: after ?? '' })),
  activity: (id: string) => get<Activity>(`/api/activities/${id}`),
  save: (was: ActivityLine | null, input: ActivityInput) =>
    post<Activity>(was ? `/api/activities/edit/${was.id}` : '/api/activities/add', filled(was ? { ...input, ref: '', version: String(was.version) } : input)),
  closing: (id: string, date: string) => get<Closing>(`/api/activities/closing/${id}?date=${date}`),
  close: (was: ActivityLine, date: string, reason: string) => post<Activity>(`/api/activities/close/${was.id}`, { date, reason, version: String(was.version) }),
  open: (was: ActivityLine, reason: string) => post<Activity>(`/api/activities/open/${was.id}`, { reason, version: String(was.version) }),
  plan: (id: string, first: string, last: string, input: TimeInput) => post<Activity>(`/api/activities/plan/${id}`, filled({ first, last, ...input })),
  retime: (id: string, was: ActivityTime, first: string, weekday: string, input: TimeInput, closed: boolean) =>
    post<Activity>(`/api/activities/retime/${id}`, filled({ first, ...slotOf(was), weekday, ...input, closed: closed ? 'yes' : '' })),
  takeOff: (id: string, was: ActivityTime, first: string) => post<Activity>(`/api/activities/retime/${id}`, { first, ...slotOf(was), off: 'yes' }),
  enrol: (id: string, input: { learner: string; starts: string; instrument: string; section: string }) => post<Activity>(`/api/activities/enrol/${id}`, filled(input)),
  changeEnrolment: (was: Enrolled, input: { starts: string; instrument: string; section: string }) => post<Activity>(`/api/enrolments/edit/${was.id}`, filled({ ...input, version: String(was.version) })),
  endEnrolment: (was: Enrolled, ends: string, reason: string) => post<Activity>(`/api/enrolments/end/${was.id}`, { ends, reason, version: String(was.version) }),
  move: (was: Enrolled, to: string, date: string, reason: string) => post<Activity>(`/api/enrolments/move/${was.id}`, { to, date, reason, version: String(was.version) }),
};

/** A file takes everything of the list but what is looked for by name. */
export const activitiesFile = (wanted: Wanted, format: 'csv' | 'xlsx'): string =>
  `/api/export/activities?${query({ school: wanted.school, mode: wanted.mode, setting: wanted.setting, when: wanted.when, without: wanted.without, from: wanted.from, to: wanted.to, format })}`;

/** "15:30", as a field for a time of day has it. */
export const timeText = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
/** Which line of the timetable: of two rooms at one time of the week each is its own. */
const slotOf = (was: ActivityTime): Record<string, string> =>
  filled({ was_weekday: String(was.weekday), was_starts: timeText(was.starts), was_ends: timeText(was.ends), was_staff: was.staff ?? '', was_place: was.place ?? '' });

/** Whether it has ended; one that will is taught until then. */
export const isOver = ({ ends }: ActivityLine): boolean => Boolean(ends && ends <= isoToday());

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const weekdayName = (weekday: number): string => weekdays[weekday - 1] ?? '';
