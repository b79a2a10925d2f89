// pages.test.ts: a page of a list is behind the one it was asked for after, and once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPage, type Held } from '../../../../server/office/plan/pages.ts';
import type { PlanEntry } from '../../../../server/office/plan/plan_api.ts';

const entry = (id: string): PlanEntry => ({ id, version: 1, values: {}, names: {} });
const ids = (held: Held): string[] => (held.entries ?? []).map(({ id }) => id);

test('a button that is pressed twice shows the page once', () => {
  const first = withPage({ entries: null, next: null }, null, { entries: [entry('a')], next: 'a' });
  const more = { entries: [entry('b')], next: 'b' };
  const once = withPage(first, 'a', more);
  const twice = withPage(once, 'a', more);
  assert.deepEqual(ids(twice), ['a', 'b']);
  assert.equal(twice.next, 'b');
  assert.deepEqual(ids(withPage(twice, 'b', { entries: [entry('c')], next: null })), ['a', 'b', 'c']);
});

test('a page that comes after the list began anew is not put behind it', () => {
  const anew = withPage({ entries: [entry('a'), entry('b')], next: 'b' }, null, { entries: [entry('z')], next: 'z' });
  assert.deepEqual(ids(withPage(anew, 'b', { entries: [entry('c')], next: null })), ['z']);
});
