// names.mjs: a file or folder that a document or a comment names is there.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

const kinds = 'c|h|def|mjs|ts|tsx|sh|md|tsv|service';
const asName = new RegExp(`^[\\w./-]+\\.(${kinds})$|^[a-z_]+(/[\\w.-]+)+/?$`);
const inComment = new RegExp(`(?<![\\w./*<-])[a-z_]+(?:/[\\w.-]+)+\\.(?:${kinds})(?![\\w*]|\\.\\w)`, 'g');
// What a build makes, and what is somewhere else: on an installed machine, in a browser's library.
const elsewhere = /^\/|^build\/|^(shared\/ui\/)?generated\/|_X\.c$|node_modules|^\.\.?\/build|^openssl\/|^usr\//;

/** Names between backticks, outside of blocks of code. */
function namesInDocument(lines) {
  let code = false;
  return lines.flatMap((text, i) => {
    if (text.startsWith('```')) code = !code;
    return code ? [] : [...text.matchAll(/`([^`\s]+)`/g)].map((m) => [m[1].replace(/[.,]$/, ''), i + 1]).filter(([name]) => asName.test(name));
  });
}
const isComment = (file, text) => (/\.(sh|cmake|txt)$/.test(file) ? /^\s*#/ : /^\s*(\/\*|\*|\/\/)|\/\*.*\*\/|\s\/\/ /).test(text);
const namesInSource = (file, lines) => lines.flatMap((text, i) => (isComment(file, text) ? [...text.matchAll(inComment)].map((m) => [m[0], i + 1]) : []));

runRule('names', (root, report) => {
  const all = sourceFiles(root, /./);
  const known = new Set(all.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))));
  const tails = new Set([...known].flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(i).join('/'))));
  // By its whole path, from the folder of whoever names it, or by the end of its path.
  const isThere = (name, from) => [name, path.posix.join(path.posix.dirname(from), name)].some((one) => known.has(one) || existsSync(path.join(root, one))) || tails.has(name.replace(/^(\.\.?\/)+/, ''));
  for (const file of all.filter((one) => /\.(md|c|h|def|mjs|ts|tsx|sh|css|cmake|txt)$/.test(one))) {
    const lines = linesOf(root, file);
    for (const [name, line] of file.endsWith('.md') ? namesInDocument(lines) : namesInSource(file, lines)) {
      const bare = name.replace(/\/$/, '');
      if (!elsewhere.test(bare) && !isThere(bare, file)) report(file, line, `there is no ${bare}`);
    }
  }
});
