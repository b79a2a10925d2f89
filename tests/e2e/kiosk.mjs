// kiosk.mjs: deploy/kiosk/install.sh into an empty folder: every file, what systemd says of the services, the policy, a second run, the removal.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../deploy/demo/demo.mjs';
import { exposure, filesBelow, furnish, hasSystemd, run, verify } from './installing.mjs';
import { expect } from './stage.mjs';

const script = join(root, 'deploy/kiosk/install.sh');
const program = join(process.env.TUTTI_BIN ?? join(root, 'build/release/bin'), 'tutti-kiosk');
/** As systemd-analyze rates it, times ten: 0 is locked in, 100 is free. */
const exposureMax = 15;

const wanted = {
  'usr/bin/tutti-kiosk': '755',
  'usr/bin/tutti': '755',
  'usr/share/doc/tutti-kiosk/README.md': '644',
  'etc/systemd/system/tutti-kiosk.service': '644',
  'etc/systemd/system/tutti-screen.service': '644',
  'etc/chromium/policies/managed/tutti.json': '644',
  'etc/pam.d/tutti-screen': '644',
  'etc/sysusers.d/tutti-kiosk.conf': '644',
  'etc/systemd/logind.conf.d/tutti-kiosk.conf': '644',
  'etc/sysctl.d/70-tutti-kiosk.conf': '644',
  'etc/udev/rules.d/70-tutti-usb.rules': '644',
  'etc/tutti/kiosk.env': '644',
  'etc/tutti/hub-ca.pem': '644',
};

const install = (...options) => run(script, ['--program', program, ...options]);

async function services(stage, folder) {
  const unit = (name) => join(folder, 'etc/systemd/system', name);
  await stage.shows('both services are enabled, and the ways to another terminal masked', async () => {
    const state = (name) => spawnSync('systemctl', ['--root', folder, 'is-enabled', name], { encoding: 'utf8' }).stdout.trim();
    const states = ['tutti-kiosk.service', 'tutti-screen.service', 'getty@tty1.service', 'ctrl-alt-del.target'].map(state);
    expect(states.join() === 'enabled,enabled,masked,masked', `they are ${states.join(', ')}`);
  });
  await stage.shows('systemd finds nothing wrong with them', async () => {
    furnish(folder, ['cage', 'chromium', 'chvt']);
    const found = verify(folder, 'tutti-kiosk.service', 'tutti-screen.service');
    expect(found.length === 0, found.join('\n'));
  });
  await stage.shows(`the daemon is rated below ${exposureMax / 10} of 10`, async () => {
    const rating = exposure(unit('tutti-kiosk.service'));
    expect(rating * 10 <= exposureMax, `it is rated ${rating}`);
    return rating;
  });
}

export async function kiosk(stage) {
  const folder = stage.demo.path('tablet');
  const ca = stage.demo.path('certs/ca.pem');
  const options = ['--root', folder, '--hub', 'wss://hub.example.org/sync', '--ca', ca];
  await stage.shows('a dry run says what it would do, and does nothing', async () => {
    const { code, said } = install(...options, '--dry-run');
    expect(code === 0 && said.includes('/etc/systemd/system/tutti-kiosk.service') && said.includes('enable tutti-kiosk.service'), said);
    expect(spawnSync('ls', [folder]).status !== 0, 'the folder is there');
  });
  await stage.shows('an address that is none, and a program that is not there, are refused, and nothing is done', async () => {
    const bad = install('--root', folder, '--hub', 'the hub; reboot');
    const missing = spawnSync(script, ['--root', folder, '--program', '/nowhere/tutti-kiosk'], { encoding: 'utf8' });
    expect(bad.code === 1 && /not the address of a hub/.test(bad.said) && missing.status === 1 && /there is no tutti-kiosk/.test(missing.stderr), `${bad.said} ${missing.stderr}`);
    expect(spawnSync('ls', [folder]).status !== 0, 'the folder is there');
  });
  await stage.shows('it installs every file, with its mode', async () => {
    const { code, said } = install(...options);
    expect(code === 0, said);
    for (const [name, mode] of Object.entries(wanted)) expect((statSync(join(folder, name)).mode & 0o777).toString(8) === mode, `${name} has not mode ${mode}`);
    const more = filesBelow(folder).filter((name) => !(name in wanted));
    expect(more.length === 0, `there is more: ${more.join(', ')}`);
  });
  const text = (name) => readFileSync(join(folder, name), 'utf8');
  await stage.shows('the device is told its hub and whose certificates to trust, as tutti-kiosk takes them', async () => {
    const given = /^TUTTI_KIOSK_OPTIONS=(.*)$/m.exec(text('etc/tutti/kiosk.env'))[1];
    expect(given === '--hub wss://hub.example.org/sync --ca /etc/tutti/hub-ca.pem', given);
    execFileSync(program, [...given.split(' '), '--version']);
  });
  await stage.shows('the browser reaches the daemon’s port and nothing else', async () => {
    const policy = JSON.parse(text('etc/chromium/policies/managed/tutti.json'));
    const port = /--port (\d+)/.exec(text('etc/systemd/system/tutti-kiosk.service'))[1];
    expect(policy.URLBlocklist.join() === '*' && policy.URLAllowlist.join() === `127.0.0.1:${port}` && text('etc/systemd/system/tutti-screen.service').includes(` http://127.0.0.1:${port}/\n`), 'another port is allowed');
    const locked = { DeveloperToolsAvailability: 2, DownloadRestrictions: 3, AllowFileSelectionDialogs: false, PrintingEnabled: false, PasswordManagerEnabled: false, IncognitoModeAvailability: 1 };
    for (const [name, value] of Object.entries(locked)) expect(policy[name] === value, `${name} is ${policy[name]}`);
  });
  if (hasSystemd()) await services(stage, folder);
  await stage.shows('a second run changes nothing, keeps a setting made by hand, and a keyboard is let in when asked for', async () => {
    writeFileSync(join(folder, 'etc/tutti/kiosk.env'), 'TUTTI_KIOSK_OPTIONS=--log debug\n');
    const { code, said } = install('--root', folder, '--usb-keyboard');
    expect(code === 0 && /--log debug/.test(text('etc/tutti/kiosk.env')), said);
    expect(!filesBelow(folder).includes('etc/udev/rules.d/70-tutti-usb.rules'), 'the keyboard is still left alone');
  });
  await stage.shows('the removal leaves the settings and the records, and nothing else of ours', async () => {
    const records = join(folder, 'var/lib/private/tutti-kiosk');
    mkdirSync(records, { recursive: true });
    writeFileSync(join(records, 'device.db'), 'sealed');
    const { code, said } = install('--root', folder, '--remove');
    expect(code === 0 && /not thrown away/.test(said), said);
    const left = filesBelow(folder).filter((name) => name in wanted || name.includes('tutti'));
    expect(left.join() === 'etc/tutti/hub-ca.pem,etc/tutti/kiosk.env,var/lib/private/tutti-kiosk/device.db', left.join());
  });
}
