// keeping.test.ts: what is typed is kept once, and what was refused is tried again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keeper } from '../../../../client/app/parts/keeping.ts';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Refuses what it is told to, and writes down what it was asked to keep. */
function store() {
  const asked: string[] = [];
  const at = { refuses: false };
  return { asked, at, keep: (text: string) => (asked.push(text), at.refuses ? Promise.reject(new Error('restarting')) : Promise.resolve()) };
}

test('what is kept already is not kept again', async () => {
  const { asked, keep } = store();
  const held = keeper('first', keep);
  held.now();
  held.type('second');
  held.now();
  held.now();
  await settle();
  held.now();
  assert.deepEqual(asked, ['second']);
});

test('what was refused is tried again when the field is left, though nothing more was typed', async () => {
  const { asked, at, keep } = store();
  const held = keeper('', keep);
  at.refuses = true;
  held.type('Good week');
  held.now();
  await settle();
  at.refuses = false;
  held.now();
  await settle();
  held.now();
  assert.deepEqual(asked, ['Good week', 'Good week']);
});

test('of two that were refused the first is kept when it is typed once more', async () => {
  const { asked, at, keep } = store();
  const held = keeper('', keep);
  at.refuses = true;
  held.type('one');
  held.now();
  held.type('one two');
  held.now();
  await settle();
  at.refuses = false;
  held.type('one');
  held.now();
  assert.deepEqual(asked, ['one', 'one two', 'one']);
});

test('a refusal that comes late does not undo what was kept after it', async () => {
  const asked: string[] = [];
  let refuse = (): void => undefined;
  const held = keeper('', (text) => {
    asked.push(text);
    return asked.length === 1 ? new Promise((_, reject) => (refuse = () => reject(new Error('late')))) : Promise.resolve();
  });
  held.type('one');
  held.now();
  held.type('one two');
  held.now();
  refuse();
  await settle();
  held.now();
  assert.deepEqual(asked, ['one', 'one two']);
});
