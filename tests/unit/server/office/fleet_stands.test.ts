// fleet_stands.test.ts: which devices stand behind each figure of the Today board.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetDevice } from '../../../../server/office/api.ts';
import { answers, since } from '../../../../server/office/fleet_stands.ts';

const now = 1_000_000_000_000;
const hour = 3_600_000;
const device = (name: string, more: Partial<FleetDevice> = {}): FleetDevice => ({ id: name, name, program: 'tutti-field 0.1.0', last_contact_at: now - hour, last_receipt_at: now - hour, skew_ms: 0, behind: 0, waiting: 0, waiting_since: null, ...more });
const found = (...devices: FleetDevice[]) => answers({ stale_ms: 72 * hour, skew_ms: 300_000, devices }, now);
const names = (devices: FleetDevice[]): string[] => devices.map(({ name }) => name);

test('quiet is who was not heard for longer than the hub says, and who never was', () => {
  assert.deepEqual(names(found(device('right'), device('at the edge', { last_contact_at: now - 72 * hour }), device('quiet', { last_contact_at: now - 73 * hour }), device('never', { last_contact_at: null })).quiet), ['quiet', 'never']);
});

test('the oldest work stands first, whether it has not come or waits here', () => {
  const list = found(device('none'), device('here', { waiting: 1, waiting_since: now - 5 * hour }), device('not come', { behind: 2, last_contact_at: now - 9 * hour }), device('both', { behind: 1, last_contact_at: now - hour, waiting: 1, waiting_since: now - 30 * hour })).backlog;
  assert.deepEqual(names(list), ['both', 'not come', 'here']);
  assert.equal(now - since(list[0] as FleetDevice), 30 * hour);
});

test('a clock is off ahead and behind, and not at the edge', () => {
  assert.deepEqual(names(found(device('ahead', { skew_ms: 300_001 }), device('behind', { skew_ms: -300_001 }), device('edge', { skew_ms: 300_000 })).skew), ['ahead', 'behind']);
});

test('a kiosk beside phones is another program, and not for that of another version', () => {
  assert.deepEqual(names(found(device('a'), device('b'), device('kiosk', { program: 'tutti-kiosk 0.1.0' }), device('old kiosk', { program: 'tutti-kiosk 0.0.9' })).version), ['old kiosk']);
});

test('another version is one that most have not; who has said none has no other', () => {
  assert.deepEqual(names(found(device('a'), device('b'), device('old', { program: 'tutti-field 0.0.9' }), device('silent', { program: null })).version), ['old']);
});
