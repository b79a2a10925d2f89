// fold_test.mjs: the browser folds names as shared/base/fold_system.c does: the cases are those of fold_test.c, and one a script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilePool, hostImports } from '../../../../client/browser/host.mjs';
import { foldText } from '../../../../client/browser/fold.mjs';

const cases = [
  ['Zoë', 'zoe'],
  ['Zoe\u0308', 'zoe'],
  ['Ørjan', 'orjan'],
  ['Łukasz Żółć', 'lukasz zolc'],
  ['Æthelred', 'aethelred'],
  ['Straße STRAẞE', 'strasse strasse'],
  ['ﬁona', 'fiona'],
  ['O’Brien', 'obrien'],
  ['  Zoë-Marie  Smith ', 'zoe marie smith'],
  ['İpek Işık', 'ipek isik'],
  ['ΟΔΥΣΣΕΥΣ Ὀδυσσεύς', 'οδυσσευσ οδυσσευσ'],
  ['Анна Ёлкина', 'анна елкина'],
  ['李 ℌ①', '李 h1'],
  ['ñ\u00adu\u200d', 'nu'],
  ['—', ''],
];

for (const [text, folded] of cases) test(`${JSON.stringify(text)} folds to ${JSON.stringify(folded)}`, () => assert.equal(foldText(text), folded));

function imported(bytes, room) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Uint8Array(memory.buffer).set(bytes, 16);
  const { fold } = hostImports(new FilePool([]), () => memory, () => undefined).tutti;
  const length = fold(16, bytes.length, 1024, room);
  return length < 0 ? length : new TextDecoder().decode(new Uint8Array(memory.buffer, 1024, length));
}

test('the core gets folded bytes, and nothing for what is no text or has no room', () => {
  assert.equal(imported(new TextEncoder().encode('Zoë'), 60), 'zoe');
  assert.equal(imported(Uint8Array.of(0x61, 0xff), 60), -1);
  assert.equal(imported(new TextEncoder().encode('Zoë'), 2), -1);
});
