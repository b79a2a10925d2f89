// admin_api.ts: the hub's interface for devices, people, the audit and one's own sign-in.
import { get, post, type Qr } from './api.ts';

export interface SecondStep {
  on: boolean;
  needed: boolean;
  codes_left: number;
}
export interface NewSecret {
  secret: string;
  link: string;
  qr: Qr;
}
export interface DeviceOffer {
  id: string;
  link: string;
  code: string;
  expires_at: number;
  qr: Qr;
}
export interface Enrolment {
  name: string;
  expires_at: number;
  device?: string | null;
  digits?: string | null;
}
export interface Strand {
  name: string;
  last_contact_at?: number | null;
  days_away: number;
  unreceived: number;
  held: number;
  quarantined: number;
  erasures: number;
  alone: string[];
}
/** What came of a device's export file; `waiting` and `aside` are of the bundles as they stand now. */
export interface BroughtFile {
  device_name?: string | null;
  bundles: number;
  new: number;
  known: number;
  waiting: number;
  aside: number;
  refused: number;
  why?: string | null;
  came_back: boolean;
  /** The reply file, base64url. */
  reply: string;
}
export interface Member {
  id: string;
  name: string;
  email?: string | null;
  roles: string[];
  status: 'active' | 'left';
  grants: number;
  devices: number;
  version: number;
}
export interface Granted {
  activity: string;
  name: string;
  school?: string | null;
  role: 'tutor' | 'leader' | 'door';
  starts: string;
  ends?: string | null;
}
export interface MemberDetail extends Member {
  granted: Granted[];
}
export interface Activity {
  id: string;
  name: string;
  school?: string | null;
}
export interface Account {
  id: string;
  name: string;
  roles: string[];
  locked: boolean;
  second_step: boolean;
  last_at?: number | null;
  ended_at?: number | null;
  activities: string[];
  /** Partners whose activities are all its own. */
  partners: string[];
}
export interface Key {
  id: string;
  name: string;
  roles: string[];
  created_at: number;
  revoked_at?: number | null;
}
export interface AuditEntry {
  number: number;
  at: number;
  who: string;
  who_name?: string | null;
  /** What was done, in words. */
  what: string;
  /** And to what: pieces of a sentence, some of which have a page. */
  says: { text: string; kind?: string; id?: string }[];
  /** Why, as somebody typed it; it may have gone with whoever it was about. */
  reason?: string | null;
  reason_erased: boolean;
  address?: string | null;
}
export interface AuditFilter {
  kind: string;
  who: string;
  from: string;
  to: string;
}

function query(parts: Readonly<Record<string, string>>): string {
  const text = Object.entries(parts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return text ? `?${text}` : '';
}

export const admin = {
  secondStep: () => get<SecondStep>('/api/second-step'),
  beginSecondStep: (code: string) => post<NewSecret>('/api/second-step/begin', { code: code || undefined }),
  confirmSecondStep: (code: string) => post<{ codes: string[] }>('/api/second-step/confirm', { code }),
  newCodes: (code: string) => post<{ codes: string[] }>('/api/second-step/codes', { code }),
  password: (old: string, password: string) => post<object>('/api/password', { old, password }),

  offer: (name: string, kind: string, staff: string[]) => post<DeviceOffer>('/api/devices/offer', { name, kind, staff }),
  enrolment: (id: string) => get<Enrolment>(`/api/devices/enrolment/${id}`),
  digitsCompared: (device: string) => post<object>(`/api/devices/confirm/${device}`, {}),
  strand: (device: string) => get<Strand>(`/api/devices/strand/${device}`),
  revoke: (device: string, manner: 'sent' | 'now') => post<object>(`/api/devices/revoke/${device}`, { manner }),
  assign: (device: string, staff: string[]) => post<object>(`/api/devices/staff/${device}`, { staff }),
  lease: (device: string, days: number) => post<object>(`/api/devices/lease/${device}`, { days }),
  pinCode: (device: string, challenge: string) => post<{ code: string }>(`/api/devices/pin-code/${device}`, { challenge }),
  bringFile: (upload: string) => post<BroughtFile>(`/api/devices/bring/${upload}`, {}),
  leaseCode: (device: string, challenge: string, days: number) => post<{ code: string }>(`/api/devices/lease-code/${device}`, { challenge, days }),

  staff: () => get<{ staff: Member[] }>('/api/staff'),
  member: (id: string) => get<MemberDetail>(`/api/staff/${id}`),
  saveMember: (id: string | null, member: { name: string; email: string; roles: string[]; version?: number | undefined }) =>
    post<MemberDetail>(id ? `/api/staff/edit/${id}` : '/api/staff/add', { ...member, email: member.email || undefined, version: member.version?.toString() }),
  endMember: (id: string) => post<MemberDetail>(`/api/staff/end/${id}`, {}),
  grant: (id: string, grant: { activity: string; role: string; starts: string; ends: string }) => post<MemberDetail>(`/api/staff/grant/${id}`, { ...grant, ends: grant.ends || undefined }),
  activities: () => get<{ activities: Activity[]; most: number }>('/api/activities'),

  accounts: () => get<{ accounts: Account[] }>('/api/accounts'),
  addAccount: (name: string, password: string, roles: string[], activities: string[], partners: string[]) => post<{ accounts: Account[] }>('/api/accounts/add', { name, password, roles, activities, partners }),
  accountRoles: (id: string, roles: string[], activities: string[], partners: string[]) => post<{ accounts: Account[] }>(`/api/accounts/roles/${id}`, { roles, activities, partners }),
  resetAccount: (id: string, password: string) => post<{ accounts: Account[] }>(`/api/accounts/reset/${id}`, { password }),
  unlockAccount: (id: string) => post<{ accounts: Account[] }>(`/api/accounts/unlock/${id}`, {}),
  endAccount: (id: string) => post<{ accounts: Account[] }>(`/api/accounts/end/${id}`, {}),
  keys: () => get<{ keys: Key[] }>('/api/keys'),
  addKey: (name: string, roles: string[]) => post<{ key: string }>('/api/keys/add', { name, roles }),
  revokeKey: (id: string) => post<{ keys: Key[] }>(`/api/keys/revoke/${id}`, {}),

  audit: (filter: AuditFilter, after: number | null) => get<{ entries: AuditEntry[]; next?: number | null }>(`/api/audit${query({ ...filter, after: after ? String(after) : '' })}`),
  auditCheck: () => get<{ entries: number; broken_at?: number | null }>('/api/audit/check'),
  registersAddress: (from: string, to: string) => `/api/export/registers${query({ from, to })}`,
  extractAddress: (filter: AuditFilter) => `/api/audit/extract${query({ ...filter })}`,
};
