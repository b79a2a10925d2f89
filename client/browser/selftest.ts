// selftest.ts: the page at selftest.html: what this browser can do and how fast, in a table that can be read out to the office.
import './selftest.css';
import type { Figure, SelfTestMessage } from './selftest_figures.ts';
import { ownScript } from './trusted.ts';

const rows = document.getElementById('figures');
const words = document.getElementById('verdict');
let bad = 0;
/** Letters that are no figure any more, and take the whole width. */
const longFrom = 60;

function show({ name, value, good }: Figure): void {
  const row = document.createElement('tr');
  const head = document.createElement('th');
  const cell = document.createElement('td');
  head.scope = 'row';
  head.textContent = name;
  cell.textContent = `${good ? '✓' : '✗'} ${value}`;
  if (!good) {
    bad += 1;
    row.className = 'bad';
  }
  if (value.length > longFrom) row.classList.add('long');
  row.append(head, cell);
  rows?.append(row);
}

const has = (name: string, good: boolean): void => show({ name, value: good ? 'yes' : 'no', good });

async function storage(): Promise<void> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const size = (bytes: number): string => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
  show({ name: 'Room for Tutti', value: `${size(quota)}, ${size(usage)} of it used`, good: quota - usage > 200e6 });
  const kept = await navigator.storage.persisted();
  show({ name: 'Kept until you remove it', value: kept ? 'yes' : 'not promised: install Tutti, and send the same day', good: kept });
}

function finish(): void {
  show({ name: 'Browser', value: navigator.userAgent, good: true });
  words?.classList.add(bad === 0 ? 'good' : 'bad');
  if (words) words.textContent = bad === 0 ? 'This browser can hold Tutti’s records.' : `${bad} of these ${bad === 1 ? 'needs a look: read it' : 'need a look: read them'} to the office.`;
  document.documentElement.dataset['done'] = String(bad);
}

async function run(): Promise<void> {
  has('Secure connection', window.isSecureContext);
  has('WebAssembly', typeof WebAssembly !== 'undefined');
  has('One window at a time (Web Locks)', 'locks' in navigator);
  has('Starts without a network (service worker)', 'serviceWorker' in navigator);
  if (!('storage' in navigator) || !('estimate' in navigator.storage)) {
    has('Storage of its own', false);
    return finish();
  }
  await storage();
  const worker = new Worker(ownScript('selftest_worker.js'));
  worker.onerror = () => {
    show({ name: 'The measuring part', value: 'did not load', good: false });
    finish();
  };
  worker.onmessage = (message: MessageEvent<SelfTestMessage>) => {
    if ('done' in message.data) return finish();
    show(message.data.figure);
  };
}

void run();
