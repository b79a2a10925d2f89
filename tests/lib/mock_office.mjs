// mock_office.mjs: the hub's office interface over the data of mock_data.mjs, so that office pages can be drawn without a hub.
// Usage: node tests/lib/mock_office.mjs --web DIR [--port P]. Test data only; any name with the password "let me in" signs in.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveFolder } from './mock_daemon.mjs';
import { learners, todaySessions } from './mock_data.mjs';

const at = (hours, minutes, day = 21) => Date.UTC(2026, 10, day, hours, minutes);
const states = ['closed', 'open', 'due', 'upcoming', 'upcoming', 'missing'];

function codeFor(index, state) {
  if (state === 'upcoming' || state === 'due' || state === 'missing' || state === 'cancelled') return null;
  if (index % 17 === 4) return 'L';
  if (index % 13 === 1) return 'AU';
  if (index % 29 === 7) return 'AN';
  return state === 'open' && index > 40 ? null : 'P';
}

const registers = todaySessions.slice(0, 5).map((session, index) => {
  const state = session.status === 'cancelled' ? 'cancelled' : states[index];
  const rows = session.rows.map((row, place) => {
    const code = codeFor(place, state);
    const version = (more) => ({ code, arrived: code === 'L' ? 612 : null, amend_reason: null, author_name: 'Viola Minim', device_name: 'Hall B kiosk', written_at: at(10, place % 9), received_at: at(10, 10), in_use: true, ...more });
    const conflict = place === 4 && state === 'open';
    const history = code === null ? [] : conflict ? [version({}), version({ code: 'AU', arrived: null, author_name: 'Arpége Minim', device_name: 'Arpége’s phone', in_use: false })] : [version({})];
    const { code: _, ...rest } = row;
    return { ...rest, ...(code ? version({}) : { code: null }), conflict, history };
  });
  const count = (codes) => rows.filter((row) => codes.includes(row.code)).length;
  const totals = { here: count(['P']), late: count(['L']), away: count(['AU', 'AN']), event: count(['SE']), unmarked: count([null]), of: rows.length };
  const { rows: _, solo: __, ...item } = session;
  return { ...item, session: session.id, state, totals, rows, staff_names: ['Viola Minim'], updated_at: totals.unmarked < totals.of ? at(10, 10) : null, register_history: state === 'closed' ? [{ state: 'open', author_name: 'Viola Minim', device_name: 'Hall B kiosk', written_at: at(10, 0) }, { state: 'closed', reason: null, author_name: 'Viola Minim', device_name: 'Hall B kiosk', written_at: at(10, 9) }] : [] };
});

const devices = [
  ['Hall B kiosk', 'kiosk', true, at(10, 10), 0, 0, 240],
  ['Viola’s phone', 'phone', false, at(18, 40, 20), 1, 0, -190000],
  ['Riverside tablet', 'phone', false, at(15, 2, 12), 0, 2, 0],
].map(([name, kind, online, contact, held, quarantined, skew], index) => ({ id: `9${index}`.padEnd(32, '0'), name, kind, status: 'active', enrolled_at: at(9, 0, 2), last_contact_at: contact, last_bundle_seq: 41 - index, last_receipt_at: contact, skew_ms: skew, program: '1.0.0', online, staff_names: ['Viola Minim'], held, quarantined }));

function answer(method, path, body, signedIn) {
  if (method === 'POST' && path === '/api/sign-in') return body.password === 'let me in' ? [200, { name: body.name, role: 'office' }] : [401, { code: 'WRONG_SECRET', text: 'the password or PIN is wrong', wait_ms: 0 }];
  if (!signedIn) return [401, { code: 'FORBIDDEN', text: 'Sign in first.' }];
  if (path === '/api/me') return [200, { name: 'Carol Stave', role: 'office', roles: ['office'], limited: false, expires_at: Date.now() + 43_200_000, idle_ms: 1_800_000, hub_name: 'Sample Music Hub', csrf: 'mock' }];
  if (path === '/api/today') {
    const counts = { due: 0, open: 0, closed: 0, missing: 0, upcoming: 0, cancelled: 0 };
    registers.forEach((one) => (counts[one.state] += 1));
    return [200, { date: '2026-11-21', counts, late: 0, total: registers.length, next: null, registers: registers.map(({ rows: _, totals, ...one }) => ({ ...one, ...totals })) }];
  }
  if (path === '/api/work/counts') return [200, { all: 0, urgent: 0, conflicts: 0, duplicates: 0, missing: 0, quarantine: 0, held: 0, most: 2000 }];
  if (path === '/api/work') return [200, { items: [], next: null, total: 0 }];
  if (path === '/api/stay') return [200, {}];
  if (path === '/api/devices') return [200, { devices }];
  if (path === '/api/learners/search') {
    const fold = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    const found = learners.filter((one) => fold(one.name).includes(fold(body.q ?? '')));
    const start = body.after ? found.findIndex((one) => one.id === body.after) + 1 : 0;
    const page = found.slice(start, start + 50);
    return [200, { learners: page, next: start + 50 < found.length ? page.at(-1).id : null, total: found.length }];
  }
  const [, , kind, id] = path.split('/');
  if (kind === 'registers') {
    const found = registers.find((one) => one.session === id);
    if (found) return [200, found];
  }
  if (kind === 'learners') {
    const found = learners.find((one) => one.id === id);
    if (found) return [200, { ...found, known_name: null, attendance: { here: found.here, away: found.away } }];
  }
  return [404, { code: 'NOT_FOUND', text: 'There is no such thing.' }];
}

export function startMockOffice({ web, port }) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const signedIn = /mock=in/.test(request.headers.cookie ?? '');
    if (!pathname.startsWith('/api/')) return serveFolder(join(web, 'office'), request, response, true);
    if (pathname === '/api/events') {
      response.writeHead(signedIn ? 200 : 401, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      return signedIn ? response.write('event: heartbeat\ndata: {}\n\n') : response.end();
    }
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {};
      const [status, result] = answer(request.method, pathname, body, signedIn);
      const cookie = pathname === '/api/sign-out' ? 'out' : pathname === '/api/sign-in' && status === 200 ? 'in' : null;
      response.writeHead(status, { 'content-type': 'application/json', ...(cookie ? { 'set-cookie': `mock=${cookie}; Path=/; HttpOnly` } : {}) }).end(JSON.stringify(result));
    });
    return undefined;
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const value = (name) => process.argv[process.argv.indexOf(name) + 1];
  const { url } = await startMockOffice({ web: value('--web'), port: process.argv.includes('--port') ? Number(value('--port')) : 0 });
  console.log(url);
}
