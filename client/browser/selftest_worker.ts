// selftest_worker.ts: measures what this browser's files and processor do, in a folder of its own that it removes: nothing enrolled is touched.
import { openFiles, Unfit } from './files.ts';
import { FilePool, openDoor, type AccessHandle } from './host.mjs';
import type { Figure, SelfTestMessage } from './selftest_figures.ts';

const folder = 'tutti-selftest';
const rounds = 60;
const pageBytes = 4096;
const bulkBytes = 8 * 1024 * 1024;
const tell = (message: SelfTestMessage): void => (self as unknown as { postMessage(message: SelfTestMessage): void }).postMessage(message);
const show = (figure: Figure): void => tell({ figure });

function measured(run: (round: number) => void): { median: number; worst: number } {
  const took = Array.from({ length: rounds }, (_, round) => {
    const start = performance.now();
    run(round);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { median: took[Math.floor(rounds / 2)] ?? 0, worst: took.at(-1) ?? 0 };
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const pattern = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff);

/** A mark is one small write that is flushed; anything slower than a tap can wait is worth knowing. */
function smallWrites(files: AccessHandle[]): void {
  const pool = new FilePool(files);
  const file = pool.open('small', true);
  const bytes = pattern(pageBytes, 7);
  const { median, worst } = measured((round) => {
    pool.write(file, bytes, round * pageBytes);
    pool.flush(file);
  });
  show({ name: 'A small write, flushed', value: `${ms(median)}, at worst ${ms(worst)}`, good: median < 50 });
}

function bulkWrite(files: AccessHandle[]): void {
  const pool = new FilePool(files);
  const file = pool.open('bulk', true);
  const bytes = pattern(bulkBytes, 3);
  const start = performance.now();
  pool.write(file, bytes, 0);
  pool.flush(file);
  const took = performance.now() - start;
  show({ name: '8 MB, flushed', value: ms(took), good: took < 5000 });
  pool.remove('bulk');
}

/** Closed and opened again, every byte is the same: what was written was not only in memory. */
async function comesBack(files: AccessHandle[]): Promise<AccessHandle[]> {
  const content = pattern(100_000, 11);
  const pool = new FilePool(files);
  const { median } = measured(() => pool.replace('kept', content));
  for (const file of files) file.close();
  const again = await openFiles(folder);
  const read = new Uint8Array(content.length);
  const reopened = new FilePool(again);
  const number = reopened.open('kept', false);
  const same = number >= 0 && reopened.read(number, read, 0) === content.length && read.every((byte, at) => byte === content[at]);
  show({ name: '100 kB replaced whole', value: ms(median), good: median < 200 });
  show({ name: 'Closed and opened again', value: same ? 'every byte is the same' : 'the content differs', good: same });
  return again;
}

async function core(files: AccessHandle[]): Promise<void> {
  const started = performance.now();
  const module = await WebAssembly.compileStreaming(fetch('core.wasm'));
  const compiled = performance.now();
  const door = await openDoor(module, files, () => undefined);
  door.open(crypto.getRandomValues(new Uint8Array(16)), { wall: Date.now(), mono: compiled }, '');
  const opened = performance.now();
  show({ name: 'The core, loaded and compiled', value: ms(compiled - started), good: compiled - started < 5000 });
  show({ name: 'The core, opened on empty files', value: ms(opened - compiled), good: opened - compiled < 2000 });
  // [1, "device.status", {}]
  const call = Uint8Array.of(0x93, 0x01, 0xad, ...new TextEncoder().encode('device.status'), 0x80);
  const { median } = measured(() => void door.step(0, 1, call, { wall: Date.now(), mono: performance.now() }));
  show({ name: 'A question to the core', value: ms(median), good: median < 20 });
  door.close();
}

async function run(): Promise<void> {
  let files: AccessHandle[];
  try {
    files = await openFiles(folder);
  } catch (error) {
    show({ name: 'Files that are written at once', value: error instanceof Unfit && error.missing === 'private' ? 'none in a private window' : 'none', good: false });
    return;
  }
  show({ name: 'Files that are written at once', value: 'yes', good: true });
  smallWrites(files);
  bulkWrite(files);
  files = await comesBack(files);
  await core(files);
  for (const file of files) file.close();
  await (await navigator.storage.getDirectory()).removeEntry(folder, { recursive: true });
}

void run().then(
  () => tell({ done: true }),
  (error: unknown) => {
    show({ name: 'The test stopped', value: error instanceof Error ? `${error.name}: ${error.message}` : 'for an unknown reason', good: false });
    tell({ done: true });
  },
);
