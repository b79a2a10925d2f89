// state.ts: what every screen shares: the door, who is signed in, the sync badge, the word after an action. The core holds the truth.
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { CallFailed, openDoor, type Args, type Command, type Door, type DoorOptions, type Result } from '../../shared/ui/call.ts';
import { civil, sentence } from '../../shared/ui/format.ts';
import type { DeviceStatus, Failure, SyncStatus } from '../../shared/ui/generated/calls.ts';
import { paced } from './pace.ts';

export const doorOpen = signal<boolean | null>(null);
export const device = signal<DeviceStatus | null>(null);
export const sync = signal<SyncStatus | null>(null);

/** The one sentence about the last action, read out by the live region of the app. */
export const said = signal<{ text: string; bad: boolean; undo?: () => void } | null>(null);

type Listener = (topics: ReadonlySet<string>) => void;
const listeners = new Set<Listener>();
const everything = 'everything';

let door: Door | null = null;

export async function call<C extends Command>(command: C, args: Args<C>): Promise<Result<C>> {
  if (!door) throw new CallFailed({ code: 'RESTARTING', text: 'Tutti on this device is starting.' });
  try {
    return await door.call(command, args);
  } catch (error) {
    // Somebody locked the device elsewhere, or it restarted: the status decides which screen comes.
    if (error instanceof CallFailed && error.failure.code === 'NOT_UNLOCKED') void refreshDevice();
    throw error;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CallFailed) return { ...error.failure, text: sentence(error.failure.text) };
  return { code: 'INTERNAL', text: 'This page met a fault. What was marked before is saved; load the page again.' };
}

const saidMs = 7000;
const undoMs = 20_000;

/** Good news goes by itself; a complaint stays until it is closed or something is done. `undo` takes back what was said, by one tap. */
export function say(text: string, undo?: () => void): void {
  const word = { text, bad: false, undo };
  said.value = word;
  window.setTimeout(() => {
    if (said.value === word) said.value = null;
  }, undo ? undoMs : saidMs);
}

export function complain(error: unknown): void {
  said.value = { text: failureOf(error).text, bad: true };
}

async function refreshDevice(): Promise<void> {
  try {
    device.value = await call('device.status', {});
  } catch {
    // The door fell; it asks again when it is open.
  }
}

async function refreshSync(): Promise<void> {
  try {
    sync.value = await call('sync.status', {});
  } catch {
    // As above.
  }
}

/** Every mark changes what waits to be sent. A badge that says that all is sent follows as soon as the mark is drawn, when the next tap is furthest away. One
 * that says already that something waits has time until the thumb rests: asked and drawn between two taps it would be in the way of the second. Changes
 * without end do not put it off for ever. */
const badge = paced(() => void refreshSync(), { afterMs: 30, restMs: 400, pauseMs: 4000 });
const refreshSyncSoon = (): void => badge.ask(sync.value?.badge === 'sent');

function changed(topics: string[]): void {
  const set = new Set(topics);
  const all = set.has(everything);
  if (all || set.has('device')) void refreshDevice();
  if (all) void refreshSync();
  else if (set.has('sync')) refreshSyncSoon();
  for (const listener of listeners) listener(set);
}

/** The office's time, as the core reckons it: this device's clock less what it was found to be off. */
export function officeNow(): number {
  return Date.now() - (sync.value?.clock_skew_ms ?? 0);
}

export function officeMinute(): number {
  return civil(officeNow()).minute;
}

/** Whether a date of the core is the office's today. */
export function isToday(date: string | undefined): boolean {
  return date === civil(officeNow()).date;
}

/** The network is back, or somebody looks: no need to wait for the next try. A line that is held stays held. */
export function tryLine(): void {
  if (sync.value?.line === 'off') void call('sync.now', {}).then((now) => (sync.value = now), () => undefined);
}

export function start(dial: DoorOptions['dial']): void {
  door = openDoor({
    dial,
    onOpen: (open) => {
      doorOpen.value = open;
      // Whatever is shown may have changed while the door was shut.
      if (open) changed([everything]);
    },
    onChanged: changed,
    later: (run, ms) => window.setTimeout(run, ms),
  });
}

export interface Asked<T> {
  data: T | null;
  failure: Failure | null;
  /** Puts in place what a command answered, until the core says that it changed again. */
  put(update: (data: T) => T): void;
}

/** However often something changes, it is looked at again after so long. */
const restlessMs = 10_000;

/** Asks once, and again whenever one of `topics` changes. `key` names what is asked for: another key starts from nothing. With `settleMs` it asks
 * again when so long nothing changed. `join` lays what was read over what is shown, so that what is the same stays the same object. */
export function useAsk<C extends Command>(
  command: C,
  args: Args<C>,
  key: string,
  topics: readonly string[],
  settleMs = 0,
  join: (shown: Result<C>, fresh: Result<C>) => Result<C> = (_, fresh) => fresh,
): Asked<Result<C>> {
  const [held, hold] = useState<{ key: string; data: Result<C> | null; failure: Failure | null }>({ key, data: null, failure: null });
  useEffect(() => {
    let live = true;
    let asking = false;
    let again = false;
    const ask = async (): Promise<void> => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const data = await call(command, args);
        if (live) hold((now) => ({ key, data: now.key === key && now.data ? join(now.data, data) : data, failure: null }));
      } catch (error) {
        const failure = failureOf(error);
        // A fallen door keeps on screen what was there.
        if (live && failure.code !== 'RESTARTING') hold({ key, data: null, failure });
      }
      asking = false;
      if (again && live) {
        again = false;
        void ask();
      }
    };
    let timer: number | undefined;
    let since: number | null = null;
    const askNow = (): void => {
      since = null;
      if (live) void ask();
    };
    const listener: Listener = (set) => {
      if (!set.has(everything) && !topics.some((topic) => set.has(topic))) return;
      if (settleMs === 0 || set.has(everything)) return askNow();
      const now = performance.now();
      since ??= now;
      window.clearTimeout(timer);
      timer = window.setTimeout(askNow, Math.min(settleMs, since + restlessMs - now));
    };
    listeners.add(listener);
    void ask();
    return () => {
      live = false;
      window.clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [key]);
  const current = held.key === key ? held : { key, data: null, failure: null };
  return { data: current.data, failure: current.failure, put: (update) => hold((now) => (now.key === key && now.data ? { ...now, data: update(now.data) } : now)) };
}
