// evacuation.test.ts: the evacuation list as it is counted: its total is that of its sections, and nobody is counted twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { musterOf } from '../../../../client/app/evacuation.ts';
import { parseRoute, routePath } from '../../../../client/app/route.ts';
import type { Evacuation, Hall, RegisterRow, Totals } from '../../../../shared/ui/generated/calls.ts';

const totals: Totals = { here: 0, late: 0, away: 0, event: 0, unmarked: 0, of: 0 };
const row = (learner: string, more: Partial<RegisterRow> = {}): RegisterRow => ({ learner, name: learner, visitor: false, conflict: false, code: 'P', ...more });
const hall = (id: string, on: boolean, here: RegisterRow[], door: RegisterRow[] = [], unmarked = 0): Hall => ({
  session: { id, activity: 'a', name: id, date: '2026-11-21', starts: 600, ends: 690, mode: 'ensemble', status: 'scheduled', adhoc: false, totals: { ...totals, unmarked } },
  on,
  here,
  door,
  left: 0,
});
const list = (...halls: Hall[]): Evacuation => ({ date: '2026-11-21', minute_now: 610, halls, total: 0 });
const none = new Set<string>();

test('the total is the sum of the sections, whatever the halls', () => {
  const muster = musterOf(list(hall('wind', true, [row('1', { section: 'Flute' }), row('2', { section: 'Oboe' })]), hall('strings', true, [row('3')])), none, none);
  const sum = muster.halls.flatMap((one) => one.sections).reduce((count, section) => count + section.rows.length, 0);
  assert.equal(muster.total, 3);
  assert.equal(sum, muster.total);
});

test('a hall of another hour is offered, and adds nobody who stands in another already', () => {
  const both = list(hall('now', true, [row('1')]), hall('before', false, [row('1'), row('2')]));
  assert.deepEqual(musterOf(both, none, none).others.map((one) => one.session.id), ['before']);
  const muster = musterOf(both, new Set(['before']), none);
  assert.equal(muster.total, 2);
  assert.equal(muster.others.length, 0);
});

test('who only signed in at the door is looked for, and is no part of the total', () => {
  const muster = musterOf(list(hall('now', true, [row('1')], [row('2', { code: null, door_in: 595 })], 4)), none, new Set(['1', '2', 'somebody of another list']));
  assert.deepEqual(muster.door.map((one) => one.learner), ['2']);
  assert.equal(muster.total, 1);
  assert.equal(muster.counted, 1);
  assert.equal(muster.unmarked, 4);
});

test('the list of one register has an address of its own', () => {
  const session = 'c'.repeat(32);
  assert.deepEqual(parseRoute(`#/evacuation/${session}`), { screen: 'evacuation', session });
  assert.equal(routePath({ screen: 'evacuation', session }), `#/evacuation/${session}`);
  assert.deepEqual(parseRoute(routePath({ screen: 'evacuation', session: null })), { screen: 'evacuation', session: null });
});
