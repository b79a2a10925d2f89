// build.mjs: bundles the field app and the office pages into $TUTTI_WEB_OUT and holds them to their size budgets.
import { build } from 'esbuild';
import { isLate, laterBudgetBytes, laterScript } from './budgets.mjs';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const out = process.env.TUTTI_WEB_OUT;
if (!out) throw new Error('build: TUTTI_WEB_OUT names the folder to build into');

// What every start reads has a budget; so has what is read when the first screen stands (later.js), and each file that is loaded when somebody asks
// for it (`late`).
const lateBudgetBytes = 70_000;
const faces = [
  { name: 'app', source: join(root, 'client/app'), script: 'app', early: 'early', halves: true, late: ['scan', 'jsqr'], budgetBytes: 60_000, copied: ['index.html', 'icon.svg', 'manifest.webmanifest'] },
  { name: 'office', source: join(root, 'server/office'), script: 'office', late: ['sealed'], budgetBytes: 120_000, copied: ['index.html', 'icon.svg'] },
];

function sourcesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && /\.tsx?$/.test(one.name)).map((one) => readFileSync(join(one.parentPath ?? one.path, one.name), 'utf8'));
}

/** Of the generated icons those that a face names: neither carries the other's. */
function ownIcons(face) {
  const text = [face.source, join(here, 'components')].flatMap(sourcesBelow).join('\n');
  const filter = /generated[\\/]icons\.ts$/;
  return {
    name: 'own-icons',
    setup: (build) =>
      build.onLoad({ filter }, ({ path }) => {
        const table = readFileSync(path, 'utf8');
        const all = JSON.parse(/= (\{.*\});/.exec(table)[1]);
        return { loader: 'ts', contents: `export const icons = ${JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => text.includes(`'${name}'`) || text.includes(`"${name}"`))))};` };
      }),
  };
}

const zipped = (folder, name) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length;

function zippedBytes(folder) {
  const files = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name) && !isLate(name));
  return files.reduce((sum, name) => sum + zipped(folder, name), 0);
}

function weigh(name, bytes, budgetBytes) {
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB gzip of JS and CSS (budget ${budgetBytes / 1000} kB)`);
  if (bytes > budgetBytes) throw new Error(`build: ${name} is over its budget`);
}

// Chromium compiles all of such a script while it arrives, and not function by function on the page's thread when each is called first.
const compiledWhole = '//# allFunctionsCalledOnLoad';

/** The first half of the field app becomes one classic script: of such a one out of a service worker's cache Chromium keeps the compiled form as soon as
 * it has run once, of a module only when its page lives on for a while. The second half stays a module and finds in `window` what both halves use. */
async function joinFirstHalf(folder, common) {
  const second = { name: 'second-half', setup: (build) => build.onResolve({ filter: /^\.\/later\.js$/ }, ({ path }) => ({ path, external: true })) };
  const shared = {
    name: 'first-half',
    setup: (build) => {
      build.onResolve({ filter: /^\.\/chunk\.js$/ }, ({ path }) => ({ path, namespace: 'first-half' }));
      build.onLoad({ filter: /./, namespace: 'first-half' }, () => ({ contents: 'module.exports = window.firstHalf', loader: 'js' }));
    },
  };
  const entry = { contents: "import * as shared from './chunk.js'; import './app.js'; window.firstHalf = shared;", resolveDir: folder };
  const file = (name, head) => ({ outdir: undefined, outfile: join(folder, name), allowOverwrite: true, banner: { js: `${compiledWhole}\n${head}` } });
  await build({ ...common, ...file('app.js', '"use strict";'), format: 'iife', stdin: entry, plugins: [second] });
  await build({ ...common, ...file(laterScript, ''), format: 'esm', entryPoints: [join(folder, laterScript)], plugins: [shared] });
  rmSync(join(folder, 'chunk.js'));
}

async function buildFace(face) {
  const folder = join(out, face.name);
  mkdirSync(folder, { recursive: true });
  const common = { outdir: folder, bundle: true, minify: true, legalComments: 'none', charset: 'utf8', target: ['chrome108', 'safari16.4', 'firefox111'], logLevel: 'warning' };
  if (face.early) await build({ ...common, format: 'iife', entryPoints: { [face.early]: join(face.source, `${face.early}.ts`) } });
  const nodePaths = [join(here, 'node_modules')];
  for (const name of face.late ?? []) await build({ ...common, format: 'esm', nodePaths, entryPoints: { [name]: join(face.source, `${name}.ts`) } });
  await build({
    ...common,
    entryPoints: { [face.script]: join(face.source, 'main.tsx') },
    format: 'esm',
    plugins: [ownIcons(face)],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    nodePaths,
    loader: { '.woff2': 'file' },
    assetNames: 'fonts/[name]',
    // What a page asks for only when it is needed stands apart, and is no part of what opening it weighs. What both halves of the field app use is a
    // third file, for a moment.
    splitting: true,
    chunkNames: face.halves ? '[name]' : 'lazy/[name]-[hash]',
  });
  if (face.halves) await joinFirstHalf(folder, common);
  for (const name of face.copied) {
    const own = join(face.source, name);
    copyFileSync(existsSync(own) ? own : join(here, name), join(folder, name));
  }
  weigh(face.name, zippedBytes(folder), face.budgetBytes);
  if (face.halves) weigh('app, after the first screen', zipped(folder, laterScript), laterBudgetBytes);
  for (const name of face.late ?? []) weigh(`${face.name}/${name}, when it is asked for`, zipped(folder, `${name}.js`), lateBudgetBytes);
}

for (const face of faces) if (existsSync(join(face.source, 'main.tsx'))) await buildFace(face);
