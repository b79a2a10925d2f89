// ladder.ts: how the calls about one absence stand, and whom to ring next.
import type { Absence, Contact } from '../../shared/ui/generated/calls.ts';

export type Standing = 'explained' | 'missing' | 'ringing' | 'exhausted';

export interface Ladder {
  standing: Standing;
  /** The next to ring; null when nobody is left, or nobody needs to be. */
  next: Contact | null;
}

export function ladderOf(absence: Absence): Ladder {
  if (absence.calls.some((one) => one.outcome === 'explained')) return { standing: 'explained', next: null };
  const rung = new Set(absence.calls.map((one) => one.contact));
  const next = absence.contacts.find((one) => !one.do_not_contact && !rung.has(one.id)) ?? null;
  // A family that does not know where their child is: that does not wait for the rest of the ladder.
  if (absence.calls.some((one) => one.outcome === 'unaware')) return { standing: 'missing', next };
  return { standing: next ? 'ringing' : 'exhausted', next };
}

/** What a telephone dials: digits and a leading plus, whatever the office typed. */
export function dialled(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, '')}`;
}
