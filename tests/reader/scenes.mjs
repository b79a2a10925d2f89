// scenes.mjs: what happens to a device and its hub in the long run: a digest that is wrong, an erasure, a file carried by another device, a hub
// that was restored. Each scene takes { t, hub, device, author, lesson, learners }.
import { cpSync, renameSync, rmSync } from 'node:fs';
import { hex, unhex } from './bytes.mjs';
import { bundleHash } from './bundle.mjs';
import { Device, markOp } from './device.mjs';
import { holdings, positions } from './digest.mjs';
import { readDocument } from './documents.mjs';
import { readFile } from './files.mjs';
import { readFeed, rowsOf } from './reading.mjs';
import { tables } from './schema.mjs';

const reference = `${'0'.repeat(31)}1`;
const staff = `${'0'.repeat(31)}2`;
const applied = 1;
const fetchAll = async (device) => {
  const session = await device.connect();
  const held = holdings(await readFeed(session));
  session.bye();
  return held;
};
/** Subscribes with what is held of some streams, and takes what comes, until the hub has sent a digest for which `done` holds. */
async function digests(session, held, done, of) {
  await session.until('GRANTS');
  session.send({ message: 'SUBSCRIBE', epoch: session.welcome.epoch, streams: positions(held).filter(({ stream }) => of.has(stream)) });
  return nextDigest(session, held, done);
}
async function nextDigest(session, held, done) {
  const batches = [];
  for (;;) {
    const batch = await session.batch();
    batches.push(batch);
    held.get(batch.stream).apply(batch);
    if (batch.digest && done(batch)) return { batch, batches };
  }
}

/** Each stream's digest is ours; a row that is missing comes by REPAIR, and the stream anew when it is asked for. */
export async function wholeness({ t, device, lesson }) {
  const held = await fetchAll(device);
  const session = await device.connect();
  const open = new Set([reference, staff, lesson.stream]);
  const of = new Set(open);
  const agrees = ({ stream, digest }) => {
    t.equal('the digest of a stream is ours', held.get(stream).digest(), digest);
    open.delete(stream);
    return open.size === 0;
  };
  await digests(session, held, agrees, of);
  session.bye();
  await repaired({ t, device, lesson, held });
}

async function repaired({ t, device, lesson, held }) {
  const ours = held.get(lesson.stream);
  const [lost] = [...ours.rows.keys()].filter((key) => ours.rows.get(key).table === 'mark');
  ours.rows.delete(lost);
  const session = await device.connect();
  const ofIt = ({ stream }) => stream === lesson.stream;
  const { batch } = await digests(session, held, ofIt, new Set([lesson.stream]));
  t.ok('a row that was lost shows in the digest', batch.digest !== ours.digest(), null);
  const { stream, audience } = ours;
  session.send({ message: 'REPAIR', stream, audience, flags: 1, after: '', rows: ours.list() });
  const mended = await nextDigest(session, held, ofIt);
  const [repair] = mended.batches.filter((b) => b.repair);
  t.ok('the list of rows brings it back, and nothing else', repair?.items.length === 1 && ours.rows.has(lost), repair);
  t.equal('and then the digests agree', ours.digest(), mended.batch.digest);
  session.send({ message: 'REPAIR', stream, audience, flags: 3, after: '', rows: '' });
  const anew = await nextDigest(session, held, ofIt);
  t.ok('asked to, the hub sends the stream anew', anew.batches.some((b) => b.restart && b.from === 0), anew.batches.length);
  t.equal('with a digest at its end', ours.digest(), anew.batch.digest);
  session.bye();
}

export async function everyKindOfRow({ t, device }) {
  const held = await fetchAll(device);
  const seen = new Set([...held.values()].flatMap((h) => [...h.rows.values()].map((item) => item.table)));
  const known = new Set(tables.filter((table) => table.scope !== 'HUB').map((table) => table.name));
  t.ok('every table that came is one that travels', [...seen].every((name) => known.has(name)), [...seen]);
}

export async function erasure({ t, hub, device, author, lesson, learners }) {
  const learner = learners.at(-1);
  const before = await device.connect();
  await device.deliver(before, device.seal([device.changeset(author, [markOp(lesson.row, learner, { code: 1, comment: 'of somebody who goes' })])]));
  before.bye();
  const held = await fetchAll(device);
  hub.command('erase', '--learner', learner, '--reason', 'asked for');
  const session = await device.connect();
  const batches = await readFeed(session, { epoch: session.welcome.epoch, streams: positions(held) });
  const erased = batches.flatMap((b) => b.items.filter((i) => i.kind === 'erase').map((i) => ({ ...i, stream: b.stream })));
  t.ok('an erasure comes in the reference stream', erased.length === 1 && erased[0].stream === reference && erased[0].table === 'learner' && erased[0].row === learner, erased);
  const late = await device.deliver(session, device.seal([device.changeset(author, [markOp(lesson.row, learner, { code: 2 })])]));
  t.ok('work about somebody who was erased is refused', late.status === 5 && late.exceptions[0].reason === 'ERASED', late);
  const both = await device.deliver(session, device.seal([device.changeset(author, [markOp(lesson.row, learner, { code: 2 }), markOp(lesson.row, learners[0], { code: 1 })])]));
  t.ok('what else stands in its changeset is taken', both.status <= 2, both);
  const blank = markOp('0'.repeat(32), '0'.repeat(32), {});
  const rest = device.changeset(author, [{ ...blank, units: [0] }, markOp(lesson.row, learners[1], { code: 1 })]);
  const blanked = await device.deliver(session, device.seal([rest]));
  t.ok('a blank op takes its number and nothing else', blanked.status <= 2, blanked);
  const confirmed = () => Number(/(\d+) of \d+ devices confirmed/.exec(hub.command('erase', '--list'))?.[1]);
  t.equal('no device has confirmed it', confirmed(), 0);
  t.equal('it is confirmed by an ack', (await device.deliver(session, device.seal([], [{ kind: 1, number: erased[0].erasure }]))).status, applied);
  t.equal('and the office sees that', confirmed(), 1);
  session.bye();
}

/** Another device's file, brought over our line: its receipts come back in a reply for it. */
export async function carrying({ t, hub, device, author, lesson, learners }) {
  const other = new Device(hub.ca);
  await (await other.enrol(hub.enrolLink('S001', 'S002'), 2)).confirm();
  const bundle = other.seal([other.changeset(author, [markOp(lesson.row, learners[3], { code: 1, comment: 'carried' })])]);
  const session = await device.connect();
  session.send({ message: 'CARRY', who: author, file: hex(other.exportFile()) });
  const carried = await session.until('CARRIED');
  t.ok('a file of another device is taken', carried.not_taken === 0 && carried.why === '', carried);
  const reply = readFile('reply', unhex(carried.reply));
  const receipts = reply.receipts.map((r) => readDocument('receipt', unhex(r), unhex(device.manifest.sign_public)));
  t.ok('and the reply holds its receipt', reply.device === other.id && receipts.some((r) => r.bundle_hash === bundleHash(bundle) && r.status <= 2), receipts);
  session.send({ message: 'CARRY', who: author, file: hex(other.exportFile()) });
  t.ok('the same file once more changes nothing', (await session.until('CARRIED')).not_taken === 0, null);
  session.bye();
}

/** The hub comes back from a copy of before: it hears so from a receipt, raises its epoch and asks for what it lacks. */
export async function restored({ t, hub, device, author, lesson, learners }) {
  hub.command('backup', hub.file('copy'));
  const before = await device.connect();
  const { epoch } = before.welcome;
  const bundle = device.seal([device.changeset(author, [markOp(lesson.row, learners[0], { code: 1, comment: 'after the backup' })])]);
  const promised = await device.deliver(before, bundle);
  before.bye();
  await hub.halt();
  renameSync(hub.file('hub'), hub.file('broken'));
  cpSync(hub.file('copy'), hub.file('hub'), { recursive: true });
  rmSync(hub.file('broken'), { recursive: true });
  await hub.start();
  const session = await device.connect();
  t.ok('a hub that forgot what it signed raises its epoch', session.welcome.epoch > epoch, session.welcome);
  t.equal('and says what it still has', session.welcome.bundle_seq, promised.seq - 1);
  const again = await device.deliver(session, bundle);
  t.ok('the same bundle gets a receipt of the new epoch', again.epoch === session.welcome.epoch && again.status === promised.status, again);
  const feed = await readFeed(session, { epoch, streams: [{ stream: lesson.stream, position: promised.position, audience: 2 }] });
  t.ok('and positions of before mean nothing', feed.some((b) => b.stream === lesson.stream && b.restart), null);
  t.ok('the work is there again', rowsOf(feed, 'mark').some((m) => m.values.comment === 'after the backup'), null);
  session.bye();
}
