// documents.mjs: the hub's signed documents (section 8 of PROTOCOL.md): receipt, manifest, succession, certificate, order.
import { hex, join, need, unhex } from './bytes.mjs';
import { sign, verify } from './crypto.mjs';
import * as f from './fields.mjs';
import { pack, unpack } from './msgpack.mjs';
import { errorNames, limits } from './schema.mjs';

export const statuses = [, 'applied', 'conflict', 'held', 'quarantined', 'refused'];
const status = f.one(1, 2, 3, 4, 5);
// A reason we do not know is a newer hub's; it is taken as INVALID.
const reason = { read: (v) => (errorNames.includes(f.program.read(v)) ? v : 'INVALID'), write: (v) => v };
const exception = f.record([['changeset', f.index], ['status', status], ['reason', reason]]);
const pin = f.record([['changeset', f.index], ['stamp', f.rising]]);

const reader = f.record([['number', f.u32], ['key', f.key], ['name', f.text(limits.concern_name_bytes_max)]]);

const kinds = {
  receipt: [
    ['hub', f.id], ['device', f.id], ['incarnation', f.u32], ['seq', f.rising], ['bundle_hash', f.key], ['status', status], ['received_ms', f.time],
    ['epoch', f.u32], ['position', f.rising], ['exceptions', f.list(exception, limits.bundle_changesets_max)], ['pins', f.list(pin, limits.bundle_changesets_max)], ['keep_days', f.u32],
  ],
  manifest: [
    ['hub', f.id], ['number', f.rising], ['hub_name', f.name], ['url', f.url], ['sign_public', f.key], ['noise_key', f.u32], ['noise_public', f.key],
    ['intake_key', f.u32], ['intake_public', f.key], ['version_min', f.u32], ['issued_ms', f.time],
    ['successions', f.list(f.blob(limits.succession_bytes_max), limits.successions_max)],
    ['concern_phone', f.text(limits.concern_phone_bytes_max)], ['readers', f.list(reader, limits.concern_readers_max)],
  ],
  certificate: [['hub', f.id], ['device', f.id], ['name', f.name], ['sign_public', f.key], ['noise_public', f.key], ['enrolled_ms', f.time]],
  succession: [['hub', f.id], ['old_public', f.key], ['new_public', f.key], ['number', f.u32], ['issued_ms', f.time]],
  order: [['hub', f.id], ['device', f.id], ['number', f.rising], ['kind', f.one(1, 2)], ['issued_ms', f.time], ['value', f.u32]],
};
const most = (kind) => limits[`${kind}_bytes_max`];
// These two are signed by a key inside them; whoever has pinned one compares.
const ownKey = { manifest: 'sign_public', succession: 'old_public' };

/** `signPublic`: the pinned key, or null where the one inside is not known yet. */
export function readDocument(kind, bytes, signPublic) {
  need(bytes.length <= most(kind), 'TOO_BIG', kind);
  need(bytes.length > 64, 'TRUNCATED', kind);
  const [body, signature] = [bytes.subarray(0, -64), bytes.subarray(-64)];
  if (!ownKey[kind]) verify(`tutti.${kind}`, body, signature, signPublic);
  const array = unpack(body);
  need(Array.isArray(array) && array.length === kinds[kind].length + 1, 'MALFORMED', kind);
  const [version, ...rest] = array;
  need(f.u32.read(version) === 1, 'VERSION', kind);
  const document = f.record(kinds[kind]).read(rest);
  if (ownKey[kind]) verify(`tutti.${kind}`, body, signature, unhex(document[ownKey[kind]]));
  if (kind === 'manifest') followed(document, signPublic);
  if (kind === 'receipt') need(document.incarnation > 0 && document.seq > 0, 'INVALID', 'a receipt');
  if (kind === 'order') need(document.number > 0 && document.value <= orderMost[document.kind], 'INVALID', 'an order');
  return document;
}
const orderMost = { 1: limits.lease_days_max, 2: 1 };

/** The pinned key must be the manifest's own, or lead to it through the successions. */
function followed(manifest, pinned) {
  const chain = manifest.successions.map((s) => readDocument('succession', unhex(s), null));
  chain.forEach((s, i) => {
    const next = chain[i + 1]?.old_public ?? manifest.sign_public;
    need(s.hub === manifest.hub && s.number === i + 1 && s.new_public === next, 'MALFORMED', 'successions that do not follow each other');
  });
  const known = !pinned || [manifest.sign_public, ...chain.map((s) => s.old_public)].includes(hex(pinned));
  need(known, 'BAD_SIGNATURE', 'a manifest of another hub');
}

export function writeDocument(kind, document, signSeed) {
  const body = pack([1, ...f.record(kinds[kind]).write(document)]);
  return join(body, sign(`tutti.${kind}`, body, signSeed));
}
