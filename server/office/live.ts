// live.ts: what the pages share: who is signed in, where we are, and the hub's events, with polling when they do not come.
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { api, ApiFailed, askWhoIsThere, type ApiFailure, type Me } from './api.ts';
import { forgetBeside, keepBeside, keptBeside, visit } from './kept.ts';
import { forgetKey } from './safeguarding/key.ts';
import { forgetDrafts } from './work/work.ts';

/** undefined: not asked yet; null: nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);
/** The sign-in ended while somebody was at work: the page stays as it is behind the question who is there. */
export const expired = signal(false);
/** The address without a page is that of the first page. */
const pathNow = (): string => (location.pathname === '/' ? '/today' : location.pathname);
export const path = signal(pathNow());
/** How often somebody asked for the page they were on: it begins anew, without what was chosen on it. */
export const anew = signal(0);
/** Is the event stream open? Said on the page, because "live" must be true when it is claimed. */
export const live = signal(false);

const pollMs = 15_000;
const ticksPerCheck = 4;
const everything = 'everything';

type Listener = (topics: ReadonlySet<string>) => void;
const listeners = new Set<Listener>();

function tell(topics: readonly string[]): void {
  const set = new Set(topics);
  for (const listener of listeners) listener(set);
}

let events: EventSource | null = null;
let ticks = 0;

function topicsIn(data: string): string[] {
  try {
    const body: unknown = JSON.parse(data);
    if (typeof body === 'object' && body !== null && 'topics' in body && Array.isArray(body.topics)) {
      return body.topics.filter((topic): topic is string => typeof topic === 'string');
    }
  } catch {
    // Not ours to read; ask for everything.
  }
  return [everything];
}

function listen(): void {
  events?.close();
  const stream = new EventSource('/api/events');
  events = stream;
  stream.onopen = () => {
    // Something may have changed while the stream was shut.
    if (!live.value) tell([everything]);
    live.value = true;
  };
  stream.addEventListener('changed', (event: MessageEvent<string>) => tell(topicsIn(event.data)));
  stream.onerror = () => {
    live.value = false;
  };
}

function watch(): void {
  if (!me.value || me.value.limited) return;
  ticks += 1;
  // A stream can die without a word; now and then we ask although it seems open.
  if (live.value && ticks % ticksPerCheck !== 0) return;
  tell([everything]);
  // The browser opens a broken stream again by itself, except after a refusal.
  if (me.value.role === 'partner') return;
  if (!events || events.readyState === EventSource.CLOSED) listen();
}

/** What this page has just done is on it at once, whether the stream is open or not. */
export function refresh(topic: string): void {
  tell([topic]);
}

/** Who waits for somebody to sign in again, to go on with what they were doing. */
let waiting: ((same: boolean) => void)[] = [];

function tellWaiting(same: boolean): void {
  const all = waiting;
  waiting = [];
  for (const go of all) go(same);
}

function signedInAgain(): Promise<boolean> {
  if (!me.value) return Promise.resolve(false);
  expired.value = true;
  return new Promise((resolve) => waiting.push(resolve));
}

const stayMs = 60_000;
let stayed = 0;

/** A press of a key or a finger is a sign of a person; what the page asks by itself is none. */
function someoneIsHere(): void {
  const now = Date.now();
  if (!me.value || expired.value || now - stayed < stayMs) return;
  stayed = now;
  api.stay().catch(() => undefined);
}

export async function whoAmI(): Promise<void> {
  try {
    const now = await api.me();
    const same = !me.value || me.value.name === now.name;
    if (!same) {
      forgetDrafts();
      forgetBeside();
      forgetKey();
    }
    me.value = now;
    unheard.value = false;
    expired.value = false;
    tellWaiting(same);
    if (!now.limited && now.role !== 'partner') listen();
  } catch (error) {
    if (error instanceof ApiFailed && error.status === 0) {
      window.setTimeout(() => void whoAmI(), 2000);
      return;
    }
    if (me.value) expired.value = true;
    else me.value = null;
    events?.close();
    events = null;
    live.value = false;
  }
}

/** Whoever signs out wants nothing left on the screen. */
export function forgetMe(): void {
  forgetDrafts();
  forgetBeside();
  forgetKey();
  me.value = null;
  expired.value = false;
  tellWaiting(false);
}

/** Somebody signed out and the hub has not heard it: until it has, this browser still lets them in. */
export const unheard = signal(false);
const sayAgainMs = 5000;

/** Nothing is left on the screen, at once; the hub is told, and told again until it answers or somebody signs in. */
export async function signOut(): Promise<void> {
  if (me.value) forgetMe();
  try {
    await api.signOut();
    unheard.value = false;
  } catch (error) {
    unheard.value = error instanceof ApiFailed && error.status === 0;
    if (unheard.value) window.setTimeout(() => unheard.value && void signOut(), sayAgainMs);
  }
}

export function start(): void {
  void whoAmI();
  window.setInterval(watch, pollMs);
  askWhoIsThere(signedInAgain);
  for (const sign of ['pointerdown', 'keydown']) window.addEventListener(sign, someoneIsHere, { passive: true });
  history.scrollRestoration = 'manual';
  window.addEventListener('popstate', () => {
    const before = path.value;
    path.value = pathNow();
    // Back to an earlier visit to the same page; a jump within a page is no visit.
    if (path.value === before && typeof history.state === 'string') anew.value += 1;
    const down = keptBeside('down');
    if (typeof down === 'number') scrollBack(down);
  });
}

const scrollBackMs = 3000;

/** A page that is gone back to asks the hub again: where somebody was on it is there once its rows are. */
function scrollBack(down: number): void {
  const until = Date.now() + scrollBackMs;
  const here = visit();
  const step = (): void => {
    if (visit() !== here) return;
    window.scrollTo(0, down);
    if (window.scrollY < down && Date.now() < until) window.requestAnimationFrame(step);
  };
  window.requestAnimationFrame(step);
}

export function go(to: string): void {
  const before = path.value;
  keepBeside('down', window.scrollY);
  history.pushState(null, '', to);
  path.value = pathNow();
  if (path.value === before) anew.value += 1;
  window.scrollTo(0, 0);
}

/** For links: a plain click stays in the page; every other click is the browser's. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement) || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.getAttribute('href') ?? '/today');
}

export function failureOf(error: unknown): ApiFailure {
  return error instanceof ApiFailed ? error.failure : { code: 'INTERNAL', text: 'This page met a fault. Load it again.' };
}

export interface Asked<T> {
  data: T | null;
  failure: ApiFailure | null;
}

/** Asks, and asks again when one of `topics` changes, `restMs` after the last answer. What is on the page stays there while it asks. */
export function useAsk<T>(ask: () => Promise<T>, key: string, topics: readonly string[], restMs = 0): Asked<T> {
  const [held, hold] = useState<{ key: string; data: T | null; failure: ApiFailure | null }>({ key, data: null, failure: null });
  useEffect(() => {
    let on = true;
    let asking = false;
    let again = false;
    const run = async (): Promise<void> => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const data = await ask();
        if (on) hold({ key, data, failure: null });
      } catch (error) {
        if (error instanceof ApiFailed && error.status === 401) void whoAmI();
        if (on) hold((now) => ({ key, data: now.key === key ? now.data : null, failure: failureOf(error) }));
      }
      if (restMs > 0) await new Promise((rested) => window.setTimeout(rested, restMs));
      asking = false;
      if (again && on) {
        again = false;
        void run();
      }
    };
    const listener: Listener = (set) => {
      if (set.has(everything) || topics.some((topic) => set.has(topic))) void run();
    };
    listeners.add(listener);
    void run();
    return () => {
      on = false;
      listeners.delete(listener);
    };
  }, [key]);
  return held.key === key ? { data: held.data, failure: held.failure } : { data: null, failure: null };
}
