// mock_daemon.mjs: the kiosk's door in one Node process over in-memory data, so that screens can be drawn without a kiosk.
// Usage: node tests/lib/mock_daemon.mjs --web DIR [--port P] [--fresh] [--unlocked] [--troubled]. Test data only; nothing is stored.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activities, learners, outcomes, staff, todaySessions } from './mock_data.mjs';

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), '../../shared/ui/package.json'));
const { decode, encode } = require('@msgpack/msgpack');
const { WebSocketServer } = require('ws');

export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json' };
const undoMax = 10;

/** Serves one built face with the headers of the daemons. `fallback` answers clean URLs with index.html. */
export function serveFolder(folder, request, response, fallback) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  const file = join(folder, path === '/' ? 'index.html' : path);
  const found = existsSync(file) && extname(file) !== '' ? file : fallback ? join(folder, 'index.html') : null;
  if (!found) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream', 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' });
  response.end(readFileSync(found));
}

class Refusal extends Error {
  constructor(code, text, more = {}) {
    super(text);
    this.failure = { code, text, ...more };
  }
}

class Mock {
  constructor({ fresh, unlocked, troubled }) {
    this.troubled = troubled;
    this.enrolled = !fresh;
    this.setup = false;
    this.staff = structuredClone(staff);
    if (fresh) this.staff = this.staff.slice(0, 2).map((one) => ({ ...one, has_pin: false }));
    this.unlocked = unlocked ? this.staff[0].id : null;
    this.sessions = structuredClone(todaySessions);
    this.undos = new Map();
    this.line = 'off';
    this.dirty = { registers: new Set(), notes: 0, changes: 0 };
    this.bundles = [];
    this.lastSent = null;
    this.notes = new Map();
  }

  who() {
    return this.staff.find((one) => one.id === this.unlocked);
  }

  session(id) {
    const found = this.sessions.find((one) => one.id === id);
    if (!found) throw new Refusal('NOT_FOUND', 'There is no such session on this device.');
    return found;
  }

  status() {
    const who = this.who();
    return {
      enrolled: this.enrolled,
      setup: this.setup,
      hub_name: this.enrolled ? 'Sample Music Hub' : null,
      device: null,
      device_name: this.enrolled ? 'Hall B kiosk' : null,
      unlocked: who?.id ?? null,
      unlocked_name: who?.name ?? null,
      staff: this.enrolled ? this.staff.map(({ pin: _, ...one }) => one) : [],
      revoked: this.revoked ?? null,
      lease_days: this.enrolled ? (this.leaseDays ?? 20) : null,
      lease_warns: this.enrolled && (this.leaseDays ?? 20) <= 5,
      version: '1.0.0',
    };
  }

  totals(session) {
    const totals = { here: 0, late: 0, away: 0, event: 0, unmarked: 0, of: session.rows.length };
    const names = { P: 'here', L: 'late', AN: 'away', AU: 'away', SE: 'event' };
    for (const row of session.rows) totals[names[row.code] ?? 'unmarked'] += 1;
    return totals;
  }

  item(session) {
    const { rows, learnerIds: _, ...item } = session;
    const solo = session.solo ? rows[0] : null;
    return { ...item, totals: this.totals(session), solo: solo?.learner ?? null, solo_name: solo?.name ?? null, solo_code: solo?.code ?? null };
  }

  undo(session) {
    const steps = this.undos.get(session.id) ?? [];
    return steps.length > 0 ? { text: steps.at(-1).text, steps: steps.length } : null;
  }

  done(session, rows) {
    this.dirty.registers.add(session.id);
    this.dirty.changes += 1;
    return { totals: this.totals(session), rows, state: session.state ?? 'open', undo: this.undo(session) };
  }

  change(session, rows, text, apply) {
    if (session.state === 'closed') throw new Refusal('CONFLICT', 'The register is closed. Amend it with a reason first.');
    const steps = this.undos.get(session.id) ?? [];
    steps.push({ text, before: rows.map((row) => ({ ...row })) });
    this.undos.set(session.id, steps.slice(-undoMax));
    rows.forEach(apply);
    session.state ??= 'open';
    return this.done(session, rows);
  }

  // What each command answers; the shapes are those of commands.def.
  commands = {
    'device.status': () => this.status(),
    'lease.challenge': () => ({ challenge: '7KQ2-M0XD', wait_ms: 0 }),
    'lease.renew': ({ code }) => {
      if (code.replace(/[ -]/g, '').toUpperCase() !== '0M7KQ2X0DM') throw new Refusal('WRONG_SECRET', 'that code does not fit the words this device shows; read them to the office again');
      this.leaseDays = 20;
      return this.status();
    },
    'device.reset': () => {
      this.enrolled = false;
      return this.status();
    },
    'enrol.start': ({ code }) => {
      if (!/^tutti:|^[0-9A-Z -]{40,}$/i.test(code)) throw new Refusal('MALFORMED', 'That is not an enrolment code: check the letters, or ask the office for a new one.');
      return { digits: '482913', hub_name: 'Sample Music Hub', device_name: 'Hall B kiosk' };
    },
    'enrol.confirm': () => {
      this.enrolled = true;
      this.setup = true;
      return this.status();
    },
    'pin.set': ({ staff: id, pin }) => {
      if (pin.length < 6 || /^(\d)\1+$/.test(pin)) throw new Refusal('INVALID', 'That PIN is too easy to guess: six digits or more, not all the same and not in a row.');
      const who = this.staff.find((one) => one.id === id);
      who.has_pin = true;
      who.pin = pin;
      return {};
    },
    'setup.done': () => {
      this.setup = false;
      return {};
    },
    unlock: ({ staff: id, pin }) => {
      const who = this.staff.find((one) => one.id === id);
      if (pin !== who.pin) {
        who.attempts_left = Math.max(0, who.attempts_left - 1);
        who.wait_ms = who.attempts_left < 6 ? 30000 : 0;
        throw new Refusal('WRONG_SECRET', 'The PIN is wrong.', { wait_ms: who.wait_ms, attempts_left: who.attempts_left });
      }
      who.attempts_left = 10;
      this.unlocked = id;
      return this.status();
    },
    lock: () => {
      this.unlocked = null;
      return {};
    },
    today: () => ({
      date: '2026-11-21',
      term: 'Autumn term 2026',
      staff_name: this.who().name,
      minute_now: 605,
      sessions: this.sessions.filter((one) => one.date === '2026-11-21').map((one) => this.item(one)),
      open_before: this.sessions.filter((one) => one.date < '2026-11-21' && one.state !== 'closed').map((one) => this.item(one)),
    }),
    activities: () => ({ activities }),
    'session.adhoc': ({ activity, starts, ends, place }) => {
      const of = activities.find((one) => one.id === activity);
      const model = this.sessions.find((one) => one.activity === activity);
      const id = (this.sessions.length + 900).toString(16).padStart(32, '0');
      const rows = (model?.rows ?? []).map((row) => ({ ...row, code: null, arrived: null, comment: null, notice: null }));
      this.sessions.push({ id, activity, name: of.name, place: place ?? of.place, school: of.school, date: '2026-11-21', starts, ends, mode: of.mode, status: 'scheduled', cause: null, state: null, adhoc: true, rows });
      return { session: id };
    },
    'register.get': ({ session: id }) => {
      const session = this.session(id);
      return { session: this.item(session), rows: session.rows, totals: this.totals(session), undo: this.undo(session), reason: session.reason ?? null };
    },
    'mark.set': ({ session: id, learner, code, arrived, departed, comment }) => {
      const session = this.session(id);
      let row = session.rows.find((one) => one.learner === learner);
      if (!row) {
        const one = learners.find((other) => other.id === learner);
        row = { learner, name: one.name, section: null, instrument: one.instrument, year_group: one.year_group, code: null, visitor: true, conflict: false };
        session.rows.push(row);
      }
      const words = { P: 'here', L: 'late', AN: 'away, told us', AU: 'away, not told', SE: 'at a school event' };
      return this.change(session, [row], `${row.name} marked ${words[code]}`, (one) => {
        one.code = code;
        one.arrived = code === 'L' ? (arrived ?? one.arrived ?? 605) : null;
        if (departed !== undefined && departed !== null) one.departed = departed;
        if (comment !== undefined && comment !== null) one.comment = comment || null;
      });
    },
    'mark.rest': ({ session: id, code }) => {
      const session = this.session(id);
      const rows = session.rows.filter((row) => !row.code || row.code === 'none');
      return this.change(session, rows, `${rows.length} marked here`, (one) => (one.code = code));
    },
    undo: ({ session: id }) => {
      const session = this.session(id);
      const step = this.undos.get(id)?.pop();
      if (!step) throw new Refusal('CONFLICT', 'There is nothing to undo.');
      const rows = step.before.map((before) => Object.assign(session.rows.find((row) => row.learner === before.learner), before));
      return this.done(session, rows);
    },
    'register.finish': ({ session: id, rest }) => {
      const session = this.session(id);
      const rows = session.rows.filter((row) => !row.code || row.code === 'none');
      if (rows.length > 0 && !rest) throw new Refusal('CONFLICT', `${rows.length} are unmarked.`, { unmarked: rows.length });
      rows.forEach((row) => (row.code = rest));
      session.state = 'closed';
      this.undos.delete(id);
      return this.done(session, rows);
    },
    'register.reopen': ({ session: id, reason }) => {
      const session = this.session(id);
      session.state = 'reopened';
      session.reason = reason;
      return this.done(session, []);
    },
    'learner.find': ({ text }) => {
      const fold = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
      const found = learners.filter((one) => fold(one.name).includes(fold(text)));
      return { learners: found.slice(0, 20).map(({ id, name, year_group, school, activities: names }) => ({ id, name, year_group, school, activities: names })) };
    },
    needs: () => {
      const [one] = learners;
      return { needs: [{ id: 'f4'.padEnd(32, '0'), learner: one.id, name: one.name, kind: 'allergy', text: 'Peanuts. EpiPen in the red pouch: use it at once, then ring 999.', expires: null }] };
    },
    'learner.get': ({ learner }) => {
      const one = learners.find((other) => other.id === learner);
      if (!one) throw new Refusal('NOT_FOUND', 'That learner is not on this device.');
      const notes = [...(this.notes.get(learner) ?? []), ...one.notes];
      return { ...one, instrument: undefined, notes, next_step: notes[0]?.next_step ?? null };
    },
    'note.add': ({ learner, activity, areas, text, next_step, learner_words, visibility }) => {
      const id = Math.random().toString(16).slice(2).padStart(32, '0');
      const note = { id, activity, activity_name: activities.find((one) => one.id === activity)?.name, date: '2026-11-21', author_name: this.who().name, areas: areas ?? [], text, next_step, learner_words, visibility: visibility ?? 'office', sent: false };
      this.notes.set(learner, [note, ...(this.notes.get(learner) ?? [])]);
      this.dirty.notes += 1;
      return { note: id };
    },
    'progress.add': ({ learner, ...fact }) => {
      const id = Math.random().toString(16).slice(2).padStart(32, '0');
      learners.find((one) => one.id === learner).progress.push({ id, date: '2026-11-21', author_name: this.who().name, sent: false, ...fact });
      this.dirty.notes += 1;
      return { progress: id };
    },
    'sync.status': () => this.syncStatus(),
    'sync.outcomes': () => ({ outcomes: !this.troubled ? [] : this.unlocked ? outcomes : outcomes.map((one) => ({ ...one, text: null })), more: 0 }),
    'sync.now': () => {
      if (this.line === 'held') throw new Refusal('CONFLICT', 'Sending is paused.');
      this.send();
      return this.syncStatus();
    },
    'sync.hold': ({ hold }) => {
      this.line = hold ? 'held' : 'online';
      if (!hold) this.send();
      return this.syncStatus();
    },
    export: () => ({ name: 'hall-b-kiosk-2026-11-21.tutti', file: new Uint8Array(64), bundles: Math.max(1, this.dirty.registers.size), registers: this.dirty.registers.size, notes: this.dirty.notes }),
    import: ({ file }) => {
      if (file.length < 8) throw new Refusal('TRUNCATED', 'That file ends too early: it is not a whole reply file. Copy it again.');
      return { receipts: 1, bundles_done: 0, orders: 0 };
    },
  };

  send() {
    this.line = 'online';
    if (this.dirty.changes > 0) {
      this.bundles.unshift({ seq: this.bundles.length + 1, bytes: 1420 + 31 * this.dirty.changes, sealed_at: Date.now() - 60000, status: 'applied', changesets: this.dirty.changes, receipt_at: Date.now(), reason: null });
      this.lastSent = Date.now();
    }
    this.dirty = { registers: new Set(), notes: 0, changes: 0 };
  }

  syncStatus() {
    const waiting = this.dirty.changes + this.dirty.notes > 0;
    const bundles = waiting ? [{ seq: this.bundles.length + 1, bytes: 1420, sealed_at: Date.now() - 5000, status: 'waiting', changesets: this.dirty.changes, receipt_at: null, reason: null }, ...this.bundles] : this.bundles;
    return {
      badge: this.troubled ? 'help' : waiting ? 'saved' : this.lastSent ? 'sent' : 'saved',
      registers: this.dirty.registers.size,
      notes: this.dirty.notes,
      changes: this.dirty.changes,
      line: this.line,
      reason: this.line === 'off' ? 'No signal.' : null,
      next_try_ms: this.line === 'off' ? 24000 : null,
      last_sent_at: this.lastSent,
      last_contact_at: this.lastSent,
      clock_skew_ms: 0,
      bundles,
      carried: [],
    };
  }
}

const open = new Set(['device.status', 'lease.challenge', 'lease.renew', 'enrol.start', 'enrol.confirm', 'pin.set', 'setup.done', 'unlock', 'lock', 'sync.status', 'sync.outcomes', 'sync.now', 'sync.hold', 'export', 'import']);

export function startMock({ web, port, fresh = false, unlocked = false, troubled = false }) {
  const mock = new Mock({ fresh, unlocked, troubled });
  const server = createServer((request, response) => serveFolder(join(web, 'app'), request, response, false));
  const sockets = new WebSocketServer({ server, path: '/call' });
  sockets.on('connection', (socket) => {
    socket.on('message', (bytes) => {
      const [id, command, args] = decode(bytes);
      try {
        if (!mock.commands[command]) throw new Refusal('INVALID', `There is no command ${command}.`);
        if (!open.has(command) && !mock.unlocked) throw new Refusal('NOT_UNLOCKED', 'Nobody is signed in on this device.');
        socket.send(encode([id, 0, mock.commands[command](args)], { ignoreUndefined: true }));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        socket.send(encode([id, 1, error.failure]));
      }
      const topics = { 'mark.set': 1, 'mark.rest': 1, undo: 1, 'register.finish': 1, 'register.reopen': 1, 'note.add': 1, 'progress.add': 1, 'session.adhoc': 1, 'sync.now': 1, 'sync.hold': 1, unlock: 1, lock: 1, 'setup.done': 1 };
      if (!topics[command]) return;
      const changed = ['today', 'sync', 'device', ...(args.session ? [`register:${args.session}`] : []), ...(args.learner ? [`learner:${args.learner}`] : [])];
      for (const client of sockets.clients) client.send(encode([0, 'changed', { topics: changed }]));
    });
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, mock, close: () => (sockets.clients.forEach((one) => one.terminate()), server.close()) })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const value = (name) => process.argv[process.argv.indexOf(name) + 1];
  const has = (name) => process.argv.includes(name);
  const { url } = await startMock({ web: value('--web'), port: has('--port') ? Number(value('--port')) : 0, fresh: has('--fresh'), unlocked: has('--unlocked'), troubled: has('--troubled') });
  console.log(url);
}
