// once.test.ts: two taps in a row, on one button or on two, are one act.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAtATime } from '../../../../client/app/once.ts';

/** An act that ends when the test says so. */
function pending() {
  let end = (_: boolean): void => undefined;
  const done = new Promise<void>((resolve, reject) => {
    end = (well) => (well ? resolve() : reject(new Error('refused')));
  });
  return { act: () => done, end };
}
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

test('a second tap before the answer is passed over, whatever it was for', () => {
  const once = oneAtATime();
  const log: string[] = [];
  const { act } = pending();
  once(() => (log.push('in'), act()));
  once(() => (log.push('in'), act()));
  once(() => (log.push('out'), act()));
  assert.deepEqual(log, ['in']);
});

for (const well of [true, false])
  test(`after ${well ? 'an answer' : 'a refusal'} the next tap acts`, async () => {
    const once = oneAtATime();
    const { act, end } = pending();
    let count = 0;
    const tap = (): Promise<void> => ((count += 1), act());
    once(tap);
    end(well);
    await settle();
    once(tap);
    assert.equal(count, 2);
  });
