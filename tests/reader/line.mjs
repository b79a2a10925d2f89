// line.mjs: a WebSocket to the hub as bytes out and bytes in, with a deadline; null when the hub closed.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const WebSocket = createRequire(fileURLToPath(new URL('../../shared/ui/package.json', import.meta.url)))('ws');

export function openLine(url, ca, waitMs = 120000) {
  const socket = new WebSocket(url, 'tutti.v1', { ca, perMessageDeflate: false, family: 4 });
  const queue = [];
  const waiting = [];
  const put = (bytes) => (waiting.length ? waiting.shift()(bytes) : queue.push(bytes));
  let closed = false;
  socket.on('message', put);
  socket.on('close', () => {
    closed = true;
    waiting.splice(0).forEach((give) => give(null));
  });
  const line = {
    send: (bytes) => socket.send(bytes),
    next() {
      if (queue.length || closed) return Promise.resolve(queue.shift() ?? null);
      return new Promise((give, fail) => {
        const timer = setTimeout(() => fail(new Error(`nothing came for ${waitMs} ms`)), waitMs);
        waiting.push((bytes) => (clearTimeout(timer), give(bytes)));
      });
    },
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(line));
    socket.on('error', reject);
  });
}
