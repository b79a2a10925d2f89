// pin_words.test.ts: what is said after a PIN that did not open the device.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrongWords } from '../../../../client/app/parts/pin_words.ts';

test('a wrong PIN says how many tries are left, and how long to wait', () => {
  assert.equal(wrongWords({ code: 'WRONG_SECRET', text: 'x', attempts_left: 9 }), 'That PIN is not right. 9 tries left.');
  assert.equal(wrongWords({ code: 'WAIT', text: 'x', attempts_left: 4, wait_ms: 30_000 }), 'Too many wrong tries. Wait 30 seconds before the next try. 4 tries left.');
});

test('a full disk took no try, so none are counted', () => {
  const text = 'The storage of this device is full; free some space, nothing that was saved is lost.';
  assert.equal(wrongWords({ code: 'FULL', text, attempts_left: 10 }), text);
});
