// kiosk_checks.mjs: the kiosk's door against bad manners, and the few good ones it has.
import { raw, request, until, webSocket } from './door_lib.mjs';

const sub = ['tutti.call.v1'];
const msgpack = (id, word) => Buffer.concat([Buffer.from([0x93, id, 0xa0 | word.length]), Buffer.from(word), Buffer.from([0x80])]);

// A page for which there is no place is let in and closed at once.
async function isServed(door, origin) {
  const page = await webSocket(door, '/call', sub, { origin });
  page.socket?.send(msgpack(9, 'device.status'));
  const reply = page.socket ? await page.next() : null;
  page.socket?.terminate();
  return reply?.[1] === 9;
}

async function calls(door, t) {
  const origin = `http://localhost:${door.port}`;
  t.equal('no subprotocol is refused', (await webSocket(door, '/call', [])).status, 400);
  t.equal('an unknown subprotocol is refused', (await webSocket(door, '/call', ['chat'])).status, 400);
  t.equal('a foreign Origin is refused', (await webSocket(door, '/call', sub, { origin: 'http://elsewhere.example' })).status, 403);
  t.equal('the loopback Origin of another port is refused', (await webSocket(door, '/call', sub, { origin: 'http://localhost:1' })).status, 403);
  t.equal('a foreign Host is refused', (await webSocket(door, '/call', sub, { host: 'elsewhere.example' })).status, 403);
  t.equal('another path is refused', (await webSocket(door, '/', sub, { origin })).status, 404);
  const page = await webSocket(door, '/call', sub, { origin });
  t.equal('a page of ours is let in', page.status, 101);
  page.socket.send(msgpack(7, 'device.status'));
  const reply = await page.next();
  t.ok('a call is answered: [7, 0, …]', reply[0] === 0x93 && reply[1] === 7 && reply[2] === 0, [...reply.subarray(0, 8)]);
  page.socket.send(msgpack(8, 'no.such.word'));
  t.ok('an unknown command is a failed reply: [8, 1, …]', (await page.next()).subarray(0, 3).equals(Buffer.from([0x93, 8, 1])), '');
  page.socket.send('text');
  t.equal('a text frame closes with 1003', (await page.next()).closed, 1003);
  const big = await webSocket(door, '/call', sub, { origin });
  big.socket.send(Buffer.alloc(8 * 1048576 + 1));
  t.equal('a call past its ceiling closes with 1009', (await big.next()).closed, 1009);
  const crowd = [];
  for (let i = 0; i < 20; i++) crowd.push(await webSocket(door, '/call', sub, { origin }));
  const open = () => crowd.filter((p) => p.socket?.readyState === 1).length;
  await until(() => open() <= 16);
  t.equal('sixteen pages are let in and no more', open(), 16);
  for (const p of crowd) p.socket?.terminate();
  t.ok('their places are free again', await until(() => isServed(door, origin)), '');
}

async function pages(door, t) {
  const gzip = ['Accept-Encoding: gzip'];
  const head = { until: /\r\n\r\n/ };
  const home = await request(door, 'GET', '/', gzip, '', head);
  t.equal('the app is served', home.status, 200);
  t.ok('with its content policy', /Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';/.test(home.text), home.text);
  const etag = /ETag: (\S+)/.exec(home.text)?.[1];
  t.equal('and not sent twice', (await request(door, 'GET', '/', [...gzip, `If-None-Match: ${etag}`], '', head)).status, 304);
  t.equal('HEAD sends no body', (await request(door, 'HEAD', '/', gzip, '', head)).status, 200);
  t.equal('a foreign Host is 403', (await request(door, 'GET', '/', ['Host: elsewhere.example'])).status, 403);
  t.equal('a Host without the port is 403', (await request(door, 'GET', '/', ['Host: localhost'])).status, 403);
  t.equal('a foreign Origin is 403', (await request(door, 'GET', '/', ['Origin: http://elsewhere.example'])).status, 403);
  t.equal('POST is 405', (await request(door, 'POST', '/', ['Content-Length: 0'])).status, 405);
  t.equal('a browser without gzip is told so', (await request(door, 'GET', '/', ['Accept-Encoding: br'])).status, 406);
  t.equal('an upgrade to h2c is refused', (await request(door, 'GET', '/', ['Connection: Upgrade', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'])).status, 400);
  for (const target of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/nothing.js', '/%00.x']) {
    const answer = await request(door, 'GET', target, gzip);
    t.ok(`${target} leads nowhere`, !/root:/.test(answer.text) && [0, 200, 403, 404].includes(answer.status), answer.status);
  }
  const chunked = await raw(door, `POST / HTTP/1.1\r\nHost: localhost:${door.port}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: localhost:${door.port}\r\n\r\n`);
  t.equal('nothing is smuggled behind a chunked body', chunked.text.match(/HTTP\/1\.1/g)?.length, 1);
}

export async function checkKiosk(door, t) {
  await calls(door, t);
  await pages(door, t);
}
