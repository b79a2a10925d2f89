// progress.test.ts: a fact of progress in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressWords } from '../../../../shared/ui/progress.ts';

test('a fact says what it is of, and leaves out what nobody wrote', () => {
  assert.equal(progressWords({ kind: 'stage', stage: 'developing' }), 'Stage: Developing');
  assert.equal(progressWords({ kind: 'pos', pos: 4 }), 'Programme of Study 4');
  assert.equal(progressWords({ kind: 'grade', board: 'ABRSM', grade: '4', result: 'Merit' }), 'Grade: ABRSM 4, Merit');
  assert.equal(progressWords({ kind: 'grade', board: null, grade: '4', result: null }), 'Grade: 4');
  assert.equal(progressWords({ kind: 'solo' }), 'Solo');
});
