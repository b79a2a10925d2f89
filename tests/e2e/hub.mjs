// hub.mjs: deploy/hub/install.sh into an empty folder, a hub made as its README says, a renewed certificate, backups, a restore, a proxy in front, the removal.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { free_port, root, until } from '../../deploy/demo/demo.mjs';
import { exposure, filesBelow, furnish, hasSystemd, run, verify } from './installing.mjs';
import { expect } from './stage.mjs';

const script = join(root, 'deploy/hub/install.sh');
const program = join(process.env.TUTTI_BIN ?? join(root, 'build/release/bin'), 'tutti-server');
const exposureMax = 2;
const daySeconds = 86_400;

const wanted = {
  'usr/bin/tutti-server': '755',
  'usr/bin/tutti-hub-backup': '755',
  'usr/share/doc/tutti-hub/README.md': '644',
  'usr/share/doc/tutti-hub/nginx.conf': '644',
  'etc/systemd/system/tutti-hub@.service': '644',
  'etc/systemd/system/tutti-hub-backup@.service': '644',
  'etc/systemd/system/tutti-hub-backup@.timer': '644',
  'etc/sysusers.d/tutti-hub.conf': '644',
  'etc/tmpfiles.d/tutti-hub.conf': '644',
  'etc/letsencrypt/renewal-hooks/deploy/tutti-hub': '755',
};

async function installed(stage, folder) {
  await stage.shows('a dry run says what it would do, and does nothing', async () => {
    const { code, said } = run(script, ['--program', program, '--root', folder, '--dry-run']);
    expect(code === 0 && said.includes('/etc/systemd/system/tutti-hub@.service'), said);
    expect(!existsSync(folder), 'the folder is there');
  });
  await stage.shows('a program that is not there is refused, and nothing is done', async () => {
    const { code, said } = run(script, ['--root', folder, '--program', '/nowhere/tutti-server']);
    expect(code === 1 && /there is no tutti-server at \/nowhere/.test(said) && !existsSync(folder), said);
  });
  await stage.shows('it installs every file, with its mode, and a second time the same', async () => {
    for (let i = 0; i < 2; i++) {
      const { code, said } = run(script, ['--program', program, '--root', folder]);
      expect(code === 0, said);
      for (const [name, mode] of Object.entries(wanted)) expect((statSync(join(folder, name)).mode & 0o777).toString(8) === mode, `${name} has not mode ${mode}`);
      expect(filesBelow(folder).join() === Object.keys(wanted).sort().join(), filesBelow(folder).join());
    }
  });
  if (!hasSystemd()) return;
  await stage.shows('systemd finds nothing wrong with the units, and the hub is locked in', async () => {
    furnish(folder, []);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'bin/kill'), '', { mode: 0o755 });
    const found = verify(folder, 'tutti-hub@county.service', 'tutti-hub-backup@county.service', 'tutti-hub-backup@county.timer');
    expect(found.length === 0, found.join('\n'));
    const ratings = ['tutti-hub@.service', 'tutti-hub-backup@.service'].map((name) => exposure(join(folder, 'etc/systemd/system', name)));
    expect(ratings.every((rating) => rating <= exposureMax), `they are rated ${ratings}`);
    return ratings.join(' and ');
  });
}

/** A hub of its own, empty, as the README makes one. */
async function made(stage, folder) {
  const hubs = join(folder, 'var/lib/tutti-hub');
  const data = join(hubs, 'county');
  const certificates = join(folder, 'etc/tutti-hub');
  mkdirSync(hubs, { recursive: true });
  const port = await free_port();
  await stage.shows('a renewed certificate goes to the hub of that name, its key for nobody else to read', async () => {
    const init = run(program, ['init', '--data', data, '--name', 'County', '--host', 'localhost', '--port', String(port), '--second-step', 'optional', '--cert', join(certificates, 'county.pem'), '--key', join(certificates, 'county.key')]);
    expect(init.code === 0, init.said);
    const lineage = join(folder, 'lineage');
    mkdirSync(lineage);
    writeFileSync(join(lineage, 'fullchain.pem'), readFileSync(stage.demo.path('certs/server.pem')));
    writeFileSync(join(lineage, 'privkey.pem'), readFileSync(stage.demo.path('certs/server.key')));
    const renew = (names) => run(join(folder, 'etc/letsencrypt/renewal-hooks/deploy/tutti-hub'), [], { RENEWED_LINEAGE: lineage, RENEWED_DOMAINS: names, TUTTI_HUBS: hubs, TUTTI_CERTIFICATES: certificates });
    const other = renew('elsewhere.example');
    expect(other.code === 0 && !existsSync(join(certificates, 'county.pem')), other.said);
    const ours = renew('www.localhost localhost');
    expect(ours.code === 0 && /county has its new certificate/.test(ours.said), ours.said);
    expect((statSync(join(certificates, 'county.key')).mode & 0o777) === 0o640, 'the key is open');
  });
  return { data, port, hubs };
}

const copies = (folder) => readdirSync(folder).sort();

async function backups(stage, folder, { data, hubs }) {
  const backup = (...words) => run(join(folder, 'usr/bin/tutti-hub-backup'), words, { TUTTI_SERVER: program });
  const kept = join(folder, 'var/backups/tutti-hub/county');
  const now = Date.UTC(2026, 10, 27, 2, 31, 5) / 1000;
  await stage.shows('a backup has its name when it is whole; one that is too old goes, and never the newest', async () => {
    mkdirSync(join(kept, '2026-10-01T023105.part'), { recursive: true, mode: 0o700 });
    for (const days of [40, 31, 29, 0]) {
      const { code, said } = backup(data, kept, '--now', String(now - days * daySeconds));
      expect(code === 0, said);
    }
    const names = copies(kept);
    expect(names.join() === '2026-10-29T023105,2026-11-27T023105', names.join());
    expect((statSync(join(kept, names[0])).mode & 0o777) === 0o700, 'others may look into the copy');
    const lone = backup(data, kept, '--now', String(now + 99 * daySeconds));
    expect(lone.code === 0 && copies(kept).length === 1, `${copies(kept)}: ${lone.said}`);
  });
  await stage.shows('one that fails leaves the others alone, and says why', async () => {
    const again = backup(data, kept, '--now', String(now + 99 * daySeconds));
    const nowhere = backup(join(hubs, 'nobody'), kept);
    const wrong = backup(data);
    expect(again.code === 1 && /is there already/.test(again.said), again.said);
    expect(nowhere.code === 1 && /holds no hub/.test(nowhere.said) && wrong.code === 2, `${nowhere.said} ${wrong.said}`);
    expect(copies(kept).length === 1, copies(kept).join());
  });
  await stage.shows('a hub is made from it again, and holds the same', async () => {
    const drill = join(hubs, 'drill');
    const restored = run(program, ['restore', '--data', drill, join(kept, copies(kept)[0])]);
    expect(restored.code === 0, restored.said);
    const [is, was] = [drill, data].map((place) => JSON.parse(run(program, ['status', '--data', place, '--json']).said));
    expect(is.digest === was.digest && is.digest.length === 64, `${is.digest} is not ${was.digest}`);
  });
}

/** A sign-in with a wrong password, as a proxy passes it on: its status. */
function signIn(port, ca, name, from) {
  const { code, said } = run('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', ca, '-H', `X-Forwarded-For: 10.1.2.3, ${from}`, '-H', `Origin: https://localhost:${port}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify({ name, password: 'not the password' }), `https://localhost:${port}/api/sign-in`]);
  expect(code === 0, said);
  return Number(said);
}

async function proxied(stage, { data, port }) {
  const ca = stage.demo.path('certs/ca.pem');
  const conf = join(data, 'hub.conf');
  writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^proxy = ""$/m, 'proxy = "127.0.0.1"'), { mode: 0o600 });
  const hub = spawn(program, ['run', '--data', data, '--address', '127.0.0.1'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => hub.on('exit', done));
  try {
    await until('the hub to listen', () => run('curl', ['-fsS', '-o', '/dev/null', '--cacert', ca, `https://localhost:${port}/manifest`]).code === 0);
    await stage.shows('behind a proxy, who guesses too often is kept waiting by address, and nobody beside them', async () => {
      let tries = 0;
      while (signIn(port, ca, `nobody${tries}`, '203.0.113.7') === 401) expect(++tries < 100, 'a hundred guesses from one address were answered');
      const [same, other] = [signIn(port, ca, 'somebody', '203.0.113.7'), signIn(port, ca, 'somebody', '198.51.100.4')];
      expect(same === 429 && other === 401, `the same address ${same}, another ${other}`);
      return `after ${tries}`;
    });
  } finally {
    hub.kill('SIGTERM');
    await ended;
  }
}

export async function hub(stage) {
  const folder = stage.demo.path('server');
  await installed(stage, folder);
  const place = await made(stage, folder);
  await backups(stage, folder, place);
  await proxied(stage, place);
  await stage.shows('the removal leaves hubs, backups and certificates, and nothing else of ours', async () => {
    const { code, said } = run(script, ['--root', folder, '--remove']);
    expect(code === 0 && /The hubs stay/.test(said), said);
    const left = filesBelow(folder).filter((name) => name in wanted);
    expect(left.length === 0, left.join());
    expect(existsSync(join(place.data, 'hub.db')) && existsSync(join(folder, 'etc/tutti-hub/county.pem')), 'a hub is gone');
  });
}
