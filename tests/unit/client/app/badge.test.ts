// badge.test.ts: the four words of the badge, and that "All sent" is never said without a receipt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badgeWords } from '../../../../client/app/parts/sync_badge.tsx';
import type { SyncStatus } from '../../../../shared/ui/generated/calls.ts';

const now = Date.UTC(2026, 10, 21, 12);
const status = (more: Partial<SyncStatus>): SyncStatus => ({ badge: 'saved', registers: 0, notes: 0, changes: 0, line: 'off', bundles: [], carried: [], ...more });

test('the badge has four words', () => {
  assert.equal(badgeWords(status({ badge: 'saved', registers: 1, notes: 2 }), now).word, 'Saved here');
  assert.equal(badgeWords(status({ badge: 'sending', registers: 1 }), now).word, 'Sending');
  assert.equal(badgeWords(status({ badge: 'sent', last_sent_at: now }), now).word, 'All sent');
  assert.equal(badgeWords(status({ badge: 'help' }), now).word, 'Needs help');
});

test('it says what is to send, and when all of it was signed for', () => {
  assert.equal(badgeWords(status({ registers: 1, notes: 2 }), now).more, '1 register, 2 notes to send');
  assert.equal(badgeWords(status({ badge: 'sent', last_sent_at: Date.UTC(2026, 10, 21, 10, 42) }), now).more, '10:42');
});

test('"All sent" is never said without a receipt, nor for a word this page does not know', () => {
  assert.equal(badgeWords(status({ badge: 'sent' }), now).word, 'Saved here');
  assert.equal(badgeWords(status({ badge: 'perhaps' }), now).word, 'Saved here');
});
