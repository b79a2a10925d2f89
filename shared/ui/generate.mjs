// generate.mjs: writes generated/calls.ts from the C tool call_print, and generated/icons.ts from the Lucide package.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const generated = join(here, 'generated');

const iconNames = [
  'arrow-up-down', 'calendar-days', 'check', 'chevron-down', 'chevron-left', 'chevron-right', 'circle-check', 'clock', 'cloud-alert', 'cloud-check',
  'cloud-off', 'cloud-upload', 'delete', 'door-open', 'download', 'ellipsis-vertical', 'handshake', 'heart-pulse', 'key-round', 'lock', 'log-out', 'menu', 'message-circle', 'minus', 'music',
  'notebook-pen', 'pencil', 'phone', 'plus', 'printer', 'refresh-cw', 'scan-qr-code', 'school', 'search', 'settings', 'siren', 'tablet-smartphone', 'trending-up', 'triangle-alert', 'undo-2',
  'upload', 'user', 'user-plus', 'users', 'x',
  // The office's work.
  'calendar-x', 'check-check', 'chevron-up', 'copy', 'git-compare', 'hourglass', 'list-checks', 'package', 'scale', 'scroll-text', 'shield-alert', 'target',
];

// Several build folders may generate at once: the last rename wins, and all of them wrote the same.
function writeIfDifferent(name, text) {
  const path = join(generated, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  const next = `${path}.${process.pid}`;
  writeFileSync(next, text);
  renameSync(next, path);
}

function printCalls() {
  const given = process.env.TUTTI_CALL_PRINT;
  if (given) return execFileSync(given, { encoding: 'utf8' });
  const folder = mkdtempSync(join(tmpdir(), 'tutti-call-print-'));
  try {
    const tool = join(folder, 'call_print');
    execFileSync(process.env.CC || 'cc', ['-std=gnu11', `-I${root}`, join(root, 'client/core/call_print.c'), '-o', tool], { stdio: 'inherit' });
    return execFileSync(tool, { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Attributes and elements as data, so that no markup is ever parsed in the page.
function iconShapes(name) {
  const svg = readFileSync(join(here, 'node_modules/lucide-static/icons', `${name}.svg`), 'utf8');
  const shapes = [];
  for (const [, tag, attributes] of svg.matchAll(/<(path|circle|rect|line|polyline|ellipse|polygon)\s+([^>]*?)\s*\/>/g)) {
    shapes.push([tag, Object.fromEntries([...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))]);
  }
  if (shapes.length === 0) throw new Error(`generate: the icon ${name} has no shapes`);
  return shapes;
}

mkdirSync(generated, { recursive: true });
writeIfDifferent('calls.ts', printCalls());
const icons = Object.fromEntries(iconNames.map((name) => [name, iconShapes(name)]));
writeIfDifferent(
  'icons.ts',
  '// icons.ts: generated from the Lucide package (ISC licence) by generate.mjs.\n' +
    'export type Shape = readonly [string, Readonly<Record<string, string>>];\n' +
    `export type IconName = ${iconNames.map((name) => `'${name}'`).join(' | ')};\n` +
    `export const icons: Readonly<Record<IconName, readonly Shape[]>> = ${JSON.stringify(icons)};\n`,
);
