// marks.test.ts: what a tap means, sections in score order, and the core's answer laid over the register.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf, namesakes, sameRow, sectionsOf, sumWords, tapped, timesOffered, withDone, withShown } from '../../../../client/app/marks.ts';
import { folded } from '../../../../shared/ui/names.ts';
import { parseRoute, routePath } from '../../../../client/app/route.ts';
import type { Register, RegisterRow, Totals } from '../../../../shared/ui/generated/calls.ts';

const totals: Totals = { here: 0, late: 0, away: 0, event: 0, unmarked: 2, of: 2 };
const row = (learner: string, more: Partial<RegisterRow> = {}): RegisterRow => ({ learner, name: learner, visitor: false, conflict: false, ...more });
const register = (rows: RegisterRow[]): Register => ({
  session: { id: 's', activity: 'a', name: 'Strings', date: '2026-11-21', starts: 600, ends: 690, mode: 'ensemble', status: 'scheduled', adhoc: false, totals },
  rows,
  totals,
});

test('a tap: unmarked, here, away not told, here again', () => {
  assert.equal(tapped('none'), 'P');
  assert.equal(tapped('P'), 'AU');
  assert.equal(tapped('AU'), 'P');
  assert.equal(tapped('L'), 'AU');
  assert.equal(tapped('AN'), 'P');
  assert.equal(tapped('SE'), 'P');
});

test('a time is offered by the clock during the session, and by the session before, after it and on another day', () => {
  const { session } = register([]);
  assert.deepEqual(timesOffered(row('1'), session, 612), { arrived: 612, departed: 612 });
  for (const now of [240, 690, 1200, null]) assert.deepEqual(timesOffered(row('1'), session, now), { arrived: 600, departed: 690 });
  assert.deepEqual(timesOffered(row('1', { arrived: 605, door_out: 640 }), session, 612), { arrived: 605, departed: 640 });
});

test('whose row has gone from the device is called so, not nothing', () => {
  assert.equal(nameOf(row('1', { name: '', visitor: true, code: 'P' })), 'A learner who has left');
  assert.equal(nameOf(row('1', { name: 'Zoë' })), 'Zoë');
});

test('visitors come last and together, and the rest are players beside them', () => {
  const sections = sectionsOf([row('1', { visitor: true }), row('2'), row('3', { visitor: true }), row('4'), row('5', { visitor: true, section: 'Brass' })]);
  assert.deepEqual(sections.map((one) => [one.name, one.rows.map((each) => each.learner).join('')]), [['No section', '24'], ['Brass', '5'], ['Visitors', '13']]);
  assert.deepEqual(sectionsOf([row('1', { visitor: true }), row('2')]).map((one) => one.name), ['Players', 'Visitors']);
  assert.deepEqual(sectionsOf([row('1')]).map((one) => one.name), ['Everyone']);
});

test('a row read anew is the same row until something of it differs, or is there that was not', () => {
  assert.ok(sameRow(row('1', { code: 'P' }), row('1', { code: 'P' })));
  assert.ok(!sameRow(row('1', { code: 'P' }), row('1', { code: 'AU' })));
  assert.ok(!sameRow(row('1'), row('1', { comment: '' })));
  assert.ok(!sameRow(row('1', { arrived: 600 }), row('1')));
});

test('sections keep the order they come in and count who is here, late ones too', () => {
  const sections = sectionsOf([row('1', { section: 'Violins', code: 'P' }), row('2', { section: 'Violins', code: 'L' }), row('3', { section: 'Cellos', code: 'AU' })]);
  assert.deepEqual(sections.map((one) => [one.name, one.rows.length, one.here]), [['Violins', 2, 2], ['Cellos', 1, 0]]);
});

test('rows without a section are everyone when they are alone, and visitors stand apart', () => {
  assert.deepEqual(sectionsOf([row('1')]).map((one) => one.name), ['Everyone']);
  assert.deepEqual(sectionsOf([row('1', { section: 'Cellos' }), row('2', { visitor: true })]).map((one) => one.name), ['Cellos', 'Visitors']);
});

test('an answer replaces its rows in place, adds a visitor at the end, and brings totals, state and undo', () => {
  const done = withDone(register([row('1'), row('2')]), {
    totals: { ...totals, here: 2, unmarked: 1, of: 3 },
    rows: [row('1', { code: 'P' }), row('9', { code: 'P', visitor: true })],
    state: 'open',
    undo: { text: '1 marked here', steps: 1 },
  });
  assert.deepEqual(done.rows.map((one) => [one.learner, one.code ?? null]), [['1', 'P'], ['2', null], ['9', 'P']]);
  assert.equal(done.totals.of, 3);
  assert.equal(done.session.state, 'open');
  assert.equal(done.undo?.steps, 1);
});

test('a register read anew keeps the rows that say the same, as the same objects', () => {
  const shown = register([row('1', { code: 'P' }), row('2'), row('3')]);
  const fresh = register([row('1', { code: 'P' }), row('2', { code: 'AU' }), row('4')]);
  const joined = withShown(shown, fresh);
  assert.deepEqual(joined, fresh);
  assert.deepEqual(joined.rows.map((one) => shown.rows.includes(one)), [true, false, false]);
});

test('players who share a name are known', () => {
  assert.deepEqual([...namesakes([row('1', { name: 'Jo Li' }), row('2', { name: 'Bo Li' }), row('3', { name: 'Jo Li' })])], ['Jo Li']);
});

test('names are found without their marks', () => {
  assert.ok(folded('Zoë Baker').includes(folded('ZOE')));
  assert.ok(folded('Łukasz').includes('ukasz'));
});

test('a place survives a reload, and a bad one is Today', () => {
  const id = 'f'.repeat(32);
  assert.deepEqual(parseRoute(routePath({ screen: 'register', session: id })), { screen: 'register', session: id });
  const learner = { screen: 'learner' as const, learner: id, activity: id, session: null, note: true };
  assert.deepEqual(parseRoute(routePath(learner)), learner);
  for (const visit of [null, id]) assert.deepEqual(parseRoute(routePath({ screen: 'visits', visit })), { screen: 'visits', visit });
  for (const bad of ['', '#/register/../x', '#/nowhere', '#/learner/']) assert.deepEqual(parseRoute(bad), { screen: 'today' });
});

test('a class without names comes to the number that was counted; visitors with names stand beside it', () => {
  const nobody: Totals = { here: 0, late: 0, away: 0, event: 0, unmarked: 0, of: 0 };
  assert.equal(sumWords({ headcount: 28, totals: nobody }), '28 counted');
  assert.equal(sumWords({ headcount: 0, totals: nobody }), '0 counted');
  assert.equal(sumWords({ headcount: 27, totals: { ...nobody, here: 1, of: 1 } }), '1 here, 0 away, 27 counted');
  assert.equal(sumWords({ totals: { ...nobody, here: 1, of: 1 } }), '1 here, 0 away');
});
