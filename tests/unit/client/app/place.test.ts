// place.test.ts: what a device keeps of where somebody is: a session, and nobody's name or number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf } from '../../../../client/app/place.ts';
import { parseRoute, type Route } from '../../../../client/app/route.ts';

const session = '0123456789abcdef0123456789abcdef';
const learner = 'fedcba9876543210fedcba9876543210';

test('a session is come back to as it was', () => {
  const places: Route[] = [
    { screen: 'register', session },
    { screen: 'absences', session },
    { screen: 'evacuation', session: null },
    { screen: 'evacuation', session },
    { screen: 'visits', visit: null },
  ];
  for (const place of places) assert.deepEqual(parseRoute(placeOf(place)), place);
});

test('a learner is not in it: their sheet leads back to the session', () => {
  const sheet: Route = { screen: 'learner', learner, activity: null, session, note: true };
  assert.deepEqual(parseRoute(placeOf(sheet)), { screen: 'register', session });
  assert.equal(placeOf({ ...sheet, session: null }), '');
  assert.equal(placeOf({ screen: 'concern', learner }), '');
});

test('from Today, a search or the settings there is nothing to come back to', () => {
  for (const screen of ['today', 'find', 'adhoc', 'settings', 'sync'] as const) assert.equal(placeOf({ screen }), '');
});
