// idle.test.ts: a screen that is left alone says nothing for a while, then counts down, then goes back or locks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atDoor, idleOf, msSince, signedIn } from '../../../../client/app/idle.ts';

test('time enough: nothing is said', () => {
  assert.deepEqual(idleOf(0, atDoor), { left: null, over: false });
  assert.deepEqual(idleOf(19_999, atDoor), { left: null, over: false });
});

test('the last twenty seconds are counted down, and then it is over', () => {
  assert.deepEqual(idleOf(20_000, atDoor), { left: 20, over: false });
  assert.deepEqual(idleOf(39_500, atDoor), { left: 1, over: false });
  assert.deepEqual(idleOf(40_000, atDoor), { left: 0, over: true });
  assert.deepEqual(idleOf(90_000, atDoor), { left: 0, over: true });
});

test('whoever is signed in is warned for a minute', () => {
  assert.deepEqual(idleOf(signedIn.quietMs - 1, signedIn), { left: null, over: false });
  assert.deepEqual(idleOf(signedIn.quietMs, signedIn), { left: 60, over: false });
  assert.equal(idleOf(signedIn.quietMs + signedIn.warnedMs, signedIn).over, true);
});

test('a clock that stood still while the device slept, or was set, hides no time', () => {
  const then = { wall: 1000, mono: 1000 };
  assert.equal(msSince(then, { wall: 9000, mono: 1100 }), 8000);
  assert.equal(msSince(then, { wall: 1000 - 86_400_000, mono: 9000 }), 8000);
});
