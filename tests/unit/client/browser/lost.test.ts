// lost.test.ts: what was noted of unsent work is read back, and nothing else is taken for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteOf, readWaits } from '../../../../client/browser/lost.ts';

test('counts come back as they were noted', () => {
  assert.deepEqual(readWaits('2.3.17'), { registers: 2, notes: 3, changes: 17 });
  assert.deepEqual(readWaits('0.0.0'), { registers: 0, notes: 0, changes: 0 });
});

test('what is absent, cut short or somebody else’s is no note', () => {
  for (const text of [null, undefined, '', '2.3', '2.3.x', '-1.0.0', '2.3.4.5', '1e9.0.0', '9999999999.0.0']) assert.equal(readWaits(text), null);
});

test('a tap more in a register that waits is no other note, for its words are the same', () => {
  assert.equal(noteOf({ registers: 1, notes: 0, changes: 7 }), noteOf({ registers: 1, notes: 0, changes: 8 }));
  assert.ok(noteOf({ registers: 0, notes: 0, changes: 7 }) !== noteOf({ registers: 0, notes: 0, changes: 8 }));
  assert.deepEqual(readWaits(noteOf({ registers: 0, notes: 2, changes: 9 })), { registers: 0, notes: 2, changes: 1 });
});
