// replaced.test.ts: which device fell silent when another was enrolled for the same person.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replacedBy } from '../../../../server/office/replaced.ts';

const device = (id: string, enrolled_at: number, more = {}) => ({ id, kind: 'phone', status: 'active', staff_names: ['Viola Treble'], enrolled_at, last_contact_at: enrolled_at, ...more });

test('a phone is replaced by the first one enrolled for the same person after it was last heard of', () => {
  const before = device('a', 10, { last_contact_at: 20 });
  assert.equal(replacedBy(before, [before, device('c', 40), device('b', 30)])?.id, 'b');
});

test('whoever was heard of since is not replaced, nor by another person’s phone, nor by a kiosk; a revoked one is settled', () => {
  const before = device('a', 10, { last_contact_at: 50 });
  assert.equal(replacedBy(before, [before, device('b', 30)]), null);
  const silent = device('a', 10);
  assert.equal(replacedBy(silent, [silent, device('b', 30, { staff_names: ['Cliff Quaver'] })]), null);
  assert.equal(replacedBy(silent, [silent, device('b', 30, { kind: 'kiosk' })]), null);
  assert.equal(replacedBy(device('a', 10, { status: 'revoked' }), [device('b', 30)]), null);
});

test('one never heard of is replaced by whatever came later', () => {
  const never = device('a', 10, { last_contact_at: null });
  assert.equal(replacedBy(never, [never, device('b', 11)])?.id, 'b');
});
