// lost.ts: how much waits to be sent, noted apart from the records: when a browser clears those, the next start says what may be lost with them.
//
// A browser short of room clears files, caches and databases, not local storage; Safari, after a week without use, everything that scripts
// wrote, but not always cookies. So it is noted in both. Whoever clears everything of a site clears this too: then only the office sees that a
// device was enrolled anew and the former one fell silent.
import type { SyncStatus } from '../../shared/ui/generated/calls.ts';

const key = 'tutti-waits';
const lastingS = 400 * 24 * 3600;

export type Waits = Pick<SyncStatus, 'registers' | 'notes' | 'changes'>;

/** "registers.notes.changes" */
export function readWaits(text: string | null | undefined): Waits | null {
  const [, registers, notes, changes] = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(text ?? '') ?? [];
  return changes === undefined ? null : { registers: Number(registers), notes: Number(notes), changes: Number(changes) };
}

const inCookie = (): string | undefined => new RegExp(`(?:^|; )${key}=([^;]*)`).exec(document.cookie)?.[1];
function inStorage(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser that forbids it has none
  }
}

/** null: this device was never enrolled here, or was emptied on purpose. */
export function waitsNoted(): Waits | null {
  return readWaits(inStorage()) ?? readWaits(inCookie());
}

/** As far as the words tell it: a number that grew with every tap would be written with every tap, and a cookie is slow. */
export function noteOf({ registers, notes, changes }: Waits): string {
  return `${registers}.${notes}.${registers + notes > 0 ? Math.min(changes, 1) : changes}`;
}

/** What this page wrote last. */
let noted: string | null = null;

export function noteWaits(waits: Waits | null): void {
  const text = waits ? noteOf(waits) : '';
  if (text === noted) return;
  noted = text;
  if (text === inStorage() && text === inCookie()) return;
  document.cookie = `${key}=${text}; max-age=${waits ? lastingS : 0}; path=${location.pathname}; SameSite=Strict; Secure`;
  try {
    if (waits) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // The cookie has it.
  }
}
