// confirms.ts: why a device has not confirmed an erasure, in words that say whom to ring and for what.
import { moment } from '../../shared/ui/format.ts';

/** It hears of an erasure when it comes to the line, and rewrites its records at once; a large one takes its time. */
const soon_ms = 600_000;

/**
 * A device confirms by rewriting its records, which a PIN alone opens, also to itself. One that was heard from well after the erasure and has not
 * confirmed is locked: nobody needs to fetch it, somebody needs to sign in.
 */
export function whyItWaits(device: { name: string; last_contact_at?: number | null }, erased_at: number, now: number): string {
  const heard = device.last_contact_at;
  if (!heard) return `${device.name}, never heard`;
  if (heard < erased_at) return `${device.name}, last heard ${moment(heard, now)}, before the erasure`;
  if (heard < erased_at + soon_ms) return `${device.name}, last heard ${moment(heard, now)}`;
  return `${device.name}, heard ${moment(heard, now)} and locked: it confirms when somebody signs in on it`;
}
