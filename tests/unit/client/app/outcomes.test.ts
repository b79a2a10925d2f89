// outcomes.test.ts: what became of changes the office did not simply take, in words and in groups.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOutcomes, groupWords, outcomeWords } from '../../../../client/app/parts/outcomes.tsx';
import type { Outcome } from '../../../../shared/ui/generated/calls.ts';

const outcome = (more: Partial<Outcome>): Outcome => ({ seq: 3, place: 2, of: 12, text: 'Ben Thorne marked away', at: 0, status: 'quarantined', reason: 'you were not assigned to it', advice: 'Ring them.', ...more });

test('changes that share their fate stand together, in the order they came', () => {
  const groups = groupOutcomes([outcome({ place: 1 }), outcome({ status: 'refused', reason: 'a value' }), outcome({ place: 5 })]);
  assert.deepEqual(groups.map((group) => group.changes.map((one) => one.place)), [[1, 5], [2]]);
});

test('a group says how many, what became of them, and why', () => {
  assert.equal(groupWords(groupOutcomes([outcome({})])[0]!), '1 change is set aside at the office: you were not assigned to it.');
  assert.equal(groupWords(groupOutcomes([outcome({ status: 'held' }), outcome({ status: 'held' })])[0]!), '2 changes are held at the office: you were not assigned to it.');
  assert.equal(groupWords(groupOutcomes([outcome({ status: 'of a newer core' })])[0]!), '1 change needs a look: you were not assigned to it.');
});

test('a change without a name is told by its place', () => {
  assert.equal(outcomeWords(outcome({})), 'Ben Thorne marked away');
  assert.equal(outcomeWords(outcome({ text: null })), 'Change 2 of 12 in bundle 3');
});
