// hub.mjs: a real hub with a small made-up county, started and driven through its own commands and its office interface.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { free_port as freePort } from '../../deploy/demo/demo.mjs';
import { request, root, stop } from '../contract/net/door_lib.mjs';

const password = 'a long password for a test';

export class Hub {
  static async make(bin) {
    const hub = new Hub();
    Object.assign(hub, { bin, work: mkdtempSync(path.join(os.tmpdir(), 'tutti-reader-')), port: await freePort() });
    execFileSync(path.join(root, 'certs/make-dev-ca.sh'), [hub.file('certs')], { stdio: 'ignore' });
    hub.ca = readFileSync(hub.file('certs/ca.pem'));
    const tls = ['--cert', hub.file('certs/server.pem'), '--key', hub.file('certs/server.key')];
    hub.command('init', '--name', 'Reader', '--second-step', 'optional', '--host', 'localhost', '--port', String(hub.port), ...tls);
    execFileSync(path.join(bin, 'tutti-server'), ['sample', '--learners', '120', '--seed', '5', '--out', hub.file('sample')], { stdio: 'ignore' });
    hub.share('S001', 'S002');
    hub.command('import', '--apply', hub.file('sample'));
    hub.command({ input: `${password}\n` }, 'user', 'add', '--name', 'office', '--role', 'office', '--password-stdin');
    await hub.start();
    return hub;
  }
  /** Whatever one member of staff is granted, another is too: two authors of one register. */
  share(one, other) {
    const file = this.file('sample/grants.csv');
    const lines = readFileSync(file, 'utf8').split('\r\n').filter((line) => line.startsWith(`"${one}"`));
    appendFileSync(file, lines.map((line) => `${line.replace(one, other)}\r\n`).join(''));
  }
  file(name) {
    return path.join(this.work, name);
  }
  /** A command of tutti-server on this hub's data; gives what it prints. */
  command(...args) {
    const options = typeof args[0] === 'object' ? args.shift() : {};
    const [command, sub, ...rest] = args;
    const words = command === 'user' ? [command, sub, '--data', this.file('hub'), ...rest] : [command, '--data', this.file('hub'), ...args.slice(1)];
    return execFileSync(path.join(this.bin, 'tutti-server'), words, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], ...options });
  }
  async start() {
    this.child = spawn(path.join(this.bin, 'tutti-server'), ['run', '--data', this.file('hub'), '--port', String(this.port)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    await new Promise((ready, fail) => {
      this.child.stderr.setEncoding('utf8').on('data', (d) => / ready at /.test((said += d)) && ready());
      this.child.on('exit', () => fail(new Error(`the hub did not start: ${said}`)));
    });
  }
  enrolLink(...staff) {
    return JSON.parse(this.command('enrol', '--json', '--name', 'A reader', ...staff.flatMap((s) => ['--staff', s]))).link;
  }
  /** One request on a connection of its own: { status, head, body }. */
  async request(method, target, body, headers = []) {
    const text = body ? JSON.stringify(body) : '';
    const sent = [`Origin: https://localhost:${this.port}`, 'Connection: close', ...(body ? ['Content-Type: application/json', `Content-Length: ${text.length}`] : []), ...headers];
    const answer = await request({ port: this.port, ca: this.ca }, method, target, sent, text, { until: /$^/, waitMs: 120000 });
    const end = answer.text.indexOf('\r\n\r\n');
    return { status: answer.status, head: answer.text.slice(0, end), body: Buffer.from(answer.text.slice(end + 4), 'latin1') };
  }
  /** The office's view of something, signed in. */
  async office(target) {
    if (!this.cookie) {
      const { head } = await this.request('POST', '/api/sign-in', { name: 'office', password });
      this.cookie = /^set-cookie: ([^;]+)/im.exec(head)[1];
    }
    const { body } = await this.request('GET', target, null, [`Cookie: ${this.cookie}`]);
    return JSON.parse(body);
  }
  async halt() {
    if (this.child) await stop(this.child);
    this.child = null;
  }
  async finish() {
    await this.halt();
    rmSync(this.work, { recursive: true, force: true });
  }
}
