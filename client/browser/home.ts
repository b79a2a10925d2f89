// home.ts: what a page knows of where it lives: on a kiosk's daemon, or in a browser with a worker, an installation and updates of its own.
import { signal } from '@preact/signals';
import type {} from '../app/early.ts';
import { dialDaemon, type Line, type LineEvents } from '../../shared/ui/call.ts';
import { dialPort } from '../../shared/ui/port.ts';
import type {} from './early.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** The page says by itself which it is: the hub serves one with data-core="worker". */
export const inBrowser = document.documentElement.dataset['core'] === 'worker';

/** null on a kiosk. */
export const core = signal<FromWorker | null>(inBrowser ? { state: 'opening' } : null);
/** Whether the browser has promised to keep the files; null: not asked yet. */
export const kept = signal<boolean | null>(null);
/** A newer build is here and waits. */
export const updateWaits = signal(false);
/** How this browser puts Tutti on the home screen: `ask` opens its own question. */
export const installs = signal<'no' | 'ask' | 'ios'>('no');

interface InstallQuestion extends Event {
  prompt(): Promise<unknown>;
}

let worker: Worker | null = null;
let registration: ServiceWorkerRegistration | null = null;
let question: InstallQuestion | null = null;

function tell(message: ToWorker, transfer: Transferable[] = []): void {
  worker?.postMessage(message, transfer);
}

/** The line that the page began with, once. */
function dialKiosk(events: LineEvents): Line {
  const early = window.earlySocket;
  window.earlySocket = undefined;
  return dialDaemon(events, early && early.readyState <= WebSocket.OPEN ? early : undefined);
}

/** The door's way to the core of this page. */
export function dialHome(events: LineEvents): Line {
  return inBrowser ? dialPort((port) => tell({ say: 'dial', port }, [port]), events) : dialKiosk(events);
}

function startWorker(): void {
  const early = window.earlyCore;
  const lost: FromWorker = { state: 'failed', why: 'a part of Tutti did not arrive; open it again with a network' };
  if (!early?.worker) {
    core.value = early?.missing ? { state: 'unfit', missing: early.missing } : lost;
    return;
  }
  worker = early.worker;
  if (early.said) core.value = early.said;
  worker.onmessage = (message: MessageEvent<FromWorker>) => (core.value = message.data);
  worker.onerror = () => {
    if (core.value?.state !== 'open') core.value = lost;
  };
}

/** Hidden may be the last that is heard of a page. */
function watchPage(): void {
  document.addEventListener('visibilitychange', () => tell({ say: document.hidden ? 'hidden' : 'shown' }));
  window.addEventListener('pagehide', () => tell({ say: 'hidden' }));
  window.addEventListener('offline', () => tell({ say: 'offline' }));
}

export function takeOver(): void {
  core.value = { state: 'opening' };
  tell({ say: 'take' });
}

// ---- the installation ----
const shownAlone = (): boolean => window.matchMedia('(display-mode: standalone)').matches || ('standalone' in navigator && navigator.standalone === true);

/** Only Safari on iOS and iPadOS says whether it runs from the home screen; everybody else there is the same engine. */
const isIos = (): boolean => 'standalone' in navigator;

function watchInstall(): void {
  if (shownAlone()) return;
  if (isIos()) {
    installs.value = 'ios';
    return;
  }
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    question = event as InstallQuestion;
    installs.value = 'ask';
  });
  window.addEventListener('appinstalled', () => (installs.value = 'no'));
}

export async function install(): Promise<void> {
  await question?.prompt();
  question = null;
  installs.value = 'no';
}

/** Asked once there is something to keep; a browser may ask the person, and may say no without asking. */
export async function askToKeep(): Promise<void> {
  if (!inBrowser || kept.value) return;
  try {
    kept.value = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    kept.value = false;
  }
}

// ---- updates ----
function look(): void {
  // The first worker of all is no update: nothing ran before it.
  updateWaits.value = Boolean(registration?.waiting && navigator.serviceWorker.controller);
}

/** Called once, when the first screen stands. */
export async function watchUpdates(): Promise<void> {
  const script = window.earlyCore?.ownScript('sw.js');
  if (!script || core.value?.state === 'unfit') return;
  try {
    registration = await navigator.serviceWorker.register(script, { updateViaCache: 'none' });
  } catch {
    return; // without one there is no start without a network; everything else works
  }
  const follow = (): void => registration?.installing?.addEventListener('statechange', look);
  look();
  follow();
  registration.addEventListener('updatefound', follow);
}

/** Everything is saved at every moment, so this may be done at any; it is asked for on Today alone. */
export function applyUpdate(): void {
  const next = registration?.waiting;
  if (!next) return look();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  next.postMessage('apply');
}

/** `wake` is called when the network is back or the page is looked at again. */
export function startHome(wake: () => void): void {
  if (!inBrowser) return;
  startWorker();
  watchPage();
  watchInstall();
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    wake();
    void registration?.update().catch(() => undefined);
  });
}
