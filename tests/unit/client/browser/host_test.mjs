// host_test.mjs: the browser's file pool over handles in memory, and crashes between any two of its writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilePool, hostImports } from '../../../../client/browser/host.mjs';
import { Crash, handles } from './handles.mjs';

const bytes = (text) => new TextEncoder().encode(text);
const content = (pool, name) => {
  const file = pool.open(name, false);
  if (file < 0) return undefined;
  const out = new Uint8Array(pool.size(file));
  pool.read(file, out, 0);
  return new TextDecoder().decode(out);
};

test('a file that is not there is not opened', () => {
  assert.equal(new FilePool(handles(2)).open('a', false), -1);
});

test('what was written and flushed is there after a restart', () => {
  const disk = handles(3);
  const pool = new FilePool(disk);
  const file = pool.open('outbox', true);
  pool.write(file, bytes('ten bytes!'), 0);
  pool.write(file, bytes('TEN'), 0);
  pool.flush(file);
  disk.forEach((one) => one.crash());
  assert.equal(content(new FilePool(disk), 'outbox'), 'TEN bytes!');
});

test('a removed file does not come back', () => {
  const disk = handles(2);
  const pool = new FilePool(disk);
  pool.replace('a', bytes('x'));
  pool.remove('a');
  disk.forEach((one) => one.crash());
  assert.equal(new FilePool(disk).exists('a'), false);
});

test('every slot in use is an error, and freeing one helps', () => {
  const pool = new FilePool(handles(1));
  pool.open('a', true);
  assert.throws(() => pool.open('b', true), /every file slot/);
  pool.remove('a');
  assert.equal(pool.open('b', true), 0);
});

test('a crash at any operation of a replace leaves the old or the new content, and the pool usable', () => {
  let newest = 0;
  for (let budget = 0; budget < 40; budget += 1) {
    const shared = { budget: Infinity };
    const disk = handles(3, shared);
    new FilePool(disk).replace('identity', bytes('old'));
    shared.budget = budget;
    try {
      new FilePool(disk).replace('identity', bytes('the new one'));
    } catch (error) {
      assert.ok(error instanceof Crash);
    }
    shared.budget = Infinity;
    disk.forEach((one) => one.crash());
    const after = content(new FilePool(disk), 'identity');
    assert.ok(after === 'old' || after === 'the new one', `after ${budget} operations: ${after}`);
    if (after === 'the new one') newest += 1;
    new FilePool(disk).replace('identity', bytes('third'));
    assert.equal(content(new FilePool(disk), 'identity'), 'third');
  }
  assert.ok(newest > 30, 'the replace itself never finished');
});

test('the old copy left by a crash in a replace does not come back when the file is removed', () => {
  for (let budget = 0; budget < 40; budget += 1) {
    const shared = { budget: Infinity };
    const disk = handles(3, shared);
    new FilePool(disk).replace('pin', bytes('old'));
    shared.budget = budget;
    try {
      new FilePool(disk).replace('pin', bytes('new'));
    } catch (error) {
      assert.ok(error instanceof Crash);
    }
    shared.budget = Infinity;
    disk.forEach((one) => one.crash());
    new FilePool(disk).remove('pin');
    disk.forEach((one) => one.crash());
    assert.equal(new FilePool(disk).exists('pin'), false);
  }
});

test('a torn header is not a file', () => {
  const disk = handles(1);
  new FilePool(disk).replace('a', bytes('x'));
  disk[0].live[20] ^= 1;
  assert.equal(new FilePool(disk).exists('a'), false);
});

// A browser that is out of room: writes throw as Chromium's do, or stop short as the specification allows.
function fullDisk(short) {
  const disk = handles(3);
  const shared = { full: false };
  for (const handle of disk) {
    const write = handle.write.bind(handle);
    handle.write = (content, options) => {
      if (!shared.full) return write(content, options);
      if (short) return write(content.subarray(0, content.length >> 1), options);
      throw new DOMException('no room', 'QuotaExceededError');
    };
  }
  return { disk, shared };
}

for (const short of [false, true]) {
  const how = short ? 'stops short' : 'throws';
  test(`without room, where a write ${how}, the core hears "full", not "failed", and what was there stays`, () => {
    const { disk, shared } = fullDisk(short);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const pool = new FilePool(disk);
    const { file_open, file_replace, file_write } = hostImports(pool, () => memory, () => undefined).tutti;
    const name = bytes('a');
    new Uint8Array(memory.buffer).set(name, 16);
    pool.replace('a', bytes('kept'));
    const file = pool.open('a', false);
    shared.full = true;
    new Uint8Array(memory.buffer).set(bytes('b'), 17);
    assert.equal(file_open(17, 1, 1), -3);
    assert.equal(file_replace(16, 1, 64, 8), -3);
    assert.ok(file_write(file, 64, 8, 100) < 8);
    shared.full = false;
    disk.forEach((one) => one.crash());
    assert.equal(content(new FilePool(disk), 'a'), 'kept');
    assert.equal(new FilePool(disk).exists('b'), false);
    new FilePool(disk).replace('b', bytes('room again'));
    assert.equal(content(new FilePool(disk), 'b'), 'room again');
  });
}
