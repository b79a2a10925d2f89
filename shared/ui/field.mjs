// field.mjs: puts the field app for browsers together in $TUTTI_FIELD_OUT: the app as built, the worker and its core, and the service worker
// that knows every file by hash. Holds it to its size budgets.
import { build } from 'esbuild';
import { isLate, onDemand } from './budgets.mjs';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '../../client/browser');
const { TUTTI_APP: app, TUTTI_CORE_WASM: wasm, TUTTI_FIELD_OUT: out } = process.env;
if (!app || !wasm || !out) throw new Error('field: TUTTI_APP is the built app, TUTTI_CORE_WASM the core, TUTTI_FIELD_OUT the folder to build into');

const scriptBudgetBytes = 60_000;
const coreBudgetBytes = 350_000;
const common = {
  outdir: out,
  bundle: true,
  format: 'esm',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  target: ['chrome108', 'safari16.4', 'firefox111'],
  logLevel: 'warning',
};

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath ?? one.path, one.name).slice(folder.length + 1))
    .sort();
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
cpSync(app, out, { recursive: true });
for (const name of ['index.html', 'manifest.webmanifest', 'selftest.html']) cpSync(join(source, name), join(out, name));
cpSync(join(source, 'icons'), out, { recursive: true });
cpSync(wasm, join(out, 'core.wasm'));
await build({ ...common, entryPoints: { selftest: join(source, 'selftest.ts') } });
// Classic scripts: Firefox before 114 runs no modules in workers, and none in service workers.
await build({ ...common, format: 'iife', entryPoints: { early: join(source, 'early.ts'), worker: join(source, 'worker.ts'), selftest_worker: join(source, 'selftest_worker.ts') } });
const hashes = filesBelow(out).filter((path) => !onDemand.includes(path)).map((path) => [path, createHash('sha256').update(readFileSync(join(out, path))).digest('base64')]);
await build({ ...common, format: 'iife', entryPoints: { sw: join(source, 'sw.ts') }, define: { BUILD_FILES: JSON.stringify(hashes) } });

// The self-test is a page of its own: the app never loads it.
const zipped = (wanted) => filesBelow(out).filter((path) => /\.(js|css)$/.test(path) && wanted(path)).reduce((sum, path) => sum + gzipSync(readFileSync(join(out, path)), { level: 9 }).length, 0);
const scripts = zipped((path) => !path.startsWith('selftest') && !isLate(path));
const selftest = zipped((path) => path.startsWith('selftest'));
const core = brotliCompressSync(readFileSync(wasm)).length;
const kb = (bytes) => (bytes / 1000).toFixed(1);
console.log(`field: ${kb(scripts)} kB gzip of JS and CSS (budget ${scriptBudgetBytes / 1000} kB; the self-test's page ${kb(selftest)} kB more), core ${kb(core)} kB brotli (budget ${coreBudgetBytes / 1000} kB)`);
if (scripts > scriptBudgetBytes || core > coreBudgetBytes) throw new Error('field: over its budget');
