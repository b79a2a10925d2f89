// hub_checks.mjs: the hub's door against bad manners: each is refused in its way, and afterwards the hub serves as before.
import { raw, request, webSocket } from './door_lib.mjs';

const sub = ['tutti.v1'];
const post = (door, target, headers, body, options) => request(door, 'POST', target, [`Origin: https://localhost:${door.port}`, ...headers], body, options);

async function webSockets(door, t) {
  t.equal('no subprotocol is refused', (await webSocket(door, '/sync', [])).status, 400);
  t.equal('an unknown subprotocol is refused', (await webSocket(door, '/sync', ['chat'])).status, 400);
  t.equal('a foreign Origin is refused', (await webSocket(door, '/sync', sub, { origin: 'https://elsewhere.example' })).status, 403);
  t.equal('the own Origin is accepted', (await webSocket(door, '/sync', sub, { origin: `https://localhost:${door.port}` })).status, 101);
  t.equal('a wrong Host is refused', (await webSocket(door, '/sync', sub, { host: 'elsewhere.example' })).status, 403);
  t.equal('another path is refused', (await webSocket(door, '/api/events', sub)).status, 404);
  const text = await webSocket(door, '/sync', sub);
  text.socket.send('M');
  t.equal('a text frame closes with 1003', (await text.next()).closed, 1003);
  const big = await webSocket(door, '/sync', sub);
  big.socket.send(Buffer.alloc(70000, 1));
  t.equal('a message past 64 KiB closes with 1009', (await big.next()).closed, 1009);
  const many = await webSocket(door, '/sync', sub);
  for (let i = 0; i < 80; i++) many.socket.send(Buffer.alloc(1000, 1), { fin: false });
  t.equal('endless fragments close with 1009', (await many.next()).closed, 1009);
}

const upgrade = (kind, ...more) => ['Connection: Upgrade', `Upgrade: ${kind}`, ...more];
async function upgrades(door, t) {
  const h2c = await request(door, 'GET', '/', upgrade('h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'));
  t.equal('an upgrade to h2c is refused', h2c.status, 400);
  t.ok('and the connection with it', !/101/.test(h2c.text), h2c.text.slice(0, 40));
  const preface = await raw(door, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { waitMs: 3000 });
  t.ok('HTTP/2 spoken at once is not answered in kind', preface.status === 0 || preface.status >= 400, preface);
}

async function heads(door, t) {
  t.equal('a wrong Host is 403', (await request(door, 'GET', '/', ['Host: elsewhere.example'])).status, 403);
  t.equal('no Host is 403', (await raw(door, 'GET / HTTP/1.1\r\n\r\n', { until: /\r\n\r\n/ })).status, 403);
  t.equal('a foreign Origin at the API is 403', (await request(door, 'GET', '/api/me', ['Origin: https://elsewhere.example'])).status, 403);
  t.equal('a request from another site is 403', (await request(door, 'GET', '/api/me', ['Sec-Fetch-Site: cross-site'])).status, 403);
  const closed = await request(door, 'GET', '/manifest', ['Connection: close']);
  t.ok('whoever asks to close is told that it closes, as well as that it does', /\r\nConnection: close\r\n/.test(closed.text), closed.text.slice(0, 200));
  t.ok('and nobody else', !/Connection: close/.test((await request(door, 'GET', '/manifest')).text), 'it says close');
  t.equal('two Content-Lengths are 400', (await post(door, '/api/sign-in', ['Content-Length: 2', 'Content-Length: 3'], '{}')).status, 400);
  t.equal('a Content-Length that is no number is 400', (await post(door, '/api/sign-in', ['Content-Length: 2x'], '{}')).status, 400);
  t.equal('a negative Content-Length is 400', (await post(door, '/api/sign-in', ['Content-Length: -1'], '{}')).status, 400);
  const chunked = await post(door, '/api/sign-in', ['Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n');
  t.equal('a chunked body is 411', chunked.status, 411);
  const both = await post(door, '/api/sign-in', ['Transfer-Encoding: chunked', 'Content-Length: 2'], '0\r\n\r\nGET /manifest HTTP/1.1\r\n\r\n');
  t.equal('chunked and a Content-Length together are 400', both.status, 400);
  t.equal('and nothing is smuggled behind it', both.text.match(/HTTP\/1\.1/g)?.length, 1);
  t.equal('no Content-Length is 411', (await post(door, '/api/sign-in', [])).status, 411);
  t.equal('a body of 20 MiB is 413', (await post(door, '/api/sign-in', [`Content-Length: ${20 << 20}`], '{')).status, 413);
  t.equal('DELETE is 405', (await request(door, 'DELETE', '/api/me')).status, 405);
  const huge = await request(door, 'GET', '/', [`X-Much: ${'a'.repeat(20000)}`], '', { waitMs: 3000 });
  t.ok('a head of 20 kB is not served', huge.status !== 200, huge.status);
}

async function paths(door, t) {
  for (const target of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/app/..%2f..%2fetc/passwd', '/..\\..\\etc\\passwd', '/%00', '/.git/config.x']) {
    const answer = await request(door, 'GET', target, ['Accept-Encoding: gzip']);
    t.ok(`${target} leads nowhere`, !/root:/.test(answer.text) && ![500, 101].includes(answer.status), answer.status);
  }
  const page = await request(door, 'GET', '/', ['Accept-Encoding: gzip'], '', { until: /\r\n\r\n/ });
  t.ok('answers carry the content policy', /Content-Security-Policy: default-src 'none'; script-src 'self'/.test(page.text), page.status);
  t.ok('and nosniff, no referrer', /X-Content-Type-Options: nosniff/.test(page.text) && /Referrer-Policy: no-referrer/.test(page.text), page.status);
}

/** The core, as a browser asks that takes brotli, and as one that does not: each with a tag of its own. */
async function forms(door, t) {
  const asking = (coding, ...more) => request(door, 'GET', '/field/core.wasm', [`Accept-Encoding: ${coding}`, ...more], '', { until: /\r\n\r\n/ });
  const said = ({ text }, name) => new RegExp(`\r\n${name}: (.*)\r\n`).exec(text)?.[1];
  const small = await asking('gzip, deflate, br, zstd');
  const large = await asking('gzip, br;q=0');
  const bytes = (answer) => Number(said(answer, 'Content-Length'));
  t.equal('whoever takes brotli is given it', said(small, 'Content-Encoding'), 'br');
  t.equal('and gzip whoever refuses it', said(large, 'Content-Encoding'), 'gzip');
  t.ok('brotli is a tenth smaller', bytes(small) < bytes(large) * 0.9, `${bytes(small)} bytes, not ${bytes(large)}`);
  t.ok('each says that it hangs on what was asked', [small, large].every((one) => said(one, 'Vary') === 'Accept-Encoding'), said(small, 'Vary'));
  t.ok('and has a tag of its own', said(small, 'ETag') !== said(large, 'ETag'), said(small, 'ETag'));
  t.equal('it is not sent twice', (await asking('br', `If-None-Match: ${said(small, 'ETag')}`)).status, 304);
  t.equal('but in another form it is', (await asking('gzip', `If-None-Match: ${said(small, 'ETag')}`)).status, 200);
}

async function field(door, t) {
  const get = (target) => request(door, 'GET', target, ['Accept-Encoding: gzip'], '', { until: /\r\n\r\n/ });
  const moved = await get('/field');
  t.ok('the field app without its slash says where it is', moved.status === 308 && /\r\nLocation: \/field\/\r\n/.test(moved.text), moved.status);
  const short = await get('/selftest');
  t.ok('and the self-test has a short address', short.status === 308 && /\r\nLocation: \/field\/selftest\.html\r\n/.test(short.text), short.status);
  const page = await get('/field/');
  t.ok('the field app is served, and may run the core in a worker', page.status === 200 && /script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; require-trusted-types-for 'script'/.test(page.text), page.text.slice(0, 300));
  const core = await get('/field/core.wasm');
  t.ok('the core comes as WebAssembly', core.status === 200 && /Content-Type: application\/wasm\r\n/.test(core.text), core.status);
  await forms(door, t);
  t.ok('the office page may not run it', !/wasm/.test((await get('/')).text.split('\r\n\r\n')[0]));
  t.equal('what is not there is not the office page', (await get('/field/no.js')).status, 404);
}

// A body that trickles is given up after its deadline (20 s), whatever else goes on.
async function slowBody(door, t) {
  const began = Date.now();
  let timer;
  const trickle = (socket) => {
    socket.write(`POST /api/sign-in HTTP/1.1\r\nHost: localhost:${door.port}\r\nOrigin: https://localhost:${door.port}\r\nContent-Length: 1000\r\n\r\n`);
    timer = setInterval(() => socket.write('x'), 500);
  };
  const answer = await raw(door, trickle, { waitMs: 90_000 });
  clearInterval(timer);
  const seconds = (Date.now() - began) / 1000;
  t.ok('a trickling body is cut off after its deadline', answer.how === 'closed' && seconds > 15 && seconds < 60, { ...answer, seconds });
}

/** What was decrypted with the piece before stands in no socket: on a quiet hub nothing else wakes whoever should read it. */
async function bodies(door, t) {
  const late = [];
  for (let size = 8422; size < 48_000; size += 1237) {
    const body = JSON.stringify({ bytes: 'A'.repeat(size) });
    const { status } = await post(door, '/api/import/part/00112233445566778899aabbccddeeff', ['Content-Type: application/json', `Content-Length: ${body.length}`], body, { waitMs: 5000 });
    if (status === 0) late.push(size);
    if (late.length === 3) break;
  }
  t.equal('a body of any size is read at once, though nobody else speaks', late.join(' '), '');
}

export async function checkHub(door, t) {
  const slow = slowBody(door, t);
  await webSockets(door, t);
  await upgrades(door, t);
  await heads(door, t);
  await paths(door, t);
  await field(door, t);
  const noise = await raw({ port: door.port }, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', { waitMs: 3000 });
  t.ok('plain HTTP at the TLS port is not served', noise.status !== 200, noise.status);
  await slow;
  await bodies(door, t);
  t.equal('afterwards the manifest is served as before', (await request(door, 'GET', '/manifest')).status, 200);
}
