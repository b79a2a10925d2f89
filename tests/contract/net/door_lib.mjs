// door_lib.mjs: raw requests, WebSockets and a tally, for knocking at the doors of the real programs with bad manners.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const WebSocket = createRequire(path.join(root, 'shared/ui/package.json'))('ws');

/** How long something is waited for that comes at once on a machine with nothing else to do. */
export const patienceMs = 30_000;

/** Looks again until `so` is true, or time is up; gives what it was last. */
export async function until(so) {
  for (const end = Date.now() + patienceMs; ; await new Promise((again) => setTimeout(again, 20))) {
    const is = await so();
    if (is || Date.now() > end) return is;
  }
}

// Sends bytes as they are and gives back everything that comes until the other side closes, or `until` is seen, or time is up.
export function raw(door, text, { until, waitMs = patienceMs } = {}) {
  return new Promise((resolve) => {
    const socket = door.ca
      ? tls.connect({ port: door.port, host: '127.0.0.1', ca: door.ca, servername: 'localhost' })
      : net.connect({ port: door.port, host: '127.0.0.1' });
    let got = '';
    const end = (how) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ how, text: got, status: Number(/^HTTP\/1\.1 (\d+)/.exec(got)?.[1] ?? 0) });
    };
    const timer = setTimeout(() => end('time'), waitMs);
    socket.on(door.ca ? 'secureConnect' : 'connect', () => (typeof text === 'function' ? text(socket) : socket.write(text)));
    socket.on('data', (d) => {
      got += d.toString('latin1');
      if (until?.test(got)) end('seen');
    });
    socket.on('end', () => end('closed'));
    socket.on('close', () => end('closed'));
    socket.on('error', () => end('closed'));
  });
}

const lines = (...l) => l.join('\r\n') + '\r\n';
export function request(door, method, target, headers = [], body = '', options = {}) {
  const host = headers.some((h) => /^host:/i.test(h)) ? [] : [`Host: localhost:${door.port}`];
  const text = lines(`${method} ${target} HTTP/1.1`, ...host, ...headers) + '\r\n' + body;
  return raw(door, text, { until: /\r\n\r\n[^]*[}\n]$|\r\n\r\n$/, ...options });
}

// A WebSocket as { status } when it was refused, or with next(): the next message, or { closed: code }.
export function webSocket(door, target, protocols, { origin, host, headers } = {}) {
  return new Promise((resolve) => {
    const options = { ca: door.ca, origin, headers: { ...(host && { Host: host }), ...headers }, perMessageDeflate: false };
    const socket = new WebSocket(`${door.ca ? 'wss' : 'ws'}://localhost:${door.port}${target}`, protocols, { ...options, family: 4 });
    const queue = [];
    const waiting = [];
    const put = (x) => (waiting.length ? waiting.shift()(x) : queue.push(x));
    socket.on('message', put);
    socket.on('close', (closed) => put({ closed }));
    socket.on('open', () => resolve({ socket, status: 101, next: () => (queue.length ? queue.shift() : new Promise((r) => waiting.push(r))) }));
    socket.on('unexpected-response', (_, response) => {
      resolve({ status: response.statusCode });
      response.resume();
    });
    socket.on('error', () => resolve({ status: 0 }));
  });
}

export class Tally {
  passed = 0;
  failed = 0;
  ok(what, good, seen) {
    if (good) this.passed++;
    else this.failed++;
    console.log(good ? `[       OK ] ${what}` : `[  FAILED  ] ${what}: saw ${JSON.stringify(seen)}`);
  }
  equal(what, seen, wanted) {
    this.ok(what, seen === wanted, seen);
  }
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed ? 1 : 0;
  }
}

// Ends a program and says how it ended.
export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null) return child.exitCode;
  child.kill(signal);
  await Promise.race([once(child, 'exit'), new Promise((r) => setTimeout(r, patienceMs).unref())]);
  return child.exitCode;
}
