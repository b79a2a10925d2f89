// audit_words.test.ts: whatever the hub writes into its audit has words on the page and in the extract; a new action without any fails here by its name.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cwd } from 'node:process';
import { test } from 'node:test';

const server = `${cwd()}/../../server`;
/** Other texts of that form: labels of keys and digests, paths in an answer, files. */
const noAction = /^tutti\.|^(conflict|item)\.row$|\.(csv|html|json|db|db-wal|db-shm|conf|txt)$|^hub\.keys$/;

function actionsIn(folder: string): string[] {
  const files = readdirSync(`${server}/${folder}`).filter((name) => name.endsWith('.c'));
  const texts = files.flatMap((name) => [...readFileSync(`${server}/${folder}/${name}`, 'utf8').matchAll(/"([a-z]+(?:-[a-z]+)*\.[a-z]+(?:[-_][a-z]+)*)"/g)].map(([, text = '']) => text));
  return texts.filter((text) => !noAction.test(text));
}

test('every action of the audit has words', () => {
  const actions = [...new Set(['api', 'core', 'ctl'].flatMap(actionsIn))];
  assert.ok(actions.length > 80, `only ${actions.length} actions were found`);
  const words = new Set([...readFileSync(`${server}/api/audit.def`, 'utf8').matchAll(/^ACTION\("([^"]+)", "[^"]+"\)$/gm)].map(([, action = '']) => action));
  assert.deepEqual(actions.filter((action) => !words.has(action)), []);
});
