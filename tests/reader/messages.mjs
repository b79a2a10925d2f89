// messages.mjs: the table of messages (section 12 of PROTOCOL.md).
import { need } from './bytes.mjs';
import { readBatch, writeBatch } from './feed.mjs';
import * as f from './fields.mjs';
import { pack, unpack } from './msgpack.mjs';
import { limits } from './schema.mjs';

const stream = f.record([['stream', f.id], ['position', f.rising], ['audience', f.u8]]);
const streams = f.list(stream, limits.streams_per_device_max);
const staff = f.list(f.record([['id', f.id], ['name', f.name]]), limits.staff_on_device_max);
const batchFields = f.record([['stream', f.id], ['audience', f.u8], ['from', f.rising], ['to', f.rising], ['flags', f.u8], ['count', f.u32], ['rows', f.blob(limits.message_bytes_max)], ['digest', f.blob(32)]]);
const batch = {
  read(v) {
    const b = batchFields.read(v);
    return readBatch([b.stream, b.audience, b.from, b.to, b.flags, b.count, Buffer.from(b.rows, 'hex'), b.digest]);
  },
  write(b) {
    const [id, ...rest] = writeBatch(b);
    return [Buffer.from(id, 'hex'), ...rest];
  },
};

// A reason nobody knows is still an end.
const reason = { read: (v) => (f.u8.read(v) >= 1 && v <= 5 ? v : 5), write: (v) => v };

export const messages = {
  HELLO: [1, [
    ['device', f.id], ['incarnation', f.u32], ['sealed_seq', f.rising], ['epoch', f.u32], ['receipt_seq', f.rising], ['schema', f.u32], ['wall_ms', f.time],
    ['manifest', f.rising], ['program', f.program], ['withheld', f.list(f.record([['incarnation', f.u32], ['seq', f.rising]]), limits.hello_withheld_max)],
    ['earlier', f.list(f.record([['incarnation', f.u32], ['epoch', f.u32], ['seq', f.rising]]), limits.hello_earlier_max)],
    ['certificate', f.blob(limits.certificate_bytes_max)],
  ]],
  BUNDLE: [2, [['bytes', f.blob(limits.bundle_bytes_max)]]],
  SUBSCRIBE: [3, [['epoch', f.u32], ['streams', streams]]],
  CREDIT: [4, [['batches', f.u32]]],
  ENROL: [5, [['sign_public', f.key], ['kind', f.u8], ['program', f.program]]],
  ENROL_CONFIRM: [6, []],
  BYE: [7, [['reason', reason]]],
  REPAIR: [8, [['stream', f.id], ['audience', f.u8], ['flags', f.u8], ['after', f.blob(17)], ['rows', f.blob(25 * limits.repair_rows_max)]]],
  CARRY: [9, [['who', f.id], ['file', f.blob(limits.carried_piece_bytes_max)]]],
  WELCOME: [32, [
    ['hub_ms', f.time], ['epoch', f.u32], ['bundle_seq', f.rising], ['bundle_hash', f.key], ['manifest', f.rising], ['lease_days', f.u32], ['feed_credit', f.u32],
    ['schema', f.u32], ['earlier', f.list(f.record([['seq', f.rising], ['hash', f.key]]), limits.hello_earlier_max)],
  ]],
  RECEIPTS: [33, [['receipts', f.list(f.blob(limits.receipt_bytes_max), limits.receipts_per_message_max)]]],
  FEED: [34, [['batch', batch]]],
  MANIFEST: [35, [['bytes', f.blob(limits.manifest_bytes_max)]]],
  GRANTS: [36, [['streams', streams], ['staff', staff]]],
  RETRY: [37, [['ms', f.u32]]],
  ENROLLED: [38, [
    ['device', f.id], ['device_name', f.name], ['certificate', f.blob(limits.certificate_bytes_max)], ['manifest', f.blob(limits.manifest_bytes_max)], ['hub_ms', f.time],
    ['staff', staff], ['lease_secret', f.key],
  ]],
  ORDERS: [39, [['orders', f.list(f.blob(limits.order_bytes_max), limits.orders_per_message_max)]]],
  CARRIED: [40, [['not_taken', f.u32], ['why', f.program], ['reply', f.blob(limits.message_bytes_max)]]],
};
/** A piece of a list: whole entries, rising by (table, id), behind the piece before; or, to begin anew, nothing. */
function checkRepair({ flags, after, rows }) {
  need(flags <= 3, 'MALFORMED', `flags ${flags}`);
  need(after === '' || after.length === 34, 'MALFORMED', 'a piece that follows half a row');
  need(rows.length % 50 === 0, 'MALFORMED', 'half a row');
  need(rows !== '' || (flags & 1) !== 0, 'MALFORMED', 'a piece of nothing that is not the last');
  need((flags & 2) === 0 || (flags === 3 && after === '' && rows === ''), 'MALFORMED', 'a stream sent anew needs no list');
  const keys = [...(after === '' ? [] : [after]), ...(rows.match(/.{50}/gs) ?? []).map((entry) => entry.slice(0, 34))];
  need(keys.every((key, i) => i === 0 || keys[i - 1] < key), 'MALFORMED', 'rows that do not rise');
}

const byType = Object.fromEntries(Object.entries(messages).map(([word, [type, fields]]) => [type, [word, f.record(fields)]]));

export function readMessage(bytes) {
  need(bytes.length <= limits.message_bytes_max, 'TOO_BIG', 'a message');
  const array = unpack(bytes);
  need(Array.isArray(array) && typeof array[0] === 'number' && byType[array[0]], 'MALFORMED', 'an unknown message');
  const [word, fields] = byType[array[0]];
  const read = fields.read(array.slice(1));
  if (word === 'REPAIR') checkRepair(read);
  return { message: word, ...read };
}
export function writeMessage({ message, ...fields }) {
  const [type, kinds] = messages[message];
  return pack([type, ...f.record(kinds).write(fields)]);
}
