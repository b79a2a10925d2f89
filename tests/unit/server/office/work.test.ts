// work.test.ts: how long something waited, how much waits, and what was typed about it and not sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countWords, draftOf, forgetDrafts, last, setDraft, waited } from '../../../../server/office/work/work.ts';

const minute = 60_000;

test('how long something waited is said in its largest whole unit', () => {
  const now = 1_000_000_000;
  const cases: readonly [number, string][] = [
    [0, 'now'],
    [minute, '1 min'],
    [59 * minute, '59 min'],
    [60 * minute, '1 h'],
    [23 * 60 * minute + 59 * minute, '23 h'],
    [24 * 60 * minute, '1 day'],
    [5 * 24 * 60 * minute, '5 days'],
    [-minute, 'now'], // a clock that is behind the hub's
  ];
  for (const [ms, words] of cases) assert.equal(waited(now - ms, now), words);
});

test('a count at the end of what is listed says that there may be more', () => {
  assert.equal(countWords(0, 2000), '0');
  assert.equal(countWords(1999, 2000), '1,999');
  assert.equal(countWords(2000, 2000), '2,000+');
});

test('what was typed belongs to its entry until it is sent, and goes with whoever signs out', () => {
  setDraft('a', { act: 'choice 1', reason: 'rang' });
  setDraft('b', { act: 'undo', reason: '' });
  assert.equal(draftOf('a')?.reason, 'rang');
  setDraft('b', null);
  assert.equal(draftOf('b'), null);
  assert.equal(draftOf('a')?.act, 'choice 1');
  last.value = { id: 'a', said: 'Zoë: Here' };
  forgetDrafts();
  assert.equal(draftOf('a'), null);
  assert.equal(last.value, null);
});
