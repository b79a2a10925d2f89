// installing.mjs: what the acts kiosk and hub ask of an installation below a folder: its files, and what systemd says of its units.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A program to its end: its exit code, and all that it said. */
export function run(program, args, env = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return { code: done.status, said: `${done.stdout}${done.stderr}` };
}

export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(folder, join(one.parentPath ?? one.path, one.name)))
    .sort();
}

export const hasSystemd = () => spawnSync('systemd-analyze', ['--version']).status === 0;

/** What systemd needs beside ours to look at a unit below a folder: the units it stands on and the programs of /usr/bin it starts. */
export function furnish(folder, programs) {
  for (const name of programs) writeFileSync(join(folder, 'usr/bin', name), '', { mode: 0o755 });
  const units = join(folder, 'usr/lib/systemd/system');
  mkdirSync(units, { recursive: true });
  for (const name of ['sysinit.target', 'basic.target', 'shutdown.target', 'multi-user.target', 'graphical.target', 'umount.target', 'timers.target', 'time-sync.target', 'time-set.target', 'network-online.target', 'dbus.socket', 'systemd-logind.service', 'systemd-user-sessions.service', '-.mount', 'system.slice']) {
    const kind = name.split('.').at(-1);
    const body = { service: '[Service]\nExecStart=/bin/true\n', socket: '[Socket]\nListenStream=/run/x\n', mount: '[Mount]\nWhat=/dev/null\nWhere=/\n' }[kind] ?? '';
    writeFileSync(join(units, name), `[Unit]\nDescription=${name}\nDefaultDependencies=no\n${body}`);
  }
}

/** What systemd finds wrong with our units, a line each. */
export function verify(folder, ...units) {
  const { said } = run('systemd-analyze', ['verify', '--root', folder, ...units]);
  return said.split('\n').filter((line) => /tutti-/.test(line)).slice(0, 6);
}

/** As systemd-analyze rates a unit: 0 is locked in, 10 is free. */
export function exposure(unit) {
  const { said } = run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
  return Number(/Overall exposure level for .*: ([\d.]+)/.exec(said)?.[1]);
}
