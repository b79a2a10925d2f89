// doors.mjs: doors.mjs BIN: starts the real hub and the real kiosk and knocks at both with bad manners; they must end cleanly afterwards.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { free_port as freePort } from '../../../deploy/demo/demo.mjs';
import { Tally, patienceMs, request, root, stop, until, webSocket } from './door_lib.mjs';
import { checkHub } from './hub_checks.mjs';
import { checkKiosk } from './kiosk_checks.mjs';

const bin = process.argv[2];
const work = mkdtempSync(path.join(os.tmpdir(), 'tutti-doors-'));
const t = new Tally();
const children = [];

// Starts a program and waits until it says that it is ready.
async function start(name, args) {
  const child = spawn(path.join(bin, name), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(child);
  child.said = '';
  child.stderr.setEncoding('utf8').on('data', (d) => (child.said += d));
  child.logged = async (what) => {
    t.ok(`${name} says ${what}`, await until(() => what.test(child.said)), child.said.slice(-400));
  };
  await until(() => child.exitCode !== null || / ready at /.test(child.said));
  if (!/ ready at /.test(child.said)) throw new Error(`${name} did not start: ${child.said}`);
  return child;
}

function says(what, name, args, code, sentence) {
  const run = spawnSync(path.join(bin, name), args, { encoding: 'utf8', timeout: patienceMs });
  t.ok(what, run.status === code && sentence.test(run.stderr), { status: run.status, stderr: run.stderr });
}

// A hub that runs takes renewed keys when it is told to, and parts from whoever began under the old ones.
async function renewedKeys(child, door, data) {
  const manifest = async () => (await request(door, 'GET', '/manifest', ['Connection: close'], '', { until: undefined })).text.replace(/^[^]*?\r\n\r\n/, '');
  const before = await manifest();
  const line = await webSocket(door, '/sync', ['tutti.v1']);
  child.kill('SIGHUP');
  await child.logged(/certificate read again/);
  t.ok('SIGHUP without new keys changes nothing', (await manifest()) === before && line.socket.readyState === 1, line.socket.readyState);
  execFileSync(path.join(bin, 'tutti-server'), ['keys', 'rotate', '--data', data, '--noise', '--intake', '--signing']);
  t.ok('renewed keys wait for SIGHUP', (await manifest()) === before, '');
  child.kill('SIGHUP');
  await child.logged(/keys read again manifest=2/);
  t.ok('then the manifest is the new one', (await manifest()) !== before, '');
  t.ok('and old lines are closed', (await line.next()).closed !== undefined, '');
  t.equal('a new one is taken', (await webSocket(door, '/sync', ['tutti.v1'])).status, 101);
}

// Whoever guesses from behind the proxy is limited by the address the proxy added, whatever they wrote in front of it.
async function behindProxy(door) {
  const guess = async (name, forwarded) => {
    const body = JSON.stringify({ name, password: 'not the password' });
    const headers = ['Origin: https://localhost:' + door.port, 'Content-Type: application/json', `Content-Length: ${body.length}`, `X-Forwarded-For: ${forwarded}`, 'Connection: close'];
    return (await request(door, 'POST', '/api/sign-in', headers, body)).status;
  };
  const long = `${'198.51.100.1, '.repeat(60)}203.0.113.9`;
  const first = await Promise.all(Array.from({ length: 30 }, (_, i) => guess(`nobody ${i}`, long)));
  t.equal('thirty guesses from one address are heard', first.filter((status) => status === 401).length, 30);
  t.equal('and the next is told to wait', await guess('nobody else', long), 429);
  t.equal('as is one that says less', await guess('nobody else', '203.0.113.9'), 429);
  t.equal('somebody from elsewhere is heard', await guess('nobody else', '203.0.113.10'), 401);
}

// The office's pages have the renewed keys as well, without a restart: here, who reads concerns.
async function renewedReaders(child, door, data) {
  const server = (args, input) => execFileSync(path.join(bin, 'tutti-server'), [...args, '--data', data], { input, stdio: ['pipe', 'ignore', 'inherit'] });
  const password = 'made up for this test';
  server(['user', 'add', '--name', 'sam', '--role', 'safeguarding', '--password-stdin'], `${password}\n`);
  const body = JSON.stringify({ name: 'sam', password });
  const signedIn = await request(door, 'POST', '/api/sign-in', [`Origin: https://localhost:${door.port}`, 'Content-Type: application/json', `Content-Length: ${body.length}`, 'Connection: close'], body);
  const cookie = /set-cookie: ([^;]+)/i.exec(signedIn.text)?.[1];
  const readers = async () => JSON.parse((await request(door, 'GET', '/api/concerns', [`Cookie: ${cookie}`, 'Connection: close'])).text.replace(/^[^]*?\r\n\r\n/, '')).readers?.length;
  t.equal('nobody reads concerns yet', await readers(), 0);
  server(['safeguarding-key', 'add', '--name', 'Safeguarding lead', '--public', '5'.repeat(64)]);
  child.kill('SIGHUP');
  await child.logged(/keys read again manifest=3/);
  t.equal('the page hears of a new reader at SIGHUP', await readers(), 1);
}

async function hub() {
  const certs = path.join(work, 'certs');
  execFileSync(path.join(root, 'certs/make-dev-ca.sh'), [certs], { stdio: 'ignore' });
  const file = (name) => path.join(certs, name);
  const data = path.join(work, 'hub');
  const port = await freePort();
  execFileSync(path.join(bin, 'tutti-server'), ['init', '--data', data, '--name', 'Test', '--port', String(port), '--host', 'localhost', '--second-step', 'optional', '--cert', file('server.pem'), '--key', file('server.key')]);
  const conf = path.join(data, 'hub.conf');
  writeFileSync(conf, readFileSync(conf, 'utf8').replace('proxy = ""', 'proxy = "127.0.0.1"'));
  const child = await start('tutti-server', ['run', '--data', data, '--port', String(port)]);
  const door = { port, ca: readFileSync(file('ca.pem')) };
  await checkHub(door, t);
  await behindProxy(door);
  await renewedKeys(child, door, data);
  await renewedReaders(child, door, data);
  says('a second hub in the directory says so', 'tutti-server', ['run', '--data', data, '--port', String(port)], 4, /in use by process \d+/);
  const beside = path.join(work, 'hub-beside');
  execFileSync(path.join(bin, 'tutti-server'), ['init', '--data', beside, '--name', 'Beside', '--port', String(port), '--cert', file('server.pem'), '--key', file('server.key')]);
  says('a second hub on the port says so', 'tutti-server', ['run', '--data', beside], 5, /port \d+ is in use/);
  writeFileSync(path.join(work, 'junk.pem'), 'junk');
  const other = String(await freePort());
  says('a certificate that is none is named', 'tutti-server', ['run', '--data', beside, '--port', other, '--cert', path.join(work, 'junk.pem')], 5, /junk\.pem/);
  t.equal('the hub is still up', child.exitCode, null);
  t.equal('and ends cleanly when told to', await stop(child), 0);
}

async function kiosk() {
  const port = await freePort();
  const data = path.join(work, 'kiosk');
  const args = ['--data', data, '--port', String(port), '--offline'];
  const child = await start('tutti-kiosk', args);
  await checkKiosk({ port }, t);
  says('a second kiosk on the port says so', 'tutti-kiosk', ['--data', path.join(work, 'other'), '--port', String(port)], 3, /port \d+ is in use/);
  says('a second kiosk on the data says who has it', 'tutti-kiosk', ['--data', data, '--port', String(await freePort())], 4, new RegExp(`process ${child.pid}`));
  says('an unknown option is named', 'tutti-kiosk', ['--dta', data], 2, /'--dta'/);
  writeFileSync(path.join(work, 'junk.pem'), 'junk');
  says('a CA file without a certificate is named', 'tutti-kiosk', [...args, '--ca', path.join(work, 'junk.pem')], 5, /junk\.pem/);
  t.equal('the kiosk is still up', child.exitCode, null);
  t.equal('and ends cleanly when told to', await stop(child), 0);
}

try {
  await Promise.all([hub(), kiosk()]);
} catch (error) {
  t.ok('the programs start', false, String(error));
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
  t.finish();
}
process.exit();
