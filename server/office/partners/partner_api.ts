// partner_api.ts: partners with their agreements and surveys, and what is known of a learner, as the hub answers them.
import type { AgreementStatus, Answer, PartnerKind, PartnerStage, Remission, Send, Sex, StrategicFunction } from '../../../shared/ui/generated/calls.ts';
import { get, post } from '../api.ts';

export interface PartnerLine {
  id: string;
  name: string;
  kind?: PartnerKind | null;
  contact?: string | null;
  email?: string | null;
  phone?: string | null;
  stage?: PartnerStage | null;
  stage_on?: string | null;
  activity_count: number;
  agreement_count: number;
  surveys_due: number;
  surveys_back: number;
  version: number;
}
export interface Agreement {
  id: string;
  functions: StrategicFunction[];
  status: AgreementStatus;
  in_force: boolean;
  starts: string;
  ends?: string | null;
  signed_1?: string | null;
  signer_1?: string | null;
  signed_2?: string | null;
  signer_2?: string | null;
  version: number;
}
export interface Survey {
  id: string;
  term?: string | null;
  due: string;
  received?: string | null;
  answers?: string | null;
  version: number;
}
/** Whom something is agreed with. */
export interface Side {
  id: string;
  name: string;
  word: 'partner' | 'school';
  agreements: Agreement[];
  surveys: Survey[];
}
export interface PartnerActivity {
  id: string;
  name: string;
  school?: string | null;
}
export interface Partner extends PartnerLine {
  agreements: Agreement[];
  surveys: Survey[];
  activities: PartnerActivity[];
}
export interface PartnerInput {
  name: string;
  kind: string;
  contact: string;
  email: string;
  phone: string;
  stage: string;
  stage_on: string;
  version: string;
}
export interface Inclusion {
  learner: string;
  known: boolean;
  as_at?: string | null;
  fsm?: Answer | null;
  pupil_premium?: Answer | null;
  cla?: Answer | null;
  send?: Send | null;
  sex?: Sex | null;
  remission?: Remission | null;
  ethnicity?: string | null;
}
export interface InclusionLine extends Omit<Inclusion, 'known'> {
  name: string;
  last_name?: string | null;
  disadvantaged: Answer;
}

/** What is empty is not sent: an empty word is none of the words there are. */
export function filled(input: object): Record<string, string> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== ''));
}

export const partnerApi = {
  partners: () => get<{ partners: PartnerLine[] }>('/api/partners'),
  partner: (id: string) => get<Partner>(`/api/partners/${id}`),
  save: (id: string | null, input: PartnerInput) => post<Partner>(id ? `/api/partners/edit/${id}` : '/api/partners/add', filled(input)),
  activity: (id: string, activity: string, own: boolean) => post<Partner>(`/api/partners/activities/${id}`, { activity, own: own ? 'yes' : 'no' }),
  addAgreement: (side: Side, functions: string[], starts: string, ends: string) => post<object>(`/api/${side.word}s/agreement/${side.id}`, { functions, ...filled({ starts, ends }) }),
  editAgreement: (was: Agreement, functions: string[], starts: string, ends: string, status: AgreementStatus) =>
    post<object>(`/api/agreements/edit/${was.id}`, { functions, status, version: String(was.version), ...filled({ starts, ends }) }),
  sign: (was: Agreement, side: 'hub' | Side['word'], name: string, date: string) => post<object>(`/api/agreements/sign/${was.id}`, { side, name, date, version: String(was.version) }),
  takeBack: (was: Agreement, reason: string) => post<object>(`/api/agreements/void/${was.id}`, { reason, version: String(was.version) }),
  addSurvey: (side: Side, due: string) => post<object>(`/api/${side.word}s/survey/${side.id}`, { due }),
  receive: (was: Survey, received: string, answers: string) => post<object>(`/api/surveys/receive/${was.id}`, filled({ received, answers, version: String(was.version) })),
  inclusion: (learner: string) => get<Inclusion>(`/api/inclusion/${learner}`),
  setInclusion: (learner: string, said: object) => post<Inclusion>(`/api/inclusion/set/${learner}`, filled(said)),
  behind: (school: string, period: string) => get<{ period: string; school: string; learners: InclusionLine[] }>(`/api/reports/learners?period=${encodeURIComponent(period)}&school=${school}`),
};

export function statementOf(partner: string | null, format: 'csv' | 'xlsx'): string {
  return `/api/reports/statement?format=${format}${partner ? `&partner=${partner}` : ''}`;
}

/** The day after, and a year later less a day: the next agreement goes on where this one ends. */
export function nextYear(ends: string): { starts: string; ends: string } {
  const [year = 0, month = 1, day = 1] = ends.split('-').map(Number);
  const iso = (date: Date): string => date.toISOString().slice(0, 10);
  return { starts: iso(new Date(Date.UTC(year, month - 1, day + 1))), ends: iso(new Date(Date.UTC(year + 1, month - 1, day))) };
}

export function choicesOf(labels: Readonly<Record<string, string>>, empty?: string): { value: string; label: string }[] {
  const all = Object.entries(labels).map(([value, label]) => ({ value, label }));
  return empty === undefined ? all : [{ value: '', label: empty }, ...all];
}
