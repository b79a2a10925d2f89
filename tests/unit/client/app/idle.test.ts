// idle.test.ts: a screen at the door says nothing for a while, then counts down, then begins again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleOf } from '../../../../client/app/idle.ts';

test('time enough: nothing is said', () => {
  assert.deepEqual(idleOf(0), { left: null, over: false });
  assert.deepEqual(idleOf(19_999), { left: null, over: false });
});

test('the last twenty seconds are counted down, and then it is over', () => {
  assert.deepEqual(idleOf(20_000), { left: 20, over: false });
  assert.deepEqual(idleOf(39_500), { left: 1, over: false });
  assert.deepEqual(idleOf(40_000), { left: 0, over: true });
  assert.deepEqual(idleOf(90_000), { left: 0, over: true });
});
