// line.test.ts: what the Sync page says of the line: connected, waiting for a busy hub, without signal, and a clock that is off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineTone, lineWords } from '../../../../client/app/parts/line_words.ts';
import type { SyncStatus } from '../../../../shared/ui/generated/calls.ts';

const status = (more: Partial<SyncStatus>): SyncStatus => ({ badge: 'sent', registers: 0, notes: 0, changes: 0, line: 'online', bundles: [], carried: [], ...more });

test('a hub that is busy is named, with the time of the next try, and nobody fears for what is here', () => {
  const words = lineWords(status({ line: 'off', reason: 'The hub is busy; it has everything that was sent from here.', next_try_ms: 45_000 }));
  assert.equal(words.text, 'Not connected. The hub is busy; it has everything that was sent from here.');
  assert.deepEqual(words.more, ['Next try in 45 seconds. Nothing is lost meanwhile.']);
});

test('while the line is up and others come first, it says when it asks again', () => {
  const words = lineWords(status({ reason: 'The hub is busy; what others wrote comes later.', next_try_ms: 90_500 }));
  assert.equal(words.text, 'Connected to the office. The hub is busy; what others wrote comes later.');
  assert.deepEqual(words.more, ['Next try in 2 minutes. Nothing is lost meanwhile.']);
});

test('no signal is not an office that cannot be reached', () => {
  assert.equal(lineWords(status({ line: 'off', reason: 'no signal' })).text, 'Not connected. No signal.');
  assert.equal(lineWords(status({ line: 'off', reason: 'cannot reach the office: it does not answer' })).text, 'Not connected. Cannot reach the office: it does not answer.');
});

test('a clock that is off is said from two minutes on, with its direction', () => {
  assert.deepEqual(lineWords(status({ clock_skew_ms: 119_000 })).more, []);
  assert.ok(/5 minutes ahead/.test(lineWords(status({ clock_skew_ms: 300_000 })).more[0] ?? ''));
  assert.ok(/2 hours behind/.test(lineWords(status({ clock_skew_ms: -7_200_000 })).more[0] ?? ''));
});

test('a line that stands is good news, also where a change needs help; one that is refused says what is safe', () => {
  assert.equal(lineTone({ line: 'online', badge: 'help' }), 'good');
  assert.equal(lineTone({ line: 'off', badge: 'help' }), 'bad');
  assert.equal(lineTone({ line: 'refused', badge: 'saved' }), 'bad');
  assert.equal(lineTone({ line: 'off', badge: 'saved' }), '');
  assert.ok(lineWords(status({ line: 'refused' })).text.includes('Everything is kept here'));
});
