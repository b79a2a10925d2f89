// layers.mjs: includes are written from the root and point only to the left; third-party headers have one home (layers.txt).
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

function readLayers(path) {
  const layers = { rank: new Map(), homes: new Map(), apart: [], generated: [] };
  let rank = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [word, ...rest] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (word === 'LAYER') rest.forEach((folder) => layers.rank.set(folder, rank));
    if (word === 'LAYER') rank += 1;
    if (word === 'HEADER') layers.homes.set(rest[0], rest.slice(1));
    if (word === 'APART') layers.apart.push(rest);
    if (word === 'GENERATED') layers.generated.push(...rest);
  }
  return layers;
}

const layers = readLayers(join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..', 'layers.txt'));
const within = (path, folder) => path === folder || path.startsWith(`${folder}/`);

// The longest listed folder a path lies in: server/store/sqlite before server/store.
function folderOf(path) {
  const folders = [...layers.rank.keys()].filter((folder) => within(path, folder));
  return folders.sort((a, b) => b.length - a.length)[0];
}

function quoted(root, path, header, say) {
  if (layers.generated.some((prefix) => header.startsWith(prefix) && !header.includes('/'))) return;
  if (!header.includes('/') || header.startsWith('.')) return say(`"${header}" is not written from the project root`);
  if (!existsSync(join(root, header))) return say(`"${header}" does not exist`);
  if (within(path, 'tests')) return;
  const from = folderOf(path);
  const to = folderOf(header);
  if (from === undefined) return say(`the folder of this file is not in layers.txt`);
  if (to === undefined) return say(`the folder of "${header}" is not in layers.txt`);
  if (from !== to && layers.rank.get(to) >= layers.rank.get(from)) say(`${from} may not include ${to} ("${header}")`);
  for (const pair of layers.apart) {
    const side = pair.findIndex((folder) => within(from, folder));
    if (side >= 0 && within(to, pair[1 - side])) say(`${pair[0]} and ${pair[1]} never include each other ("${header}")`);
  }
}

function angled(path, header, say) {
  const homes = layers.homes.get(header);
  if (homes && !homes.some((home) => within(path, home))) say(`<${header}> may be included only by ${homes.join(', ')}`);
}

runRule('layers', (root, report) => {
  for (const path of sourceFiles(root, /\.(c|h)$/)) {
    linesOf(root, path).forEach((text, index) => {
      const include = /^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/.exec(text);
      if (!include) return;
      const say = (message) => report(path, index + 1, message);
      if (include[1]) quoted(root, path, include[1], say);
      else angled(path, include[2], say);
    });
  }
});
