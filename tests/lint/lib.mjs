// lib.mjs: what the text rules share: which files are ours, and how a finding is shown.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const skipped = /(^|\/)(build|node_modules|\.git)(\/|$)/;
const binary = /\.(png|ico|webp|woff2|jpg|pdf|wasm|bin|gz|tutti|sqlite|xlsx)$/;

// Every file that is, or could be, committed below `root`, whoever owns it; a tree without git is walked instead.
export function sourceFiles(root, pattern) {
  const listed = existsSync(join(root, '.git'))
    ? execFileSync('git', ['-c', 'safe.directory=*', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\0')
    : execFileSync('find', ['.', '-type', 'f', '-print0'], { cwd: root, encoding: 'utf8' }).split('\0').map((p) => p.slice(2));
  return listed
    .filter((path) => path !== '' && !skipped.test(path) && !binary.test(path) && pattern.test(path))
    .filter((path) => existsSync(join(root, path)))
    .sort();
}

export const linesOf = (root, path) => readFileSync(join(root, path), 'utf8').split('\n');

// Runs one rule over the tree named on the command line: `check(root, report)`; any report makes the process fail.
export function runRule(name, check) {
  const root = process.argv[2];
  if (!root) {
    console.error(`usage: ${name}.mjs ROOT`);
    process.exit(2);
  }
  let findings = 0;
  check(root, (path, line, message) => {
    findings += 1;
    console.log(`${path}:${line}: ${name}: ${message}`);
  });
  process.exit(findings > 0 ? 1 : 0);
}
