// confirms.test.ts: a device that has not confirmed an erasure is away, at it, or locked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyItWaits } from '../../../../server/office/confirms.ts';

const erased = Date.UTC(2026, 10, 20, 9), hour = 3600_000, now = erased + 9 * hour;
const said = (last_contact_at: number | null) => whyItWaits({ name: 'Hall B kiosk', last_contact_at }, erased, now);

test('one that was not heard from since is to be fetched', () => {
  assert.equal(said(null), 'Hall B kiosk, never heard');
  assert.ok(/^Hall B kiosk, last heard .*, before the erasure$/.test(said(erased - hour)));
});

test('one that is on the line just then is at it', () => {
  assert.ok(/^Hall B kiosk, last heard [^,]*$/.test(said(erased + 60_000)));
});

test('one that is heard from, and has not confirmed, is locked: somebody signs in', () => {
  assert.ok(/^Hall B kiosk, heard .* and locked: it confirms when somebody signs in on it$/.test(said(erased + 8 * hour)));
});
