// ladder.test.ts: whom to ring next about an absence, and when that is no longer enough.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialled, ladderOf } from '../../../../client/app/ladder.ts';
import type { Absence, AbsenceCall, CallOutcome, Contact } from '../../../../shared/ui/generated/calls.ts';

const contact = (id: string, never = false): Contact => ({ id, name: id, phone: '01632 960001', do_not_contact: never, may_not_collect: false });
const rang = (id: string | null, outcome: CallOutcome): AbsenceCall => ({ contact: id, outcome, at: 1000 });
const absence = (contacts: Contact[], ...calls: AbsenceCall[]): Absence => ({ learner: 'l', name: 'Sample', contacts, calls });

test('the first who may be rung is next, then the one after', () => {
  const both = [contact('never', true), contact('a'), contact('b')];
  assert.equal(ladderOf(absence(both)).next?.id, 'a');
  assert.equal(ladderOf(absence(both, rang('a', 'no_answer'))).next?.id, 'b');
  assert.deepEqual(ladderOf(absence(both, rang('a', 'message'), rang('b', 'no_answer'))), { standing: 'exhausted', next: null });
});

test('a family that did not know is missing a child, whoever is still to ring', () => {
  const ladder = ladderOf(absence([contact('a'), contact('b')], rang('a', 'unaware'), rang(null, 'no_answer')));
  assert.equal(ladder.standing, 'missing');
  assert.equal(ladder.next?.id, 'b');
});

test('one explanation ends it', () => {
  assert.deepEqual(ladderOf(absence([contact('a'), contact('b')], rang('a', 'unaware'), rang('b', 'explained'))), { standing: 'explained', next: null });
  assert.equal(ladderOf(absence([])).standing, 'exhausted');
});

test('a parent who does not know outweighs the one who explained it before, and the door outweighs both', () => {
  const both = [contact('a'), contact('b')];
  const later = { ...rang('b', 'unaware'), at: 1001 };
  assert.equal(ladderOf(absence(both, rang('a', 'explained'), later)).standing, 'missing');
  assert.equal(ladderOf(absence(both, rang('a', 'explained'), later, { ...rang('a', 'explained'), at: 1002 })).standing, 'explained');
  assert.equal(ladderOf({ ...absence(both, rang('a', 'explained')), door_in: 960 }).standing, 'ringing');
});

test('a number is dialled without what the office wrote around it', () => {
  assert.equal(dialled('+44 (1632) 960-001 home'), 'tel:+441632960001');
});
