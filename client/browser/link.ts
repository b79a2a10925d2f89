// link.ts: the line to the hub: one WebSocket at a time, opened, fed and closed as the core asks. It knows frames and nothing of what is in them.
import type { Link, LinkEvents } from './runner.ts';

/** The part of a WebSocket that is used, so that a test can be one. */
export type Socket = Pick<WebSocket, 'binaryType' | 'bufferedAmount' | 'onopen' | 'onmessage' | 'onclose' | 'send' | 'close'>;
export interface LinkHost {
  /** May throw for an address that is none. */
  socket(url: string, protocol: string): Socket;
  /** The name and port this page came from: the policy lets it speak with no other. */
  host: string;
  online(): boolean;
  later(run: () => void, ms: number): number;
  cancel(timer: number): void;
}

const subprotocol = 'tutti.v1';
// Of limits.h.
const connectMsMax = 20_000;
const frameBytesMax = 65_535;
const queueBytesMax = 67_108_864;

export const noSignal = 'no signal';
const noAnswer = 'cannot reach the office: it does not answer';
const broke = 'cannot reach the office: the connection broke';

function hostOf(url: string): string | null {
  try {
    return new URL(url).host;
  } catch {
    return null;
  }
}

/** Of one socket; what came that was no frame of ours is told as null. */
interface Heard {
  up(): void;
  bytes(data: Uint8Array | null): void;
  down(wasUp: boolean): void;
}

function hear(socket: Socket, heard: Heard): void {
  let up = false;
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    up = true;
    heard.up();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => heard.bytes(data instanceof ArrayBuffer && data.byteLength <= frameBytesMax ? new Uint8Array(data) : null);
  socket.onclose = () => heard.down(up);
}

/** `down` is told from a timer, never from inside open, send or close: the core may be in the middle of a step. */
export function makeLink(around: LinkHost, events: LinkEvents): Link & { lost(reason: string): void } {
  let line: { id: number; socket: Socket | null; timer: number | null } | null = null;

  function letGo(): void {
    if (!line) return;
    const { socket, timer } = line;
    line = null;
    if (timer !== null) around.cancel(timer);
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  function fail(reason: string): void {
    if (!line) return;
    const { id } = line;
    letGo();
    const mine = { id, socket: null, timer: null as number | null };
    mine.timer = around.later(() => {
      if (line !== mine) return;
      line = null;
      events.down(id, reason);
    }, 0);
    line = mine;
  }

  function dial(id: number, url: string): void {
    const socket = around.socket(url, subprotocol);
    const mine = { id, socket, timer: null as number | null };
    hear(socket, {
      up() {
        if (mine.timer !== null) around.cancel(mine.timer);
        mine.timer = null;
        events.up(id);
      },
      bytes: (data) => (data ? events.bytes(id, data) : fail(broke)),
      down: (wasUp) => fail(!around.online() ? noSignal : wasUp ? broke : noAnswer),
    });
    mine.timer = around.later(() => fail(noAnswer), connectMsMax);
    line = mine;
  }

  return {
    open(id, url) {
      letGo();
      line = { id, socket: null, timer: null };
      if (!around.online()) return fail(noSignal);
      const host = hostOf(url);
      if (host !== around.host) return fail(`cannot reach the office from this address: open https://${host ?? '?'}/field/ instead`);
      try {
        dial(id, url);
      } catch {
        fail('cannot reach the office: its address is not one of the form wss://host:port/sync');
      }
    },
    send(id, bytes) {
      if (line?.id !== id || !line.socket) return;
      if (line.socket.bufferedAmount + bytes.length > queueBytesMax) return fail('cannot reach the office: too much is waiting for the line');
      line.socket.send(bytes);
    },
    close(id) {
      if (line?.id === id) letGo();
    },
    drop: letGo,
    /** The machine says that it has no network: a browser's socket would notice in minutes. */
    lost: fail,
  };
}
