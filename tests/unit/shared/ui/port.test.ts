// port.test.ts: the door over a port: the same bytes as over the WebSocket, opened, cut and dialled again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '@msgpack/msgpack';
import { CallFailed, openDoor } from '../../../../shared/ui/call.ts';
import { dialPort, portDown, portOpen } from '../../../../shared/ui/port.ts';

function rig() {
  const given: MessagePort[] = [];
  const states: boolean[] = [];
  const topics: string[][] = [];
  const later: (() => void)[] = [];
  let wake: () => void = () => undefined;
  const door = openDoor({
    dial: (events) => dialPort((port) => void given.push(port), events),
    onOpen: (open) => {
      states.push(open);
      wake();
    },
    onChanged: (changed) => {
      topics.push(changed);
      wake();
    },
    later: (run) => void later.push(run),
  });
  const next = (): Promise<void> => new Promise((done) => (wake = done));
  const heard = (port: MessagePort): Promise<unknown[]> =>
    new Promise((done) => {
      port.onmessage = ({ data }: MessageEvent<Uint8Array>) => done(decode(data) as unknown[]);
    });
  return { door, given, states, topics, later, next, heard };
}

test('a call is answered through the port, and an event is told', async () => {
  const { door, given, states, topics, next, heard } = rig();
  const core = given[0] as MessagePort;
  const opened = next();
  core.postMessage(portOpen);
  await opened;
  const asked = heard(core);
  const answer = door.call('sync.hold', { hold: true });
  const [id, command, args] = await asked;
  assert.deepEqual([command, args], ['sync.hold', { hold: true }]);
  core.postMessage(encode([id, 0, { badge: 'saved' }]));
  assert.deepEqual(await answer, { badge: 'saved' });
  const told = next();
  core.postMessage(encode([0, 'changed', { topics: ['today'] }]));
  await told;
  assert.deepEqual([states, topics], [[true], [['today']]]);
  core.close();
});

test('a core that goes away cuts what waits, and the next one gets a port of its own', async () => {
  const { door, given, states, later, next } = rig();
  const core = given[0] as MessagePort;
  let turn = next();
  core.postMessage(portOpen);
  await turn;
  const cut = door.call('lock', {});
  turn = next();
  core.postMessage(portDown);
  await assert.rejects(cut, (error) => error instanceof CallFailed && error.failure.code === 'RESTARTING');
  await turn;
  later[0]?.();
  const second = given[1] as MessagePort;
  turn = next();
  second.postMessage(portOpen);
  await turn;
  assert.deepEqual(states, [true, false, true]);
  core.close();
  second.close();
});
