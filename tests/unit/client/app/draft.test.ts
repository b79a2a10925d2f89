// draft.test.ts: a note that was begun is told to the core as one text, and read back whatever wrote it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftText, isBlank, leftOver, readDraft, type Draft } from '../../../../client/app/draft.ts';

const begun: Draft = { activity: 'b2'.repeat(16), areas: ['playing'], text: 'Bow hold, שלום, 🎻', next: '', words: '“I like it”', visibility: 'family' };

test('what was begun comes back as it was', () => {
  assert.deepEqual(readDraft(draftText(begun)), begun);
});

test('without a word nothing is begun, whatever was tapped', () => {
  const blank: Draft = { ...begun, text: ' ', words: '\n' };
  assert.equal(isBlank(blank), true);
  assert.equal(draftText(blank), '');
  assert.equal(readDraft(JSON.stringify(blank)), null);
});

test('what another build wrote is taken as far as it makes sense', () => {
  assert.deepEqual(readDraft('{"text":"Only this","areas":["playing","swimming"],"visibility":"everybody","mood":3}'), { activity: null, areas: ['playing'], text: 'Only this', next: '', words: '', visibility: 'office' });
  for (const text of [undefined, null, '', 'no JSON', '7', 'null', '[]', '{"text":7}']) assert.equal(readDraft(text), null, `${text}`);
});

test('what was written while the note was being saved stays in the fields', () => {
  const fresh: Draft = { ...begun, areas: [], text: '', words: '', visibility: 'office' };
  assert.deepEqual(leftOver(begun, begun, fresh), fresh);
  assert.deepEqual(leftOver({ ...begun, next: 'Scales in G' }, begun, fresh), { ...begun, text: '', next: 'Scales in G', words: '' });
  assert.equal(leftOver({ ...begun, text: `${begun.text}, and the slur` }, begun, fresh).text, `${begun.text}, and the slur`);
});
