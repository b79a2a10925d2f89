// door_test.mjs: the core as the browser runs it: the built wasm module behind its door, over files in memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FilePool, hostImports, openDoor } from '../../../../client/browser/host.mjs';
import { handles } from './handles.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const { decode, encode } = createRequire(join(root, 'shared/ui/package.json'))('@msgpack/msgpack');
const module = new WebAssembly.Module(readFileSync(process.env.TUTTI_WASM || join(root, 'build/wasm/tutti-core.wasm')));

const [eventCall, eventStop] = [0, 5];
const actionReply = 0;
const now = { wall: Date.UTC(2026, 10, 21, 16), mono: 1000 };
const boot = Uint8Array.from({ length: 16 }, (_, index) => index + 1);

async function coreOver(disk, failures) {
  const door = await openDoor(module, disk, (what, error) => failures.push(`${what}: ${error.message}`));
  door.open(boot, now, 'wss://hub.example:8443/sync');
  return door;
}

function call(door, id, command, args = {}) {
  const reply = door.step(eventCall, id, encode([id, command, args]), now).find((action) => action.kind === actionReply);
  assert.ok(reply, `${command} was not answered`);
  assert.equal(reply.id, id);
  return decode(reply.bytes);
}

test('the worker offers everything the module asks for', () => {
  const offered = hostImports(new FilePool([]), () => undefined, () => undefined);
  for (const { module: from, name } of WebAssembly.Module.imports(module)) assert.ok(offered[from]?.[name], `${from}.${name}`);
});

test('a new device opens on empty files and says that it is not enrolled', async () => {
  const failures = [];
  const door = await coreOver(handles(24), failures);
  const [id, kind, body] = call(door, 7, 'device.status');
  assert.deepEqual([id, kind, body.enrolled], [7, 0, false]);
  assert.deepEqual(failures, []);
  door.close();
});

test('a call nobody knows is answered with a reason, and the next one with its result', async () => {
  const door = await coreOver(handles(24), []);
  const [, kind, failure] = call(door, 1, 'no.such');
  assert.equal(kind, 1);
  assert.equal(typeof failure.text, 'string');
  assert.equal(call(door, 2, 'device.status')[1], 0);
  door.close();
});

test('after a crash the same files open again', async () => {
  const disk = handles(24);
  const failures = [];
  const first = await coreOver(disk, failures);
  call(first, 1, 'device.status');
  disk.forEach((one) => one.crash());
  const second = await coreOver(disk, failures);
  assert.equal(call(second, 2, 'device.status')[1], 0);
  second.step(eventStop, 0, new Uint8Array(0), now);
  second.close();
  assert.deepEqual(failures, []);
});
