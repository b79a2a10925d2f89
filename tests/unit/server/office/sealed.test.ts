// sealed.test.ts: what the browser opens is what the device sealed, by the vectors of the protocol; and nothing else opens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexToBytes } from '@noble/hashes/utils';
import concern from '../../../../proto/vectors/concern.json';
import keys from '../../../../proto/vectors/keys.json';
import { openConcern, SealedError, unwrapKey, type SafeguardingKey } from '../../../../server/office/sealed.ts';

const vector = concern.vectors[0];
if (!vector) throw new Error('there is no vector');
const sealed = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const keyOf = (number: number, pair: { secret: string; public: string }): SafeguardingKey => ({ number, name: '', secret: hexToBytes(pair.secret), publicKey: hexToBytes(pair.public) });
const whole = hexToBytes(vector.hex);

test('each reader opens a concern with their own key', () => {
  for (const key of [keyOf(2, keys.safeguarding), keyOf(1, keys.recovery)]) {
    const opened = openConcern(key, keys.hub, concern.row, sealed(whole));
    assert.equal(opened.text, vector.fields.text);
    assert.equal(opened.learner, vector.fields.learner);
    assert.equal(opened.learner_name, vector.fields.learner_name);
    assert.equal(opened.author_name, vector.fields.author_name);
    assert.equal(opened.written_at, vector.fields.written_ms);
  }
});

const refused = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch (error) {
    return error instanceof SealedError;
  }
};

test('the keys of the hub and of the device open nothing', () => {
  for (const pair of [keys.hub_intake, keys.hub_noise, keys.device_noise]) {
    for (const number of [1, 2, 3]) assert.ok(refused(() => openConcern(keyOf(number, pair), keys.hub, concern.row, sealed(whole))));
  }
});

test('a concern in another row, of another hub, or changed on the way is refused in words', () => {
  const key = keyOf(2, keys.safeguarding);
  assert.ok(refused(() => openConcern(key, keys.hub, keys.device, sealed(whole))));
  assert.ok(refused(() => openConcern(key, keys.device, concern.row, sealed(whole))));
  for (let at = 0; at < whole.length; at += 1) {
    const changed = whole.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.ok(refused(() => openConcern(key, keys.hub, concern.row, sealed(changed))), `byte ${at}`);
  }
});

test('a file that is no key file is refused before anything is computed', async () => {
  const isSealed = (error: unknown): boolean => error instanceof SealedError;
  for (const text of ['', '{}', 'null', '{"what":"Tutti safeguarding key","version":2}']) await assert.rejects(unwrapKey(text, 'x', keys.hub), isSealed);
});
