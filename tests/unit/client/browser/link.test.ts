// link.test.ts: the line to the hub: one at a time, words for every way it fails, and nothing told in the middle of a step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeLink, type Socket } from '../../../../client/browser/link.ts';

interface FakeSocket extends Socket {
  sent: Uint8Array[];
  closed: boolean;
}

function rig({ online = true, throws = false } = {}) {
  const sockets: FakeSocket[] = [];
  const timers = new Map<number, { run: () => void; ms: number }>();
  const said: string[] = [];
  const state = { online };
  let nextTimer = 1;
  const link = makeLink(
    {
      socket: (url, protocol) => {
        if (throws) throw new SyntaxError('no');
        assert.equal(protocol, 'tutti.v1');
        const sent: Uint8Array[] = [];
        const made = {
          url,
          sent,
          closed: false,
          binaryType: 'blob' as BinaryType,
          bufferedAmount: 0,
          onopen: null,
          onmessage: null,
          onclose: null,
          send: (bytes: Uint8Array) => void sent.push(bytes),
          close: () => void (made.closed = true),
        } as unknown as FakeSocket;
        sockets.push(made);
        return made;
      },
      host: 'hub.example:8443',
      online: () => state.online,
      later: (run, ms) => {
        timers.set(nextTimer, { run, ms });
        return nextTimer++;
      },
      cancel: (timer) => void timers.delete(timer),
    },
    {
      up: (id) => void said.push(`up ${id}`),
      bytes: (id, bytes) => void said.push(`bytes ${id} ${bytes.length}`),
      down: (id, reason) => void said.push(`down ${id} ${reason}`),
    },
  );
  const url = 'wss://hub.example:8443/sync';
  const fire = (socket: FakeSocket, kind: 'onopen' | 'onclose'): void => (socket[kind] as (() => void) | null)?.();
  const hear = (socket: FakeSocket, data: unknown): void => (socket.onmessage as ((message: { data: unknown }) => void) | null)?.({ data });
  const runTimers = (): void => {
    for (const [timer, { run }] of [...timers]) if (timers.delete(timer)) run();
  };
  return { link, sockets, timers, said, state, url, fire, hear, runTimers };
}

test('a line that opens carries whole binary messages both ways', () => {
  const { link, sockets, timers, said, url, fire, hear } = rig();
  link.open(3, url);
  const socket = sockets[0] as FakeSocket;
  assert.equal(socket.binaryType, 'arraybuffer');
  fire(socket, 'onopen');
  assert.equal(timers.size, 0, 'the deadline of the connection still runs');
  hear(socket, new ArrayBuffer(9));
  link.send(3, new Uint8Array(5));
  link.send(2, new Uint8Array(7));
  assert.deepEqual(said, ['up 3', 'bytes 3 9']);
  assert.deepEqual(socket.sent.map((one) => one.length), [5]);
});

test('without a network there is no signal; with one the office does not answer; a broken line says so', () => {
  const offline = rig({ online: false });
  offline.link.open(1, offline.url);
  assert.deepEqual(offline.said, [], 'told from inside open');
  offline.runTimers();
  assert.deepEqual(offline.said, ['down 1 no signal']);
  const silent = rig();
  silent.link.open(1, silent.url);
  silent.fire(silent.sockets[0] as FakeSocket, 'onclose');
  silent.runTimers();
  assert.deepEqual(silent.said, ['down 1 cannot reach the office: it does not answer']);
  const broken = rig();
  broken.link.open(1, broken.url);
  broken.fire(broken.sockets[0] as FakeSocket, 'onopen');
  broken.fire(broken.sockets[0] as FakeSocket, 'onclose');
  broken.runTimers();
  assert.deepEqual(broken.said, ['up 1', 'down 1 cannot reach the office: the connection broke']);
});

test('a connection that takes too long is given up', () => {
  const { link, sockets, said, url, runTimers } = rig();
  link.open(1, url);
  runTimers();
  runTimers();
  assert.equal((sockets[0] as FakeSocket).closed, true);
  assert.deepEqual(said, ['down 1 cannot reach the office: it does not answer']);
});

test('a network that goes away ends the line at once', () => {
  const { link, sockets, said, url, fire, runTimers } = rig();
  link.open(1, url);
  fire(sockets[0] as FakeSocket, 'onopen');
  link.lost('no signal');
  runTimers();
  assert.deepEqual(said, ['up 1', 'down 1 no signal']);
  link.lost('no signal');
  runTimers();
  assert.equal(said.length, 2, 'a line that is not there cannot be lost');
});

test('a hub of another name is not dialled: the page says where to go', () => {
  const { link, sockets, said, runTimers } = rig();
  link.open(1, 'wss://other.example/sync');
  runTimers();
  assert.equal(sockets.length, 0);
  assert.ok(/open https:\/\/other\.example\/field\/ instead/.test(said[0] ?? ''), said[0]);
});

test('an address that is none is a reason, not a crash', () => {
  const { link, said, url, runTimers } = rig({ throws: true });
  link.open(1, url);
  runTimers();
  assert.ok(/^down 1 cannot reach the office: its address/.test(said[0] ?? ''), said[0]);
});

test('a line that was closed or replaced says nothing any more', () => {
  const { link, sockets, said, url, fire, hear, runTimers } = rig();
  link.open(1, url);
  const first = sockets[0] as FakeSocket;
  fire(first, 'onopen');
  link.open(2, url);
  assert.equal(first.closed, true);
  hear(first, new ArrayBuffer(4));
  fire(first, 'onclose');
  link.close(1);
  fire(sockets[1] as FakeSocket, 'onopen');
  link.close(2);
  assert.equal((sockets[1] as FakeSocket).closed, true);
  runTimers();
  assert.deepEqual(said, ['up 1', 'up 2']);
});

test('text and messages larger than a frame end the line', () => {
  for (const data of ['text', new ArrayBuffer(65_536)]) {
    const { link, sockets, said, url, fire, hear, runTimers } = rig();
    link.open(1, url);
    fire(sockets[0] as FakeSocket, 'onopen');
    hear(sockets[0] as FakeSocket, data);
    runTimers();
    assert.deepEqual(said, ['up 1', 'down 1 cannot reach the office: the connection broke']);
  }
});

test('a line that takes nothing is given up before memory is', () => {
  const { link, sockets, said, url, fire, runTimers } = rig();
  link.open(1, url);
  const socket = sockets[0] as FakeSocket;
  fire(socket, 'onopen');
  Object.assign(socket, { bufferedAmount: 67_108_864 });
  link.send(1, new Uint8Array(1));
  runTimers();
  assert.ok(/too much is waiting/.test(said[1] ?? ''), said[1]);
});
