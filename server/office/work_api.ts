// work_api.ts: what Reconcile is told and says: matters and their choices, missing registers, bundles that wait, questions.
import type { MarkCode } from '../../shared/ui/generated/calls.ts';
import type { BoardState } from './api.ts';

export type WorkKind = 'conflict' | 'duplicate' | 'missing' | 'quarantine' | 'held' | 'decided';
export type WorkTab = 'all' | 'conflicts' | 'duplicates' | 'missing' | 'quarantine' | 'held' | 'decided';
export interface WorkCounts {
  all: number;
  urgent: number;
  conflicts: number;
  duplicates: number;
  missing: number;
  quarantine: number;
  held: number;
  most: number;
}
export interface WorkLine {
  kind: WorkKind;
  id: string;
  name: string;
  question: string;
  detail?: string | null;
  at: number;
  urgent: boolean;
  safe: boolean;
  heads?: string | null;
}
export interface WorkPage {
  items: WorkLine[];
  next?: string | null;
  total: number;
}
export interface WorkChoice {
  choice: number;
  kind: 'value' | 'remove' | 'keep' | 'same' | 'apart';
  label: string;
  brief: string;
  code?: MarkCode | null;
  note?: string | null;
  in_use: boolean;
  unsure: boolean;
  office: boolean;
  author_name?: string | null;
  device_name?: string | null;
  written_at?: number | null;
  received_at?: number | null;
  attendance: { known: boolean; here: number; of: number };
  facts: { name: string; value: string }[];
}
export interface WorkEvent {
  at: number;
  who?: string | null;
  text: string;
  reason?: string | null;
}
export interface WorkQuestion {
  id: string;
  staff: string;
  staff_name?: string | null;
  asked_by?: string | null;
  text: string;
  asked_at: number;
  answer?: string | null;
  answered_at?: number | null;
  withdrawn: boolean;
}
/** What a question may be about. */
export type AskAbout = 'item' | 'missing' | 'quarantine';
/** What the office asked about it. */
interface Questioned {
  questions: WorkQuestion[];
  can_ask: boolean;
}
export interface WorkItem extends Questioned {
  id: string;
  kind: 'conflict' | 'duplicate' | 'two_marks' | 'two_upns' | 'two_numbers';
  state: 'open' | 'decided' | 'settled';
  topic: string;
  place?: string | null;
  name: string;
  question: string;
  learner?: string | null;
  session?: string | null;
  urgent: boolean;
  safe: boolean;
  can_decide: boolean;
  can_undo: boolean;
  own_mark: boolean;
  why?: string | null;
  effect?: string | null;
  span?: string | null;
  heads: string;
  choices: WorkChoice[];
  happened: WorkEvent[];
  /** Who wrote what is contested. */
  authors: { id: string; name: string }[];
}
export interface MissingRegister extends Questioned {
  id: string;
  name: string;
  school?: string | null;
  place?: string | null;
  date: string;
  starts: number;
  ends: number;
  state: BoardState;
  of: number;
  unmarked: number;
  staff_names: string[];
  updated_at?: number | null;
  devices: { id: string; name: string; last_contact_at?: number | null }[];
}
export interface WaitingChange {
  change: number;
  state: 'waits' | 'released' | 'rejected';
  reason: string;
  releasable: boolean;
  author_name?: string | null;
  written_at?: number | null;
  says: string[];
  decided_by?: string | null;
  decided_at?: number | null;
  why?: string | null;
}
export interface WaitingBundle extends Questioned {
  id: string;
  device_name?: string | null;
  bundle: number;
  received_at: number;
  readable: boolean;
  changes: WaitingChange[];
}
export interface HeldBundles {
  id: string;
  device_name?: string | null;
  missing: number;
  first: number;
  last: number;
  bundles: number;
  since: number;
  happened: WorkEvent[];
}
/** What a decision names: one of the values, or a mark of the office's own. */
export interface Decision {
  heads: string;
  reason: string;
  choice?: number;
  code?: MarkCode;
  arrived?: number;
}
