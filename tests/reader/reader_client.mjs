// reader_client.mjs: reader_client.mjs BIN: a client made from PROTOCOL.md alone does its work against the real hub: every step and every refusal of the page.
import { randomBytes } from 'node:crypto';
import { writeFileSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Tally } from '../contract/net/door_lib.mjs';
import { equal, hex, unhex } from './bytes.mjs';
import { bundleHash } from './bundle.mjs';
import { Device, markOp, newId } from './device.mjs';
import { readDocument } from './documents.mjs';
import { challengeText, leaseCode } from './enrol.mjs';
import { readFile } from './files.mjs';
import { Hub } from './hub.mjs';
import { readFeed, rowsOf } from './reading.mjs';
import { carrying, erasure, everyKindOfRow, restored, wholeness } from './scenes.mjs';
import { fetchManifest } from './session.mjs';

const t = new Tally();
const applied = 1, conflict = 2, held = 3, quarantined = 4, refused = 5;

const today = () => Math.floor(Date.now() / 86400000);
const current = (row) => (row.values.starts ?? 0) <= today() && (row.values.ends ?? Infinity) >= today();

/** A session with at least `n` learners, and who of `staff` is granted its activity, from what the feed told. */
function someLesson(batches, staff, n) {
  const grants = rowsOf(batches, 'grant_').filter((g) => staff.includes(g.values.staff) && current(g));
  for (const lesson of rowsOf(batches, 'session')) {
    const of = (row) => row.values.activity === lesson.values.activity;
    const learners = rowsOf(batches, 'enrolment').filter((e) => of(e) && current(e)).map((e) => e.values.learner);
    const authors = grants.filter(of).map((g) => g.values.staff);
    if (learners.length >= n && authors.length >= 2) return { lesson, learners, authors };
  }
  throw new Error('the made-up county has no lesson that suits');
}

async function enrolling(hub) {
  const door = `wss://localhost:${hub.port}/sync`;
  const http = await hub.request('GET', '/manifest');
  t.ok('the manifest is the same over HTTP and over the socket', equal(http.body, await fetchManifest(door, hub.ca)), http.status);
  const link = hub.enrolLink('S001', 'S002');
  const device = new Device(hub.ca);
  const first = await device.enrol(link);
  const enrolled = await first.confirm();
  t.equal('two people may sign in', enrolled.staff.length, 2);
  t.equal('after ENROLLED the hub says BYE', (await first.session.until('BYE')).reason, 1);
  const shown = (await hub.office('/api/devices')).devices.find((d) => d.id === device.id);
  t.equal('the office saw the same six digits', shown?.digits, first.digits);
  const again = await device.enrol(link);
  t.ok('the same code and keys are answered the same', isDeepStrictEqual({ ...(await again.confirm()), hub_ms: 0 }, { ...enrolled, hub_ms: 0 }), null);
  const other = await new Device(hub.ca).enrol(link).then((e) => e.confirm()).catch((e) => e.code);
  t.equal('the code is of no use to another device', other, 'NETWORK');
  return { device, staff: enrolled.staff.map((s) => s.id) };
}

async function firstMarks(device, staff) {
  const session = await device.connect();
  t.equal('a new device has delivered nothing', session.welcome.bundle_seq, 0);
  const feed = await readFeed(session);
  t.ok('from nothing there is nothing to forget', feed.every((b) => b.from === 0 || !b.restart), null);
  const { lesson, learners, authors } = someLesson(feed, staff, 6);
  const marks = learners.slice(0, 2).map((learner, i) => markOp(lesson.row, learner, { code: i + 1, ...(i === 1 && { arrived: lesson.values.starts + 5 }) }));
  const bundle = device.seal([device.changeset(authors[0], marks)]);
  const receipt = await device.deliver(session, bundle);
  t.equal('two marks are applied', receipt.status, applied);
  t.ok('and the receipt is about them', receipt.bundle_hash === bundleHash(bundle) && receipt.seq === 1 && receipt.exceptions.length === 0, receipt);
  const twice = await device.deliver(session, bundle);
  t.ok('sent again, the receipt is the same', isDeepStrictEqual(twice, receipt), twice);
  const came = [];
  while (rowsOf(came, 'mark').length < 2) came.push(await session.batch());
  t.ok('the feed brings them while the session lasts', isDeepStrictEqual(rowsOf(came, 'mark').map((m) => m.row).sort(), marks.map((m) => m.row).sort()), came);
  session.bye();
  return { feed, lesson, learners, authors, marks, receipt };
}

async function readBack(device, { marks, learners, lesson, receipt }) {
  const session = await device.connect();
  t.equal('the hub holds bundle 1', session.welcome.bundle_hash, bundleHash(device.sealed[0]));
  const feed = await readFeed(session);
  for (const mark of marks) {
    const row = rowsOf(feed, 'mark').find((m) => m.row === mark.row);
    t.ok('a mark comes back as it was written', isDeepStrictEqual(row?.values, mark.values), row);
    t.ok('its head is our op', row?.units.every((u) => u.heads.length === 1 && u.heads[0].op.device === device.id), row?.units);
    t.ok('its version is behind its receipt', row?.version <= receipt.position, row?.version);
  }
  const names = rowsOf(feed, 'learner').filter((l) => learners.includes(l.row));
  t.ok('names it may hold come with it', new Set(names.map((l) => l.row)).size === learners.length && names.every((l) => l.values.first_name && l.values.last_name), names[0]);
  t.ok('and no more than that', rowsOf(feed, 'learner').every((l) => l.values.dob === undefined && l.values.ref === undefined && l.values.merged_into === undefined), null);
  session.bye();
  const at = feed.filter((b) => b.checkpoint).map((b) => ({ stream: b.stream, position: b.to, audience: b.audience }));
  const later = await device.connect();
  const rest = await readFeed(later, { epoch: later.welcome.epoch, streams: at });
  t.equal('from where it stands nothing is new', rest.flatMap((b) => b.items).length, 0);
  later.bye();
  const set = await device.connect();
  const anew = await readFeed(set, { epoch: set.welcome.epoch + 1, streams: at });
  t.ok('positions of another epoch begin anew', rowsOf(anew, 'mark').length === marks.length && anew.some((b) => b.stream === lesson.stream && b.restart), null);
  set.bye();
}

/** What the hub says last to a session that sends this. */
async function answersTo(device, act) {
  const session = await device.connect();
  await session.until('GRANTS');
  await act(session);
  const said = [];
  for (let m; (m = await session.receive()); ) said.push(m);
  return said.filter((m) => m.message !== 'FEED').map((m) => (m.message === 'BYE' ? `BYE ${m.reason}` : m.message)).join();
}
const sends = (bundle) => (session) => session.send({ message: 'BUNDLE', bytes: hex(bundle) });

async function gapAndFork(device, author, { lesson, learners }) {
  const note = (text) => [device.changeset(author, [markOp(lesson.row, learners[2], { code: 1, comment: text })])];
  const [second, third] = [device.seal(note('second')), device.seal(note('third'))];
  const session = await device.connect();
  t.equal('behind a gap a bundle is held', (await device.deliver(session, third)).status, held);
  const filled = await device.deliver(session, second);
  t.equal('the missing one is applied', filled.status, applied);
  const released = await device.deliver(session, third);
  t.equal('and the held one after it', released.status, applied);
  session.bye();
  const fork = device.sealAs(2, bundleHash(device.sealed[0]), note('another second'));
  t.equal('a fork ends the session', await answersTo(device, sends(fork)), 'BYE 5');
  const after = await device.connect();
  t.ok('and WELCOME shows what the hub has', after.welcome.bundle_seq === 3 && after.welcome.bundle_hash === bundleHash(third), after.welcome);
  after.bye();
  device.reincarnate(bundleHash(device.sealed[0]));
  const anew = await device.connect();
  t.equal('a new incarnation begins at nothing', anew.welcome.bundle_seq, 0);
  t.equal('and WELCOME shows how far the hub came with the one before', anew.welcome.earlier.map((one) => one.seq).join(), '3');
  t.equal('and is heard', (await device.deliver(anew, device.seal(note('of a new incarnation')))).status, applied);
  anew.bye();
}

async function outcomes(hub, device, author, { lesson, learners }) {
  const session = await device.connect();
  const one = (learner, values, bases) => device.changeset(author, [markOp(lesson.row, learner, values, bases)]);
  const spoiled = await device.deliver(session, device.seal([one(learners[3], { code: 9 }), one(learners[3], { code: 1 })]));
  t.ok('a value that is not allowed spoils its changeset alone', spoiled.status === refused && isDeepStrictEqual(spoiled.exceptions, [{ changeset: 0, status: refused, reason: 'INVALID' }]), spoiled);
  const stranger = await device.deliver(session, device.seal([device.changeset(newId(), [markOp(lesson.row, learners[3], { code: 2 })])]));
  t.ok('an author who is not assigned waits for the office', stranger.status === quarantined && stranger.exceptions[0].reason === 'FORBIDDEN', stranger);
  const ahead = one(learners[4], { code: 1 });
  ahead.stamp += 3600000;
  const pinned = await device.deliver(session, device.seal([ahead]));
  t.ok('a stamp an hour ahead is pinned', pinned.status === applied && pinned.pins.length === 1 && Math.abs(pinned.pins[0].stamp - pinned.received_ms) <= 300000, pinned);
  session.bye();
}

/** More than one frame takes: every comment of a rehearsal written four times over, each time on top of the last. */
async function longComments(device, author, { feed, lesson }) {
  const learners = rowsOf(feed, 'enrolment').filter((e) => e.values.activity === lesson.values.activity && current(e)).map((e) => e.values.learner);
  const last = new Map();
  const write = (learner, round) => {
    const bases = last.has(learner) ? [1, 3].map((unit) => ({ unit, op: last.get(learner) })) : [];
    const changeset = device.changeset(author, [markOp(lesson.row, learner, { code: 1, comment: `${round} ${'Bow hold is settling. '.repeat(22)}` }, bases)]);
    last.set(learner, { device: device.id, incarnation: device.incarnation, counter: changeset.counter });
    return changeset;
  };
  const rounds = Math.ceil(150 / learners.length);
  const session = await device.connect();
  const bundle = device.seal(Array.from({ length: rounds }, (_, round) => learners.map((learner) => write(learner, round))).flat());
  const receipt = await device.deliver(session, bundle);
  t.ok('a bundle of several frames is taken', bundle.length > 66000 && receipt.status <= conflict, [bundle.length, receipt.status]);
  const heads = (await readFeed(session)).flatMap((b) => rowsOf([b], 'mark')).flatMap((m) => m.units.filter((u) => u.unit === 3)).flatMap((u) => u.heads.map((h) => JSON.stringify(h.op)));
  t.ok('and what was written last stands alone', [...last.values()].every((op) => heads.includes(JSON.stringify(op))), heads.length);
  session.bye();
}

/** A lease by telephone, and the way of a device that is revoked: everything in, the order acknowledged, BYE. */
async function theEnd(hub, device, author, { lesson, learners }) {
  const challenge = randomBytes(5);
  const said = hub.command('devices', '--days', '30', 'lease-code', device.id, challengeText(challenge));
  t.ok('the code told by telephone is ours', said.includes(leaseCode(device.leaseSecret, challenge, 30)), said);
  hub.command('devices', 'revoke', device.id);
  const session = await device.connect();
  const order = readDocument('order', unhex((await session.until('ORDERS')).orders[0]), unhex(device.manifest.sign_public));
  t.ok('a revoked device is ordered to wipe', order.device === device.id && order.kind === 2 && order.value === 0, order);
  const last = await device.deliver(session, device.seal([device.changeset(author, [markOp(lesson.row, learners[0], { code: 3 })])]));
  t.ok('what it still has is taken and waits', last.status === quarantined && last.exceptions[0].reason === 'REVOKED', last);
  t.equal('it acknowledges the order', (await device.deliver(session, device.seal([], [{ kind: 2, number: order.number }]))).status, applied);
  t.equal('and hears the end', (await session.until('BYE')).reason, 3);
  t.ok('it was told no rows and no names', !session.seen.some((m) => ['GRANTS', 'FEED'].includes(m.message)), session.seen.map((m) => m.message));
}

/** Bases that never come are remembered, up to a limit; past it the changeset waits for the office and the session goes on. */
async function ghosts(device, author, { lesson, learners }) {
  const session = await device.connect();
  const elsewhere = newId();
  let next = 1;
  const unseen = (n) => Array.from({ length: n }, () => ({ unit: 1, op: { device: elsewhere, incarnation: 1, counter: next++ } }));
  const op = () => markOp(lesson.row, learners[1], { code: 2, arrived: 970 }, unseen(64));
  const say = (count) => device.deliver(session, device.seal([device.changeset(author, Array.from({ length: count }, op))]));
  t.equal('two times 64 bases that never came are remembered', (await say(2)).status, applied);
  const much = await say(15);
  t.ok('past 1,024 of them the changeset waits for the office', much.status === quarantined && much.exceptions[0].reason === 'TOO_BIG', much);
  t.equal('and what follows is taken', (await say(1)).status, applied);
  session.bye();
}

async function twoAuthors(hub, staff, { lesson, learners }) {
  const [one, two] = [new Device(hub.ca), new Device(hub.ca)];
  for (const d of [one, two]) await (await d.enrol(hub.enrolLink('S001', 'S002'), 2)).confirm();
  const learner = learners[5];
  const say = async (device, author, code, bases) => {
    const session = await device.connect();
    const receipt = await device.deliver(session, device.seal([device.changeset(author, [markOp(lesson.row, learner, { code }, bases)])]));
    const feed = await readFeed(session);
    session.bye();
    return { receipt, row: rowsOf(feed, 'mark').find((m) => m.values.learner === learner) };
  };
  t.equal('one says here', (await say(one, staff[0], 1)).receipt.status, applied);
  const { receipt, row } = await say(two, staff[1], 4);
  t.ok('another says away: people will be asked', receipt.status === conflict && receipt.exceptions[0]?.reason === 'CONFLICT', receipt);
  const unit = row.units.find((u) => u.unit === 1);
  t.ok('both heads come, the highest first and in use', unit.heads.length === 2 && unit.heads[0].stamp >= unit.heads[1].stamp && row.values.code === unit.heads[0].values.code, unit);
  const bases = row.units.flatMap((u) => u.heads.map((h) => ({ unit: u.unit, op: h.op })));
  const decided = await say(one, staff[0], 5, bases);
  t.ok('an op on all heads decides', decided.receipt.status === applied && decided.row.units.every((u) => u.heads.length === 1) && decided.row.values.code === 5, decided);
}

async function byFile(hub, device, author, { lesson, learners }) {
  const bundle = device.seal([device.changeset(author, [markOp(lesson.row, learners[2], { code: 1, comment: 'by bicycle' })])]);
  writeFileSync(hub.file('out.tutti'), device.exportFile());
  hub.command('import-bundle', hub.file('out.tutti'));
  const reply = readFile('reply', readFileSync(hub.file('out.tutti-reply')));
  t.ok('the reply is to this device', reply.hub === device.manifest.hub && reply.device === device.id, reply);
  device.takeManifest(unhex(reply.manifest));
  const receipts = reply.receipts.map((r) => readDocument('receipt', unhex(r), unhex(device.manifest.sign_public)));
  t.equal('every bundle of the file has its receipt', receipts.length, device.sealed.length);
  t.ok('the new one too', receipts.some((r) => r.bundle_hash === bundleHash(bundle)), receipts.map((r) => r.status));
  const again = device.receipts.get(`${device.incarnation}/1`);
  t.ok('and the old one its old', reply.receipts.some((r) => r === hex(again.bytes)), null);
}

async function refusals(hub, device, author, { lesson, learners }) {
  const content = () => [device.changeset(author, [markOp(lesson.row, learners[2], { code: 1 })])];
  const next = (change) => {
    const seq = device.sealed.length + 1;
    return change(device.sealAs(seq, bundleHash(device.sealed.at(-1)), content()));
  };
  const flipped = next((b) => (b[b.length - 1] ^= 1, b));
  t.equal('a wrong signature closes without a word', await answersTo(device, sends(flipped)), '');
  const { manifest } = device;
  device.manifest = { ...manifest, intake_key: 77 };
  const unknownKey = next((b) => b);
  device.manifest = { ...manifest, hub: newId() };
  const elsewhere = next((b) => b);
  device.manifest = manifest;
  t.equal('an unknown intake key: the manifest, and BYE 5', await answersTo(device, sends(unknownKey)), 'MANIFEST,BYE 5');
  t.equal('another hub’s bundle closes without a word', await answersTo(device, sends(elsewhere)), '');
  const far = device.sealAs(device.sealed.length + 5000, bundleHash(randomBytes(32)), content());
  t.equal('too far ahead of a missing one: BYE 5', await answersTo(device, sends(far)), 'BYE 5');
  t.equal('a second SUBSCRIBE closes without a word', await answersTo(device, (s) => [1, 2].forEach(() => s.send({ message: 'SUBSCRIBE', epoch: 0, streams: [] }))), '');
  t.equal('a hub’s message from a device closes without a word', await answersTo(device, (s) => s.send({ message: 'RETRY', ms: 1 })), '');
  t.equal('a repeated frame closes without a word', await answersTo(device, (s) => {
    s.send({ message: 'CREDIT', batches: 1 });
    s.cipher.n--;
    s.send({ message: 'CREDIT', batches: 1 });
  }), '');
  const stranger = Object.assign(Object.create(device), { noiseSecret: randomBytes(32) });
  t.equal('a device with another Noise key hears nothing', await stranger.connect().catch((e) => e.code), 'NETWORK');
  t.equal('BYE closes', await answersTo(device, (s) => s.send({ message: 'BYE', reason: 1 })), '');
}

const hub = await Hub.make(process.argv[2]);
try {
  const { device, staff } = await enrolling(hub);
  const seen = await firstMarks(device, staff);
  const [author] = seen.authors;
  await readBack(device, seen);
  await gapAndFork(device, author, seen);
  await outcomes(hub, device, author, seen);
  await ghosts(device, author, seen);
  await twoAuthors(hub, seen.authors, seen);
  await byFile(hub, device, author, seen);
  await refusals(hub, device, author, seen);
  await longComments(device, author, seen);
  for (const scene of [wholeness, everyKindOfRow, carrying, erasure, restored]) await scene({ t, hub, device, author, ...seen });
  await theEnd(hub, device, author, seen);
} catch (error) {
  t.ok('the client comes to its end', false, error.stack);
} finally {
  await hub.finish();
  t.finish();
}
process.exit();
