// selftest.ts: the page at selftest.html: what this browser can do and how fast, in a table that can be read out to the office.
import './selftest.css';
import type { Figure, SelfTestMessage } from './selftest_figures.ts';
import { ownScript } from './trusted.ts';

const rows = document.getElementById('figures');
const words = document.getElementById('verdict');
let bad = 0;

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
  row.append(head, cell);
  rows?.append(row);
}

const has = (name: string, good: boolean): void => show({ name, value: good ? 'yes' : 'no', good });

async function storage(): Promise<void> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  show({ name: 'Room for Tutti', value: `${mb(quota)}, of which ${mb(usage)} are used`, good: quota - usage > 200e6 });
  const kept = await navigator.storage.persisted();
  show({ name: 'Kept until you remove it', value: kept ? 'yes' : 'not promised: install Tutti, and send the same day', good: kept });
}

function finish(): void {
  if (words) words.textContent = bad === 0 ? 'This browser can hold Tutti’s records.' : `${bad} of these ${bad === 1 ? 'needs a look: read it' : 'need a look: read them'} to the office.`;
  document.documentElement.dataset['done'] = String(bad);
}

async function run(): Promise<void> {
  show({ name: 'Browser', value: navigator.userAgent, good: true });
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
