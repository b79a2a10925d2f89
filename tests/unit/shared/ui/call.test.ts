// call.test.ts: the door: answers find their call whatever their order, failures are sentences, a fall is survived.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '@msgpack/msgpack';
import { CallFailed, openDoor, type Door, type LineEvents } from '../../../../shared/ui/call.ts';

interface Rig {
  door: Door;
  sent: unknown[][];
  lines: LineEvents[];
  states: boolean[];
  topics: string[][];
  waits: number[];
  later: (() => void)[];
  answer(id: number, kind: unknown, body: unknown): void;
}

function rig(): Rig {
  const sent: unknown[][] = [];
  const lines: LineEvents[] = [];
  const states: boolean[] = [];
  const topics: string[][] = [];
  const waits: number[] = [];
  const later: (() => void)[] = [];
  const door = openDoor({
    dial: (events) => {
      lines.push(events);
      return { send: (bytes) => void sent.push(decode(bytes) as unknown[]), close: () => undefined };
    },
    onOpen: (open) => void states.push(open),
    onChanged: (changed) => void topics.push(changed),
    later: (run, ms) => {
      later.push(run);
      waits.push(ms);
    },
  });
  return { door, sent, lines, states, topics, waits, later, answer: (id, kind, body) => lines.at(-1)?.message(encode([id, kind, body])) };
}

test('a call goes out as [id, command, args] and its answer comes back to it', async () => {
  const { door, sent, lines, answer } = rig();
  lines[0]?.open();
  const first = door.call('lock', {});
  const second = door.call('sync.hold', { hold: true });
  assert.deepEqual(sent, [[1, 'lock', {}], [2, 'sync.hold', { hold: true }]]);
  answer(2, 0, { badge: 'saved' });
  answer(1, 0, {});
  assert.deepEqual(await second, { badge: 'saved' });
  assert.deepEqual(await first, {});
});

test('an argument that is undefined is absent on the wire', () => {
  const { door, sent, lines } = rig();
  lines[0]?.open();
  void door.call('register.finish', { session: 'a', rest: undefined });
  assert.deepEqual(sent[0]?.[2], { session: 'a' });
});

test('a failure is thrown with what the core said', async () => {
  const { door, lines, answer } = rig();
  lines[0]?.open();
  const call = door.call('register.finish', { session: 'a' });
  answer(1, 1, { code: 'CONFLICT', text: '12 are unmarked', unmarked: 12 });
  await assert.rejects(call, (error) => error instanceof CallFailed && error.failure.unmarked === 12);
});

test('an answer that is not a failure shape is a fault, not a crash', async () => {
  const { door, lines, answer } = rig();
  lines[0]?.open();
  const call = door.call('lock', {});
  answer(1, 1, 'nonsense');
  await assert.rejects(call, (error) => error instanceof CallFailed && error.failure.code === 'INTERNAL');
});

test('topics of a changed event are told, whatever else is in it', () => {
  const { lines, topics, answer } = rig();
  lines[0]?.open();
  answer(0, 'changed', { topics: ['today', 7, 'sync'] });
  answer(0, 'other', { topics: ['no'] });
  assert.deepEqual(topics, [['today', 'sync']]);
});

test('a fall fails what was waiting, says so, and dials again with longer waits up to a limit', async () => {
  const { door, lines, states, later, waits } = rig();
  lines[0]?.open();
  const call = door.call('lock', {});
  lines[0]?.down();
  await assert.rejects(call, (error) => error instanceof CallFailed && error.failure.code === 'RESTARTING');
  await assert.rejects(door.call('lock', {}), (error) => error instanceof CallFailed && error.failure.code === 'RESTARTING');
  for (let i = 0; i < 6; i += 1) {
    later[i]?.();
    lines.at(-1)?.down();
  }
  assert.deepEqual(waits, [200, 400, 800, 1600, 2000, 2000, 2000]);
  later.at(-1)?.();
  lines.at(-1)?.open();
  assert.deepEqual(states, [true, false, false, false, false, false, false, false, true]);
  void door.call('lock', {});
});
