// calls.ts: the hub's addresses for lists brought in at once, and how a file gets there: in parts that a request may hold.
import { ApiFailed, get, post } from '../api.ts';

export type LineKind = 'new' | 'changed' | 'unchanged' | 'gone';
export interface LookLine {
  row: number;
  name: string;
  changes: { column: string; before: string | null; after: string | null }[];
}
/** Absent when the file has mistakes: then nothing was weighed. */
export interface Difference {
  counts?: Record<LineKind, number>;
  shown?: LineKind;
  lines?: LookLine[];
  next?: number;
}
export interface FileMistake {
  row: number;
  column: string;
  text: string;
}
/** A number that another system has for a learner, and that the list changes. */
export interface NumberChange {
  row: number;
  column: string;
  first_name: string | null;
  last_name: string | null;
  before: string;
  after: string;
}
export interface FileLook extends Difference {
  table: string;
  tables: string[];
  encoding: string;
  delimiter: string;
  dates: 'uk' | 'iso';
  /** As the spreadsheet counts; what stands above is none of the list's. */
  heading_row: number;
  headings: string[];
  sample: string[][];
  map: string[];
  columns: { name: string; required: boolean }[];
  remembered: boolean;
  rows: number;
  /** Rows beneath the list, totals and the like, that were left out. */
  beneath: number[];
  ambiguous: number;
  error_count: number;
  errors: FileMistake[];
  number_changes: number;
  /** The first of them. */
  numbers: NumberChange[];
}
export interface Run {
  id: string;
  what: string;
  name: string | null;
  who: string | null;
  at: number;
  new: number;
  changed: number;
  undone_at?: number;
}
export interface Undone {
  undone: boolean;
  changed?: number;
  kept?: number;
  block_count?: number;
  blocks?: { name: string; by: string; later: string | null }[];
}
/** How the file is to be read, as far as it was said. */
export interface Reading {
  table?: string;
  dates?: 'uk';
  map?: string[];
  show?: LineKind;
  after?: number;
  name?: string;
  /** How many numbers that change somebody has looked at. */
  numbers?: number;
}
/** How far the hub is with a list, as it says itself. */
export interface Progress {
  stage: 'reading' | 'comparing' | 'writing' | null;
  done?: number;
  rows?: number;
}

/** The first part is small, for a slow line; as long as parts are quick, each is twice as long as the one before, up to what the hub takes: every part is a way to
 * the hub and back. */
const firstPart = 45_000;
const quickMs = 1_000;
const slowMs = 5_000;

function nextPart(part: number, tookMs: number, most: number): number {
  if (tookMs > slowMs) return Math.max(firstPart, Math.floor(part / 2));
  return tookMs < quickMs ? Math.min(most, part * 2) : part;
}

/** A call takes no more arguments than that everywhere. */
const callMost = 8192;

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += callMost) text += String.fromCharCode(...bytes.subarray(at, at + callMost));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** `advice`: what to do about a file that is too large. */
export async function send(bytes: Uint8Array, told: (share: number) => void, advice = 'divide it'): Promise<string> {
  const { id, most, part: partMost } = await post<{ id: string; most: number; part: number }>('/api/import/begin', {});
  if (bytes.length > most) throw new ApiFailed(413, { code: 'TOO_BIG', text: `The file has more than ${Math.round(most / 1048576)} MB: ${advice}.` });
  for (let at = 0, part = firstPart; at < bytes.length; ) {
    const begun = performance.now();
    await post<object>(`/api/import/part/${id}`, { at: at + 1, bytes: base64url(bytes.subarray(at, at + part)) });
    at += part;
    told(Math.min(1, at / bytes.length));
    part = nextPart(part, performance.now() - begun, partMost);
  }
  return id;
}

export const look = (id: string, reading: Reading): Promise<FileLook> => post(`/api/import/look/${id}`, reading);
export const apply = (id: string, reading: Reading): Promise<Run> => post(`/api/import/apply/${id}`, reading);
const progress = (id: string): Promise<Progress> => get(`/api/import/progress/${id}`);
export const drop = (id: string): Promise<object> => post(`/api/import/drop/${id}`, {});
export const undo = (run: string): Promise<Undone> => post(`/api/import/undo/${run}`, {});
export const runs = (): Promise<{ imports: Run[] }> => get('/api/imports');

export interface RolloverWish {
  date: string;
  last_year: number;
  enrolments: 'go_on' | 'end';
  grants: 'go_on' | 'end';
  /** Name, first and last day of each, one behind the other. */
  terms: string[];
  show?: LineKind;
  after?: number;
}
export interface RolloverLook extends Difference {
  leavers: number;
}
const progressMs = 300;
const pause = (ms: number): Promise<void> => new Promise((done) => window.setTimeout(done, ms));

/** Asks beside the work how far it is, until that is done; what goes wrong the work says itself. */
export async function watched<T>(id: string, work: Promise<T>, told: (now: Progress) => void): Promise<T> {
  const watch = { over: false };
  const ask = async (): Promise<void> => {
    for (await pause(progressMs); !watch.over; await pause(progressMs)) {
      const now = await progress(id).catch(() => null);
      if (now?.stage && !watch.over) told(now);
    }
  };
  void ask();
  try {
    return await work;
  } finally {
    watch.over = true;
  }
}

export const rolloverLook = (wish: RolloverWish): Promise<RolloverLook> => post('/api/rollover/look', wish);
export const rollOver = (wish: RolloverWish): Promise<Run> => post('/api/rollover/apply', wish);

const words: Readonly<Record<string, string>> = {
  full_name: 'whole name, in one column', partner_ref: 'partner (reference or name)',
  dob: 'date of birth', upn: 'UPN', mis_id: 'number in the school’s system', ref: 'reference', urn: 'URN', la: 'local authority', school_urn: 'school (URN or name)', learner_ref: 'learner (reference)', activity_ref: 'activity (reference or name)', staff_ref: 'staff (reference, name or email)',
};
/** What a person calls a column. */
export function columnWords(name: string): string {
  return words[name] ?? name.replaceAll('_', ' ');
}
