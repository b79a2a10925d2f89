// reader_vectors.mjs: reader_vectors.mjs BIN: every file of proto/vectors read, and written again byte for byte, by a second implementation made
// from PROTOCOL.md alone; and damaged copies of them, of which ours (BIN/vectors_judge) and it must think alike.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Tally } from '../contract/net/door_lib.mjs';
import { hex, unhex } from './bytes.mjs';
import { checkCoverage } from './coverage.mjs';
import { FrameReader, openingHead, prologue, readOpening, writeFrames, writeOpening } from './channel.mjs';
import { writeDocument } from './documents.mjs';
import { challengeText, leaseCode, sixDigits } from './enrol.mjs';
import { kindsOf } from './kinds.mjs';
import { refusal } from './judging.mjs';
import { canonicalOf, judgeMarks, Row } from './merge.mjs';
import { mutants } from './mutants.mjs';
import { Handshake } from './noise.mjs';

const folder = new URL('../../proto/vectors/', import.meta.url);
const files = Object.fromEntries(readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(new URL(name, folder)))]));
const keys = files['keys.json'];
const kinds = kindsOf(keys, files['bundle.json'], files['concern.json']);
const t = new Tally();

function checkVector({ name, kind, hex: text, fields }) {
  const { read, write } = kinds[kind];
  const found = read(unhex(text));
  t.ok(`${name} is read`, isDeepStrictEqual(found, fields), found);
  t.equal(`${name} is written`, hex(write(found)), text);
}

function checkRefusal({ name, kind, hex: text, error }) {
  const { read } = kinds[kind];
  const found = refusal(() => read(unhex(text)));
  // Which name a refusal has matters to others only where it changes what they do.
  const named = ['VERSION', 'BAD_SIGNATURE'].includes(error) || (kind === 'content' && error === 'INVALID');
  t.ok(`${name} is refused`, named ? found === error : found !== null, found);
}

const opId = (text) => {
  const [device, incarnation, counter] = text.split('/');
  return { device, incarnation: Number(incarnation), counter: Number(counter) };
};
const opText = ({ device, incarnation, counter }) => `${device}/${incarnation}/${counter}`;

/** What section 4 pins of the content that every receipt is about: stamps more than five minutes ahead of the hub, which become its own time. */
function checkPins({ name, fields: { status, received_ms: now, pins } }) {
  const { changesets } = files['content.json'].vectors.find((v) => v.name === 'content').fields;
  const ahead = changesets.flatMap(({ stamp }, changeset) => (stamp > now + 300000 ? [{ changeset, stamp: now }] : []));
  t.ok(`${name}: stamps are pinned where they are ahead`, isDeepStrictEqual(pins, status <= 2 ? ahead : []), pins);
}

function checkMerge({ name, table, unit, ops, gives }) {
  const row = new Row(table);
  for (const { op, bases, ...rest } of ops) row.apply({ id: opId(op), units: [unit], bases: bases.map((b) => ({ unit, op: opId(b) })), ...rest });
  const { heads, ghosts } = row.units[unit];
  const found = { heads: heads.map((h) => opText(h.op)), ghosts: ghosts.map(opText), values: row.inUse(unit)?.values ?? {}, conflict: row.conflict(unit) };
  t.ok(name, isDeepStrictEqual({ ...found, ghosts: found.ghosts.sort() }, { ...gives, ghosts: [...gives.ghosts].sort() }), found);
}

function checkRemoval({ name, table, changesets, gives }) {
  const row = new Row(table);
  for (const { device, counter, author, stamp, flags, ops: [{ units, values, bases }] } of changesets)
    row.apply({ id: { device, incarnation: 1, counter }, author, stamp, flags, units, values, bases });
  const conflicts = Object.fromEntries(Object.keys(row.units).map((unit) => [unit, row.conflict(Number(unit))]).filter(([, kind]) => kind));
  const found = { removed: row.inUse(6)?.values.removed === 1, status: row.inUse(2).values.status, conflicts };
  t.ok(name, isDeepStrictEqual(found, gives), found);
}

function checkClass({ name, points, canonical }) {
  const found = Object.fromEntries(Object.keys(points).map((id) => [id, canonicalOf(points, id)]));
  t.ok(name, isDeepStrictEqual(found, canonical), found);
}

function checkMarks({ name, learner, session, marks, first, asked }) {
  const found = judgeMarks(learner, session, marks);
  t.ok(name, found.first === marks[first] && found.asked === asked, found);
}

const handshake = (initiator, v, keys_) => new Handshake({ initiator, prologue: v.prologue, psk: v.psk, ...keys_ });

function checkNoise(v) {
  const key = (name) => unhex(v[name] ?? v[`${name}s`]?.[0] ?? '');
  const psk = v.init_psks ? key('init_psk') : null;
  const both = [
    handshake(true, { prologue: key('init_prologue'), psk }, { s: key('init_static'), e: key('init_ephemeral'), rs: key('init_remote_static') }),
    handshake(false, { prologue: key('resp_prologue'), psk }, { s: key('resp_static'), e: key('resp_ephemeral') }),
  ];
  let ends = null;
  v.messages.forEach(({ payload, ciphertext }, i) => {
    const [from, to] = i % 2 === 0 ? [0, 1] : [1, 0];
    if (i === 3) ends = both.map((side) => side.split());
    const sent = ends ? ends[from].send.seal(unhex(payload)) : both[from].write(unhex(payload));
    const got = ends ? ends[to].receive.open(sent) : both[to].read(sent);
    t.ok(`${v.protocol_name}, message ${i + 1}`, hex(sent) === ciphertext && hex(got) === payload, hex(sent));
  });
  t.equal(`${v.protocol_name}, transcript`, hex(ends[0].hash), v.handshake_hash);
}

const take = (cipher, frames) => frames.map((frame) => new FrameReader(cipher).take(unhex(frame))).at(-1);

/** A whole connection, once from the device's side and once from the hub's. */
function checkConnection(v) {
  const opening = readOpening(unhex(v.opening));
  const head = openingHead(v.name, opening);
  t.equal(`${v.name}: opening`, hex(writeOpening(opening)), v.opening);
  t.equal(`${v.name}: prologue`, hex(prologue(head)), v.prologue);
  const shared = { prologue: prologue(head), psk: v.psk ? unhex(v.psk) : null };
  const device = handshake(true, shared, { s: unhex(keys.device_noise.secret), e: unhex(v.device_ephemeral_secret), rs: unhex(keys.hub_noise.public) });
  const hub = handshake(false, shared, { s: unhex(keys.hub_noise.secret), e: unhex(v.hub_ephemeral_secret) });
  const first = device.write(Buffer.alloc(0));
  t.equal(`${v.name}: message 1`, hex(first), hex(opening.noise));
  t.equal(`${v.name}: message 1 is empty`, hub.read(first).length, 0);
  t.equal(`${v.name}: message 2`, hex(hub.write(Buffer.alloc(0))), v.message_2);
  t.equal(`${v.name}: message 2 is empty`, device.read(unhex(v.message_2)).length, 0);
  t.equal(`${v.name}: message 3`, hex(device.write(unhex(v.message_3_payload))), v.message_3);
  t.equal(`${v.name}: payload of message 3`, hex(hub.read(unhex(v.message_3))), v.message_3_payload);
  t.equal(`${v.name}: who speaks`, hex(hub.rs), keys.device_noise.public);
  const [d, h] = [device.split(), hub.split()];
  t.equal(`${v.name}: transcript`, hex(d.hash), v.transcript_hash);
  t.equal(`${v.name}: six digits`, sixDigits(h.hash), v.six_digits);
  t.ok(`${v.name}: frames of the hub`, isDeepStrictEqual(writeFrames(h.send, unhex(v.hub_message)).map(hex), v.hub_frames), null);
  t.equal(`${v.name}: are read`, hex(take(d.receive, v.hub_frames)), v.hub_message);
  t.ok(`${v.name}: frames of the device`, isDeepStrictEqual(writeFrames(d.send, unhex(v.device_message)).map(hex), v.device_frames), null);
  t.equal(`${v.name}: are read`, hex(take(h.receive, v.device_frames)), v.device_message);
}

/** Damaged copies: both accept one, or both refuse it. */
function checkMutants(vectors) {
  const all = mutants(vectors, keys, 40, 20261126);
  const input = all.map(({ kind, bytes }) => `${kind} ${hex(bytes)}\n`).join('');
  const judge = spawnSync(path.join(process.argv[2], 'vectors_judge'), { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  const ours = (judge.stdout ?? '').trim().split('\n');
  const differ = all.filter(({ kind, bytes }, i) => (ours[i] === 'OK') !== (refusal(() => kinds[kind].read(bytes)) === null));
  t.ok(`${all.length} damaged copies are judged alike`, judge.status === 0 && ours.length === all.length && differ.length === 0, differ.slice(0, 3).map((m) => `${m.kind} ${hex(m.bytes)}`));
}

for (const [name, { vectors = [] }] of Object.entries(files)) {
  if (name === 'noise_xk.json') vectors.forEach(checkNoise);
  else if (name === 'refusals.json') vectors.forEach(checkRefusal);
  else if (name === 'merge.json') vectors.forEach(checkMerge);
  else vectors.forEach(checkVector);
}
files['documents.json'].vectors.filter((v) => v.kind === 'receipt').forEach(checkPins);
files['merge.json'].removals.forEach(checkRemoval);
files['merge.json'].classes.forEach(checkClass);
files['merge.json'].marks.forEach(checkMarks);
files['channel.json'].handshakes.forEach(checkConnection);
checkMutants(Object.values(files).flatMap((f) => f.vectors ?? []).filter((v) => v.hex && !v.error));
t.equal('the opening that asks for the manifest', hex(writeOpening({ kind: 'manifest' })), files['channel.json'].manifest_opening);
const newer = writeDocument('receipt', { ...files['documents.json'].vectors.find((v) => v.name === 'receipt refused').fields, exceptions: [{ changeset: 0, status: 5, reason: 'SOMETHING_NEW' }] }, unhex(keys.hub_sign.seed));
t.equal('a reason of a newer hub is taken as INVALID', kinds.receipt.read(newer).exceptions[0].reason, 'INVALID');
for (const { lease_secret, challenge, challenge_text, days, code } of files['enrol.json'].lease_codes) {
  t.equal(`a code of ${days} days`, leaseCode(unhex(lease_secret), unhex(challenge), days), code);
  t.equal('for the challenge that was read out', challengeText(unhex(challenge)), challenge_text);
}
checkCoverage(t, files, kinds);
t.finish();
