// early.ts: a script of its own in the head of a browser's page: the worker opens its files and the core while the app is still being read.
import type { FromWorker, Missing } from './messages.ts';
import { ownScript } from './trusted.ts';

/** What the app finds when it comes. */
export interface Early {
  missing: Missing | null;
  worker: Worker | null;
  /** The last word of the worker; null: none yet. */
  said: FromWorker | null;
  /** The policy may be made once in a page: whoever starts another script asks here. */
  ownScript(name: string): string;
}

declare global {
  interface Window {
    earlyCore?: Early | undefined;
  }
}

/** What a page can see; the worker looks at the files. */
function missing(): Missing | null {
  if (!window.isSecureContext) return 'secure';
  if (typeof WebAssembly === 'undefined') return 'wasm';
  if (typeof Worker === 'undefined' || !('serviceWorker' in navigator)) return 'workers';
  if (!('locks' in navigator)) return 'locks';
  if (!('storage' in navigator) || !('getDirectory' in navigator.storage)) return 'files';
  return null;
}

const early: Early = { missing: missing(), worker: null, said: null, ownScript };
if (!early.missing) {
  early.worker = new Worker(ownScript('worker.js'), { name: 'Tutti' });
  early.worker.onmessage = (message: MessageEvent<FromWorker>) => (early.said = message.data);
  early.worker.onerror = () => (early.said = { state: 'failed', why: 'a part of Tutti did not arrive; open it again with a network' });
}
window.earlyCore = early;

/** From then on the page says what it waits for. */
const slowAfterMs = 1500;
setTimeout(() => document.documentElement.classList.add('slow'), slowAfterMs);
