// call.ts: the door: one typed call and one event stream in MessagePack, over the loopback WebSocket or a port (port.ts), opened again when it falls.
import { Decoder, Encoder } from '@msgpack/msgpack';
import type { Commands, Failure } from './generated/calls.ts';
import { daemonSocket } from './socket.ts';

export type Command = keyof Commands;
export type Args<C extends Command> = Commands[C]['args'];
export type Result<C extends Command> = Commands[C]['result'];

/** A call the core refused, or one that the fall of the door cut off (code RESTARTING: it may or may not have been done). */
export class CallFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.text);
  }
}

/** What the door needs of a WebSocket. */
export interface Line {
  send(bytes: Uint8Array): void;
  close(): void;
}
export interface LineEvents {
  open(): void;
  message(bytes: Uint8Array): void;
  down(): void;
}
export interface DoorOptions {
  dial(events: LineEvents): Line;
  /** true: calls go through; false: the daemon is restarting. */
  onOpen(open: boolean): void;
  onChanged(topics: string[]): void;
  later(run: () => void, ms: number): void;
}
export interface Door {
  call<C extends Command>(command: C, args: Args<C>): Promise<Result<C>>;
}

interface Waiting {
  done(result: unknown): void;
  failed(failure: Failure): void;
}

const retryFirstMs = 200;
const retryMaxMs = 2000;
const restarting: Failure = { code: 'RESTARTING', text: 'Tutti on this device is restarting. Look again in a moment.' };

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'text' in value && typeof value.text === 'string';
}

function topicsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('topics' in value) || !Array.isArray(value.topics)) return [];
  return value.topics.filter((topic): topic is string => typeof topic === 'string');
}

export function openDoor(options: DoorOptions): Door {
  // Made once: each has buffers of its own.
  const encoder = new Encoder({ ignoreUndefined: true });
  const decoder = new Decoder();
  const waiting = new Map<number, Waiting>();
  let line: Line | null = null;
  let nextId = 1;
  let retryMs = retryFirstMs;

  function receive(bytes: Uint8Array): void {
    const message: unknown = decoder.decode(bytes);
    if (!Array.isArray(message) || message.length !== 3) return;
    const [id, kind, body]: unknown[] = message;
    if (id === 0) {
      if (kind === 'changed') options.onChanged(topicsOf(body));
      return;
    }
    if (typeof id !== 'number') return;
    const call = waiting.get(id);
    waiting.delete(id);
    if (kind === 0) call?.done(body);
    else call?.failed(isFailure(body) ? body : { code: 'INTERNAL', text: 'Tutti on this device gave an answer this page does not understand.' });
  }

  function down(): void {
    line = null;
    const cut = [...waiting.values()];
    waiting.clear();
    for (const call of cut) call.failed(restarting);
    options.onOpen(false);
    options.later(dial, retryMs);
    retryMs = Math.min(retryMs * 2, retryMaxMs);
  }

  function dial(): void {
    const dialled = options.dial({
      open: () => {
        line = dialled;
        retryMs = retryFirstMs;
        options.onOpen(true);
      },
      message: receive,
      down,
    });
  }

  dial();
  return {
    call<C extends Command>(command: C, args: Args<C>): Promise<Result<C>> {
      return new Promise((resolve, reject) => {
        if (!line) return reject(new CallFailed(restarting));
        const id = nextId;
        nextId = nextId === 0xffffffff ? 1 : nextId + 1;
        // The result's shape is the contract of commands.def, printed into Commands from the same file as the core's encoder.
        waiting.set(id, { done: (result) => resolve(result as Result<C>), failed: (failure) => reject(new CallFailed(failure)) });
        line.send(encoder.encode([id, command, args]));
      });
    },
  };
}

/** Over a line to the daemon that served this page; it may be open already. */
export function dialDaemon(events: LineEvents, socket: WebSocket = daemonSocket()): Line {
  if (socket.readyState === WebSocket.OPEN) queueMicrotask(() => events.open());
  else socket.onopen = () => events.open();
  socket.onmessage = (event: MessageEvent<ArrayBuffer>) => events.message(new Uint8Array(event.data));
  socket.onclose = () => events.down();
  return { send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>), close: () => socket.close() };
}
