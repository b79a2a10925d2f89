// numbers_test.mjs: the numbers that TypeScript and C both know are the same in both.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const number = (text) => Number(text.replaceAll('_', ''));

test('limits of the line and the runner are those of limits.h', () => {
  const limits = read('shared/base/limits.h');
  const ours = read('client/browser/link.ts') + read('client/browser/runner.ts') + read('client/browser/worker.ts');
  for (const name of ['ui_call_bytes_max', 'link_connect_ms_max', 'frame_bytes_max', 'link_queue_bytes_max', 'core_restarts_max']) {
    const short = name.replace(/^link_/, '').replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    const theirs = new RegExp(`\\b${name} = (\\d+)`).exec(limits)?.[1];
    const mine = new RegExp(`const ${short} = ([\\d_]+);`).exec(ours)?.[1];
    assert.ok(theirs && mine, `${name} or ${short} is not there`);
    assert.equal(number(mine), number(theirs), name);
  }
});

test('events and actions have the numbers of core.h', () => {
  const header = read('client/core/core.h').replace(/\/\*.*?\*\//gs, '');
  const runner = read('client/browser/runner.ts');
  for (const [kind, prefix, name] of [['event_kind', 'EV_', 'event'], ['action_kind', 'ACT_', 'action']]) {
    const theirs = new RegExp(`enum ${kind} \\{([^}]*)\\}`).exec(header)[1].split(',').map((one) => one.trim()).filter(Boolean);
    const mine = new RegExp(`export const ${name} = \\{([^}]*)\\}`).exec(runner)[1].split(',').map((one) => one.trim().split(': '));
    const camel = (word) => word.slice(prefix.length).toLowerCase().replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    assert.deepEqual(mine, theirs.map((word, at) => [camel(word), String(at)]));
  }
});

test('what the host tells the core below zero is what host.h says', () => {
  const theirs = /enum \{ host_absent = (-\d), host_failed = (-\d), host_full = (-\d) \}/.exec(read('client/browser/host.h')).slice(1);
  const mine = /const \[absent, failed, full\] = \[(-\d), (-\d), (-\d)\]/.exec(read('client/browser/host.mjs')).slice(1);
  const layer = /js_full = (-\d)/.exec(read('shared/db/vfs_wasm.c'))[1];
  assert.deepEqual(mine, theirs);
  assert.equal(layer, theirs[2]);
});
