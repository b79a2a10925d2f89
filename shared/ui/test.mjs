// test.mjs: bundles every tests/unit/**/*.test.ts for Node and runs them with node --test.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const unit = join(here, '../../tests/unit');
const tests = readdirSync(unit, { recursive: true }).filter((name) => String(name).endsWith('.test.ts')).map((name) => join(unit, String(name)));
if (tests.length === 0) throw new Error('test: no *.test.ts below tests/unit');

const folder = mkdtempSync(join(tmpdir(), 'tutti-ui-test-'));
try {
  await build({
    entryPoints: tests,
    outdir: folder,
    outbase: unit,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    nodePaths: [join(here, 'node_modules')],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const built = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.mjs')).map((name) => join(folder, String(name)));
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...built], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
