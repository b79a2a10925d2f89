// worker.ts: the dedicated worker of the field app: one core, its files, its line to the hub, and the ports of the page.
//
//   opening ──lock, files, core──▶ open ──stolen by another tab──▶ elsewhere
//      │                            │                                 │
//      ├─ another tab has the lock ─┼───────▶ elsewhere ◀─────────────┘
//      │                            │             └── that tab is closed, or `take` ──▶ opening
//      └─ unfit, failed             └─ failed
import { portDown, portOpen } from '../../shared/ui/port.ts';
import { openFiles, Unfit } from './files.ts';
import { openDoor, type AccessHandle, type Now } from './host.mjs';
import { makeLink, noSignal } from './link.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Runner, type LinkEvents } from './runner.ts';

const lockName = 'tutti-core';
// Of limits.h.
const uiCallBytesMax = 8_388_608;
const scope = self as unknown as { postMessage(message: FromWorker): void };
const boot = crypto.getRandomValues(new Uint8Array(16));
const hubUrl = `wss://${location.host}/sync`;

const ports = new Map<number, MessagePort>();
let nextPort = 1;
let runner: Runner | null = null;
let runs = false;
let link: ReturnType<typeof makeLink> | null = null;

const tell = (message: FromWorker): void => scope.postMessage(message);
const now = (): Now => ({ wall: Date.now(), mono: performance.now() });
const later = (run: () => void, ms: number): number => setTimeout(run, ms) as unknown as number;
const cancel = (timer: number): void => clearTimeout(timer);
// Codes only: what is in the files is nobody's business.
const report = (what: string, error: unknown): void => console.warn(`file ${what}: ${error instanceof Error ? error.name : 'failed'}`);

function toAll(word: string): void {
  for (const port of ports.values()) port.postMessage(word);
}

let compiled: Promise<WebAssembly.Module> | null = null;
function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compileStreaming(fetch('core.wasm')).catch(() => {
    compiled = null; // the network may be better next time
    throw new Error('a part of Tutti did not arrive; open it again with a network');
  });
  return compiled;
}

function lineOf(events: LinkEvents): ReturnType<typeof makeLink> {
  link = makeLink({ socket: (url, protocol) => new WebSocket(url, protocol), host: location.host, online: () => navigator.onLine, later, cancel }, events);
  return link;
}

/** Resolves when the core has given up its files. */
async function keepCore(files: AccessHandle[], stolen: Promise<void>): Promise<void> {
  let failed: () => void = () => undefined;
  const over = new Promise<void>((done) => (failed = done));
  const mine = new Runner({
    openCore: async (at) => {
      const door = await openDoor(await coreModule(), files, report);
      door.open(boot, at, hubUrl);
      return door;
    },
    link: lineOf,
    now,
    later,
    cancel,
    reply: (page, bytes) => ports.get(page)?.postMessage(bytes, [bytes.buffer]),
    changed: (bytes) => {
      for (const port of ports.values()) port.postMessage(bytes);
    },
    running: (running) => {
      runs = running;
      toAll(running ? portOpen : portDown);
      if (!running) ports.clear();
      if (running) tell({ state: 'open' });
    },
    gaveUp: (why) => {
      tell({ state: 'failed', why });
      failed();
    },
  });
  runner = mine;
  void mine.start();
  await Promise.race([stolen, over]);
  runner = null;
  runs = false;
  mine.stop();
  toAll(portDown);
  ports.clear();
}

async function haveLock(stolen: Promise<void>): Promise<void> {
  tell({ state: 'opening' });
  let files: AccessHandle[];
  try {
    files = await openFiles();
  } catch (error) {
    if (error instanceof Unfit) return tell({ state: 'unfit', missing: error.missing });
    return tell({ state: 'failed', why: error instanceof Error && error.name === 'NoModificationAllowedError' ? 'another tab does not let go of the files; close it' : 'the files cannot be opened' });
  }
  await keepCore(files, stolen);
  for (const file of files) file.close();
}

/** Whoever has the lock has the core. One that is stolen is over at once: the thief waits for the files. */
function own(options: LockOptions): Promise<void> {
  let robbed: () => void = () => undefined;
  const stolen = new Promise<void>((done) => (robbed = done));
  const request = navigator.locks.request(lockName, options, async (lock) => {
    if (lock) await haveLock(stolen);
    else tell({ state: 'elsewhere' });
    return lock !== null;
  });
  return request.then(
    (had) => {
      if (!had) queue();
    },
    (error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
      robbed();
      // Ours was taken; a request of ours that was only waiting is ended by `take`, which asks anew.
      if (options.signal?.aborted) return;
      tell({ state: 'elsewhere' });
      queue();
    },
  );
}

let waiting: AbortController | null = null;
function queue(): void {
  waiting = new AbortController();
  void own({ signal: waiting.signal });
}

function take(): void {
  waiting?.abort();
  waiting = null;
  void own({ steal: true });
}

function dial(port: MessagePort): void {
  const page = nextPort++;
  ports.set(page, port);
  port.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
    if (data.length <= uiCallBytesMax) return runner?.call(page, data);
    // As the kiosk's daemon does: a page that asks such a thing connects anew.
    ports.delete(page);
    port.postMessage(portDown);
  };
  if (runs) port.postMessage(portOpen);
}

self.onmessage = (message: MessageEvent<ToWorker>) => {
  const said = message.data;
  if (said.say === 'dial') dial(said.port);
  else if (said.say === 'take') take();
  else if (said.say === 'hidden') runner?.hidden();
  else if (said.say === 'shown') runner?.shown();
  else link?.lost(noSignal);
};

// Compiled while the lock and the files are opened; whoever needs it hears why it failed.
coreModule().catch(() => undefined);
void own({ ifAvailable: true });
