// port.ts: the door's second way: a port to the worker that holds the core. It carries what the WebSocket carries, and two words.
import type { Line, LineEvents } from './call.ts';

/** Calls go through, and: this port is dead, dial another. */
export const portOpen = 'open';
export const portDown = 'down';

/** `give` hands the worker its end. A message is a whole call, reply or event, in the same bytes as on the loopback WebSocket. */
export function dialPort(give: (port: MessagePort) => void, events: LineEvents): Line {
  const { port1: ours, port2: theirs } = new MessageChannel();
  let live = true;
  const close = (): void => {
    live = false;
    ours.close();
  };
  ours.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!live) return;
    if (data instanceof Uint8Array) return events.message(data);
    if (data === portOpen) return events.open();
    if (data !== portDown) return;
    close();
    events.down();
  };
  give(theirs);
  return { send: (bytes) => ours.postMessage(bytes), close };
}
