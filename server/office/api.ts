// api.ts: the hub's HTTP interface as the office pages use it: same origin, cookie session, JSON; failures are sentences.
import type { Area, CallOutcome, CancelCause, MarkCode, NeedKind, ProgressKind, RegisterState, SessionStatus, Stage } from '../../shared/ui/generated/calls.ts';
import type { AskAbout, Decision, HeldBundles, MissingRegister, WaitingBundle, WorkCounts, WorkItem, WorkPage, WorkTab } from './work_api.ts';

export interface Me {
  name: string;
  role: string;
  roles: string[];
  /** The second step of signing in has to be set up before anything else is shown. */
  limited: boolean;
  hub_name: string;
  csrf: string;
  expires_at: number;
  idle_ms: number;
}
export interface Qr {
  size: number;
  path: string;
}
export type BoardState = 'upcoming' | 'due' | 'open' | 'closed' | 'missing' | 'cancelled' | 'shut';
export interface BoardCounts {
  here: number;
  late: number;
  away: number;
  event: number;
  unmarked: number;
  of: number;
  /** Counted in the room without names. */
  headcount: number;
}
/** The counts only for who sees the register itself. */
export interface BoardRegister extends Partial<BoardCounts> {
  session: string;
  activity: string;
  name: string;
  school?: string | null;
  place?: string | null;
  date: string;
  starts: number;
  ends: number;
  status: SessionStatus;
  state: BoardState;
  /** Why the school, or everything, is closed that day. */
  closure?: string | null;
  staff_names: string[];
  updated_at?: number | null;
}
/** The figures are of the whole day; the registers a page of what was looked for, those first that need somebody. */
export interface Board {
  date: string;
  counts: Partial<Record<BoardState, number>>;
  /** Open, and over. */
  late: number;
  total: number;
  next?: string | null;
  registers: BoardRegister[];
}
export interface BoardWanted {
  /** '': today, by the hub's clock. */
  date: string;
  /** A state, 'late' or ''. */
  only: string;
  find: string;
  /** As a timetable has it; without, those come first that need somebody. */
  order?: 'time';
}
export interface MarkVersion {
  code: MarkCode | null;
  arrived?: number | null;
  amend_reason?: string | null;
  author_name?: string | null;
  device_name?: string | null;
  written_at: number;
  received_at: number;
  in_use: boolean;
}
export interface OfficeRow {
  learner: string;
  name: string;
  section?: string | null;
  code?: MarkCode | null;
  arrived?: number | null;
  departed?: number | null;
  comment?: string | null;
  amend_reason?: string | null;
  author_name?: string | null;
  device_name?: string | null;
  written_at?: number | null;
  received_at?: number | null;
  conflict: boolean;
  history: MarkVersion[];
}
export interface RegisterVersion {
  state: RegisterState;
  reason?: string | null;
  author_name?: string | null;
  device_name?: string | null;
  written_at: number;
}
export interface OfficeTotals {
  here: number;
  late: number;
  away: number;
  event: number;
  unmarked: number;
  of: number;
}
export interface OfficeRegister {
  session: string;
  activity: string;
  name: string;
  school?: string | null;
  place?: string | null;
  date: string;
  starts: number;
  ends: number;
  status: SessionStatus;
  state?: BoardState | RegisterState | null;
  /** Why the school, or everything, is closed that day. */
  closure?: string | null;
  /** Whoever was to take it. */
  staff_names?: string[] | null;
  rows: OfficeRow[];
  totals: OfficeTotals;
  /** Counted in the room without names; 0: nobody was. */
  headcount: number;
  register_history: RegisterVersion[];
  /** By the retention schedule: a register without marks is not one that nobody took. */
  entries_removed: boolean;
}
export interface LearnerLine {
  id: string;
  name: string;
  year_group?: string | null;
  school?: string | null;
  status?: string | null;
  activities: string[];
}
export interface LearnerPage {
  learners: LearnerLine[];
  next?: string | null;
  total: number;
}
export interface OfficeNote {
  date: string;
  author_name?: string | null;
  activity_name?: string | null;
  areas: Area[];
  text?: string | null;
  next_step?: string | null;
  learner_words?: string | null;
}
export interface OfficeProgress {
  date: string;
  author_name?: string | null;
  activity_name?: string | null;
  kind: ProgressKind;
  stage?: Stage | null;
  pos?: number | null;
  board?: string | null;
  grade?: string | null;
  result?: string | null;
  comment?: string | null;
}
/** Days on which a learner is away, as the office was told before. */
export interface AbsenceNotice {
  id: string;
  starts: string;
  ends: string;
  reason?: string | null;
  told_by?: string | null;
}
/** What staff must know of a learner on the day. */
export interface LearnerNeed {
  id: string;
  kind: NeedKind;
  text: string;
  expires?: string | null;
  version: number;
}
/** What schools and other systems call a learner, by one record. */
export interface LearnerNumbers {
  learner: string;
  name: string;
  ref?: string | null;
  upn?: string | null;
  mis_id?: string | null;
  /** Another record's stands before it. */
  mis_aside: boolean;
  version: number;
}
/** Another record of the same child. */
export interface SameLearner {
  id: string;
  /** The record that stands for it. */
  merged_into?: string | null;
  name: string;
  school?: string | null;
  ref?: string | null;
  /** Where it was decided that the two are one, and may be taken back. */
  matter?: string | null;
}
/** Where a learner comes, or came. */
export interface LearnerPlace {
  id: string;
  activity: string;
  name: string;
  school?: string | null;
  instrument?: string | null;
  section?: string | null;
  starts: string;
  ends?: string | null;
}
export interface OfficeLearner {
  id: string;
  name: string;
  known_name?: string | null;
  year_group?: string | null;
  school?: string | null;
  status?: string | null;
  activities: string[];
  notes: OfficeNote[];
  progress: OfficeProgress[];
  attendance: { here: number; away: number };
  merged_into?: string | null;
  same: SameLearner[];
  notices: AbsenceNotice[];
  places: LearnerPlace[];
}
export interface OfficeDevice {
  id: string;
  name: string;
  kind: string;
  status: string;
  enrolled_at: number;
  last_contact_at?: number | null;
  last_bundle_seq?: number | null;
  last_receipt_at?: number | null;
  skew_ms?: number | null;
  program?: string | null;
  online: boolean;
  staff_names: string[];
  held: number;
  quarantined: number;
}

export type * from './work_api.ts';

/** A concern as the hub has it: nobody but its readers can open `sealed`. */
export interface SealedConcern {
  id: string;
  author_name?: string | null;
  device_name?: string | null;
  sealed: string;
  written_at: number;
  received_at?: number | null;
}
export interface ConcernPage {
  hub: string;
  phone: string;
  readers: { number: number; name: string; key: string }[];
  concerns: SealedConcern[];
}

export interface FleetDevice {
  id: string;
  name: string;
  program?: string | null;
  last_contact_at?: number | null;
  last_receipt_at?: number | null;
  skew_ms: number;
  behind: number;
  waiting: number;
  waiting_since?: number | null;
}
export interface Fleet {
  stale_ms: number;
  skew_ms: number;
  /** Since when the hub's database file takes no more, and its log grows, until it is started anew. */
  stuck_at?: number | null;
  devices: FleetDevice[];
}
export interface Erasure {
  number: number;
  at: number;
  reason: string;
  devices: number;
  confirmed: number;
  revoked: number;
  overdue: boolean;
  waiting: { id: string; name: string; last_contact_at?: number | null }[];
}
export type CaseState = 'open' | 'explained' | 'ended' | 'handed_over';
export interface AbsenceCase {
  id: string;
  session: string;
  learner: string;
  name?: string | null;
  activity?: string | null;
  school?: string | null;
  taken_by?: string | null;
  date?: string | null;
  starts?: number | null;
  ends?: number | null;
  opened_at: number;
  changed_at: number;
  door_in?: number | null;
  calls: number;
  last_call?: CallOutcome | null;
  held: boolean;
  state: CaseState;
  outcome?: string | null;
}
export interface DoorAlert {
  session: string;
  learner: string;
  name?: string | null;
  activity?: string | null;
  date: string;
  door_in?: number | null;
  code?: MarkCode | null;
}
export interface CaseContact {
  name: string;
  relation?: string | null;
  phone?: string | null;
  do_not_contact: boolean;
  may_not_collect: boolean;
}
export interface CaseEvent {
  kind: 'opened' | 'explained' | 'again' | 'step' | 'taken' | 'ended' | 'reopened' | 'handed_over' | 'receipt';
  at: number;
  by?: string | null;
  text?: string | null;
}
export interface CaseCall {
  at?: number | null;
  outcome?: CallOutcome | null;
  staff_name?: string | null;
  contact_name?: string | null;
  said?: string | null;
}
export interface CaseDetail extends AbsenceCase {
  ladder: CaseCall[];
  contacts: CaseContact[];
  arrivals: { way: 'in' | 'out'; at?: number | null }[];
  events: CaseEvent[];
  outcomes: string[];
}
/** What a person does with a case; `transfer` is an address of its own, for it answers a file. */
export type CaseAct = 'step' | 'take' | 'end' | 'reopen' | 'hold' | 'receipt';

export interface ApiFailure {
  code: string;
  text: string;
  wait_ms?: number;
}

export class ApiFailed extends Error {
  constructor(
    readonly status: number,
    readonly failure: ApiFailure,
  ) {
    super(failure.text);
  }
}

const unreachable: ApiFailure = { code: 'NETWORK', text: 'The hub does not answer. What is on the page stays; it is asked again by itself.' };

function isFailure(value: unknown): value is ApiFailure {
  return typeof value === 'object' && value !== null && 'code' in value && 'text' in value && typeof value.text === 'string';
}

// The answer's shape is the contract of the route; the page shows it and computes nothing from it that matters.
async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  let body: unknown = null;
  try {
    response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
    const text = await response.text();
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiFailed(0, unreachable);
  }
  if (!response.ok) throw new ApiFailed(response.status, isFailure(body) ? body : { code: 'INTERNAL', text: `The hub answered with ${response.status}.` });
  return body as T;
}

let csrf = '';
/** Set by live.ts: resolves when the same person has signed in again, false when it is somebody else. */
let again: (() => Promise<boolean>) | null = null;

export function askWhoIsThere(how: () => Promise<boolean>): void {
  again = how;
}

export function get<T>(path: string): Promise<T> {
  return ask<T>(path, { headers: { accept: 'application/json' } });
}

function send<T>(path: string, body: object): Promise<T> {
  return ask<T>(path, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', 'X-Tutti-CSRF': csrf }, body: JSON.stringify(body) });
}

/** A sign-in that ended in the middle of a form: who is there is asked over it, and then the form goes on by itself. */
export async function post<T>(path: string, body: object): Promise<T> {
  try {
    return await send<T>(path, body);
  } catch (error) {
    const ended = error instanceof ApiFailed && error.status === 401 && error.failure.code === 'NOT_UNLOCKED';
    if (!ended || !again || !(await again())) throw error;
    return send<T>(path, body);
  }
}

export const api = {
  async me(): Promise<Me> {
    const me = await get<Me>('/api/me');
    csrf = me.csrf;
    return me;
  },
  signIn: (name: string, password: string, code: string) => send<{ name: string; role: string }>('/api/sign-in', { name, password, code: code || undefined }),
  signOut: () => send<object>('/api/sign-out', {}),
  stay: () => send<object>('/api/stay', {}),
  /** A name that is looked for stands in no address: it may be a child's. */
  today: ({ find, ...narrowed }: BoardWanted, after: string | null) => {
    const asked = Object.fromEntries(Object.entries({ ...narrowed, after }).filter((one): one is [string, string] => Boolean(one[1])));
    if (find) return post<Board>('/api/today/find', { ...asked, find });
    return get<Board>(Object.keys(asked).length > 0 ? `/api/today?${new URLSearchParams(asked)}` : '/api/today');
  },
  register: (session: string) => get<OfficeRegister>(`/api/registers/${encodeURIComponent(session)}`),
  // A name that is searched for travels in the body: addresses end up in logs.
  learners: (q: string, after: string | null) => post<LearnerPage>('/api/learners/search', { q, after: after ?? undefined, limit: 50 }),
  learner: (learner: string) => get<OfficeLearner>(`/api/learners/${encodeURIComponent(learner)}`),
  devices: () => get<{ devices: OfficeDevice[] }>('/api/devices'),
  erasures: () => get<{ erasures: Erasure[]; total: number; waiting: number; overdue: number }>('/api/erasures'),
  numbers: (learner: string) => get<{ records: LearnerNumbers[]; matter: string | null; mis_matter: string | null }>(`/api/numbers/${learner}`),
  setNumbers: (learner: string, said: object) => post<object>(`/api/numbers/set/${learner}`, said),
  needs: (learner: string) => get<{ needs: LearnerNeed[] }>(`/api/needs/${learner}`),
  addNeed: (learner: string, need: object) => post<object>(`/api/needs/add/${learner}`, need),
  editNeed: (id: string, need: object) => post<object>(`/api/needs/edit/${id}`, need),
  endNeed: (id: string) => post<object>(`/api/needs/end/${id}`, {}),
  addNotice: (learner: string, notice: Omit<AbsenceNotice, 'id'>) => post<object>(`/api/learners/notice/${learner}`, notice),
  voidNotice: (id: string) => post<object>(`/api/notices/void/${id}`, {}),
  subject: (learner: string) => get<object>(`/api/subject/${learner}`),
  fleet: () => get<Fleet>('/api/fleet'),
  cases: () => get<{ cases: AbsenceCase[]; open: number; alerts: DoorAlert[] }>('/api/cases'),
  absenceCase: (id: string) => get<CaseDetail>(`/api/cases/one/${id}`),
  caseAct: (act: CaseAct, id: string, body: { text?: string | undefined; outcome?: number | undefined }) => post<CaseDetail>(`/api/cases/${act}/${id}`, body),
  handOver: (id: string, to: string, text: string) => post<object>(`/api/cases/transfer/${id}`, { to, text }),
  concerns: () => get<ConcernPage>('/api/concerns'),
  workCounts: () => get<WorkCounts>('/api/work/counts'),
  work: (tab: WorkTab, after: string | null) => get<WorkPage>(`/api/work?kind=${tab}${after ? `&after=${encodeURIComponent(after)}` : ''}`),
  workItem: (id: string) => get<WorkItem>(`/api/work/items/${id}`),
  missing: (session: string) => get<MissingRegister>(`/api/work/missing/${session}`),
  waiting: (bundle: string) => get<WaitingBundle>(`/api/work/quarantine/${bundle}`),
  cancelMissing: (session: string, cause: CancelCause, reason: string) => post<object>(`/api/work/cancel/${session}`, { cause, reason }),
  held: (device: string) => get<HeldBundles>(`/api/work/held/${device}`),
  decide: (id: string, decision: Decision) => post<WorkItem>(`/api/work/decide/${id}`, decision),
  ask: (id: string, about: AskAbout, staff: string, text: string) => post<object>(`/api/work/ask/${id}`, { about, staff, text }),
  undo: (id: string, reason: string) => post<WorkItem>(`/api/work/undo/${id}`, { reason }),
  keep: (items: string[], heads: string[], reason: string) => post<{ kept: number; left: number }>('/api/work/keep', { items, heads, reason }),
  judge: (verb: 'release' | 'reject', bundle: string, reason: string, change?: number) => post<Partial<WaitingBundle>>(`/api/work/${verb}/${bundle}`, { reason, change }),
  pass: (device: string, reason: string) => post<object>(`/api/work/pass/${device}`, { reason }),
};
