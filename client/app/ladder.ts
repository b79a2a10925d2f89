// ladder.ts: how the calls about one absence stand, and whom to ring next.
import type { Absence, Contact } from '../../shared/ui/generated/calls.ts';

export type Standing = 'explained' | 'missing' | 'ringing' | 'exhausted';

export interface Ladder {
  standing: Standing;
  /** The next to ring; null when nobody is left, or nobody needs to be. */
  next: Contact | null;
}

/** As the office has it: whoever came in at the door is not explained by a call, and a parent who does not know outweighs one who said before that they do. */
function isExplained({ calls, door_in }: Absence): boolean {
  if (door_in != null) return false;
  const asked = Math.max(-1, ...calls.filter(({ outcome }) => outcome === 'unaware').map(({ at }) => at));
  return calls.some(({ outcome, at }) => outcome === 'explained' && at >= asked);
}

export function ladderOf(absence: Absence): Ladder {
  if (isExplained(absence)) return { standing: 'explained', next: null };
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
