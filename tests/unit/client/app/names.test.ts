// names.test.ts: names compared without marks and case, and written as names are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canBeFound, titled } from '../../../../client/app/names.ts';
import { folded, saysOneOf } from '../../../../shared/ui/names.ts';

test('marks and case make no difference, in any script', () => {
  assert.equal(folded(' Zoë '), 'zoe');
  assert.equal(folded('ÅSA'), 'asa');
  assert.equal(folded('שָׁלוֹם'), 'שלום');
  assert.equal(folded('王小明'), '王小明');
});

test('a list is narrowed by any part of what its rows say, marks and case aside', () => {
  assert.equal(saysOneOf('sian', ['Trumpet group', 'Siân Example']), true);
  assert.equal(saysOneOf('Sián ', ['SIAN']), true);
  assert.equal(saysOneOf('', ['anything']), true);
  assert.equal(saysOneOf('flute', ['Trumpet group', '']), false);
});

test('a name tapped in capitals is written as one writes it', () => {
  assert.equal(titled('KIM'), 'Kim');
  assert.equal(titled('MARY-ANN O’NEILL'), 'Mary-Ann O’Neill');
  assert.equal(titled('ZOË '), 'Zoë ');
  assert.equal(titled(''), '');
});

test('two letters can be looked for, or one of a script that needs no more', () => {
  assert.equal(canBeFound('z '), false);
  assert.equal(canBeFound('ë'), false);
  assert.equal(canBeFound('zo'), true);
  assert.equal(canBeFound('王'), true);
  assert.equal(canBeFound(' '), false);
});
