// work.ts: what the parts of the Reconcile page share: what was typed and not sent yet, what was decided last, the words for tabs and kinds.
import { signal } from '@preact/signals';
import type { IconName } from '../../../shared/ui/components/icon.tsx';
import type { WorkCounts, WorkKind, WorkTab } from '../api.ts';

/** What somebody is about to do with one entry: kept while they look at another one, or sign in again. */
export interface Draft {
  act: string;
  reason: string;
}
const drafts = signal<Readonly<Record<string, Draft>>>({});

export function draftOf(id: string): Draft | null {
  return drafts.value[id] ?? null;
}

export function setDraft(id: string, draft: Draft | null): void {
  const { [id]: _, ...others } = drafts.value;
  drafts.value = draft ? { ...others, [id]: draft } : others;
}

export function forgetDrafts(): void {
  drafts.value = {};
  last.value = null;
}

/** What this page decided last: `u` takes it back. */
export const last = signal<{ id: string; said: string } | null>(null);

export const tabs: readonly { tab: WorkTab; name: string; icon: IconName | null; count: ((counts: WorkCounts) => number) | null }[] = [
  { tab: 'all', name: 'All', icon: null, count: (counts) => counts.all },
  { tab: 'conflicts', name: 'Conflicts', icon: 'git-compare', count: (counts) => counts.conflicts },
  { tab: 'duplicates', name: 'Duplicates', icon: 'users', count: (counts) => counts.duplicates },
  { tab: 'missing', name: 'Missing', icon: 'calendar-x', count: (counts) => counts.missing },
  { tab: 'quarantine', name: 'Quarantine', icon: 'shield-alert', count: (counts) => counts.quarantine },
  { tab: 'held', name: 'Held', icon: 'hourglass', count: (counts) => counts.held },
  { tab: 'decided', name: 'Decided', icon: 'check-check', count: null },
];

export const kinds: Readonly<Record<WorkKind, { name: string; icon: IconName }>> = {
  conflict: { name: 'Conflict', icon: 'git-compare' },
  duplicate: { name: 'Duplicate', icon: 'users' },
  missing: { name: 'Missing register', icon: 'calendar-x' },
  quarantine: { name: 'Quarantine', icon: 'shield-alert' },
  held: { name: 'Held back', icon: 'hourglass' },
  decided: { name: 'Decided', icon: 'check-check' },
};

/** Why a list is empty, and what would fill it. */
export const emptyWords: Readonly<Record<WorkTab, { title: string; text: string }>> = {
  all: { title: 'Nothing waits for you', text: 'When two people write different things about the same child, it appears here by itself. Until somebody decides, a choice is in place.' },
  conflicts: { title: 'Nobody disagrees', text: 'Two different marks for one child, a lesson both held and cancelled, a name corrected in the field: such matters appear here.' },
  duplicates: { title: 'No likely duplicates', text: 'A walk-in with the name of a learner you have appears here. Nobody is put together by themselves.' },
  missing: { title: 'No register is missing', text: 'A session that has ended without a closed register appears here, for four weeks back.' },
  quarantine: { title: 'Nothing is in quarantine', text: 'Work of somebody without a grant, or from a revoked device, waits here until you release or reject it.' },
  held: { title: 'No device waits', text: 'When a bundle arrives before an earlier one, it waits here; after seven days it goes ahead by itself.' },
  decided: { title: 'Nothing has been decided yet', text: 'What you decide stands here, with who and why, and can be taken back.' },
};

/** The hub counts no more than `most` of a kind: there may be more then. */
export function countWords(count: number, most: number): string {
  return count.toLocaleString('en-GB') + (count >= most ? '+' : '');
}

/** "now", "12 min", "5 h", "2 days": how long something has waited. */
export function waited(at: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - at) / 60_000));
  if (minutes === 0) return 'now';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}
