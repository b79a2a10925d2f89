// host_test.mjs: the browser's file pool over handles in memory, and crashes between any two of its writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilePool } from '../../../../client/browser/host.mjs';
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
