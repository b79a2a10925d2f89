// pace.test.ts: what every tap asks for keeps out of the way of the next one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paced, type Clock } from '../../../../client/app/pace.ts';

/** Time that is put on by hand; what is due is done on the way. */
class Hand implements Clock {
  at = 0;
  #next = 1;
  #waiting = new Map<number, { at: number; run: () => void }>();
  now(): number {
    return this.at;
  }
  later(run: () => void, ms: number): number {
    this.#waiting.set(this.#next, { at: this.at + ms, run });
    return this.#next++;
  }
  cancel(timer: number): void {
    this.#waiting.delete(timer);
  }
  pass(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      const [timer, first] = [...this.#waiting].filter(([, one]) => one.at <= end).sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (timer === undefined || !first) break;
      this.#waiting.delete(timer);
      this.at = first.at;
      first.run();
    }
    this.at = end;
  }
}

function begin(): { clock: Hand; done: number[]; pace: ReturnType<typeof paced> } {
  const clock = new Hand();
  const done: number[] = [];
  return { clock, done, pace: paced(() => done.push(clock.at), { afterMs: 0, restMs: 100, pauseMs: 300 }, clock) };
}

test('a tap after a pause has it done at once', () => {
  const { clock, done, pace } = begin();
  pace.ask();
  clock.pass(1000);
  pace.ask();
  clock.pass(1000);
  assert.deepEqual(done, [0, 1000]);
});

test('of two taps close together the second has it done when the thumb rests', () => {
  const { clock, done, pace } = begin();
  pace.ask();
  clock.pass(70);
  pace.ask();
  clock.pass(1000);
  assert.deepEqual(done, [0, 170]);
});

test('a thumb that never rests has it done now and then, right after a tap, and once more in the end', () => {
  const { clock, done, pace } = begin();
  for (let tap = 0; tap < 10; tap += 1) {
    pace.ask();
    clock.pass(70);
  }
  clock.pass(1000);
  assert.deepEqual(done, [0, 350, 720]);
  assert.ok(done.slice(0, -1).every((at) => at % 70 === 0));
});

test('a steady thumb never has it done between two taps, when rest and pause are the same', () => {
  for (const beat of [70, 120, 180, 250, 290, 310, 500]) {
    const clock = new Hand();
    const done: number[] = [];
    const pace = paced(() => done.push(clock.at), { afterMs: 0, restMs: 300, pauseMs: 300 }, clock);
    for (let tap = 0; tap < 20; tap += 1) {
      pace.ask();
      clock.pass(beat);
    }
    assert.ok(done.length >= 4 && done.every((at) => at % beat === 0), `every ${beat} ms: ${done.join(' ')}`);
  }
});

test('asking without end, faster than it could be done, does not put it off for ever', () => {
  const clock = new Hand();
  const done: number[] = [];
  const pace = paced(() => done.push(clock.at), { afterMs: 30, restMs: 400, pauseMs: 4000 }, clock);
  for (let asked = 0; asked < 1000; asked += 1) {
    pace.ask();
    clock.pass(10);
  }
  assert.deepEqual(done, [4000, 8000]);
});

test('what is urgent does not wait for the thumb to rest', () => {
  const { clock, done, pace } = begin();
  pace.ask();
  clock.pass(50);
  pace.ask(true);
  clock.pass(1000);
  assert.deepEqual(done, [0, 50]);
});

test('done by hand it is not done again', () => {
  const { clock, done, pace } = begin();
  pace.ask();
  clock.pass(50);
  pace.ask();
  pace.now();
  clock.pass(1000);
  assert.deepEqual(done, [0, 50]);
});
