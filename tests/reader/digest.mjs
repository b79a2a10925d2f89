// digest.mjs: what a device holds of a stream, its digest, and its list of rows (section 13 of PROTOCOL.md).
import { Writer, hex, unhex } from './bytes.mjs';
import { H } from './crypto.mjs';
import { tableNamed, unitsOf } from './schema.mjs';

const audiences = { ALL: 15, REGISTER: 14, CARE: 12, TEACHING: 8, DOOR: 1, OFFICE: 0 };

function putValue(w, column, value) {
  if (value === undefined) return w.u8(0);
  if (column.type === 'ID') return w.u8(3).id(value);
  if (column.type !== 'TEXT') return w.u8(1).signed(value);
  const bytes = Buffer.from(value);
  return w.u8(2).varint(bytes.length).put(bytes);
}

function rowHash({ table: name, row, version, values, units }, audience) {
  const table = tableNamed(name);
  const w = new Writer().u8(table.id).id(row).varint(version);
  for (const column of table.columns) if (audiences[column.audience] & audience) putValue(w, column, values[column.name]);
  for (let unit = 0; unit <= Math.max(...unitsOf(table)); unit++) {
    const heads = units.find((u) => u.unit === unit)?.heads ?? [];
    w.varint(heads.length);
    for (const { op } of heads) w.id(op.device).varint(op.incarnation).varint(op.counter);
  }
  return H('tutti.digest.row', w.bytes());
}

/** The rows of one stream, each at its latest version. */
export class Holding {
  rows = new Map();
  constructor(stream) {
    this.stream = stream;
  }
  apply({ audience, to, restart, repair, items }) {
    if (restart) this.rows.clear();
    Object.assign(this, { audience, position: to });
    for (const item of items) {
      const key = hex([tableNamed(item.table).id]) + item.row;
      const older = this.rows.get(key)?.version > item.version && !repair;
      if (item.kind === 'row' && !older) this.rows.set(key, item);
      if (item.kind === 'leave') this.rows.delete(key);
    }
    return this;
  }
  digest() {
    const sum = Buffer.alloc(32);
    for (const item of this.rows.values()) rowHash(item, this.audience).forEach((byte, i) => (sum[i] ^= byte));
    return hex(H('tutti.digest', new Writer().id(this.stream).u8(this.audience).u64(this.rows.size).put(sum).bytes()));
  }
  /** Table, id and the first eight bytes of the hash of each row, rising. */
  list() {
    return [...this.rows.keys()].sort().map((key) => key + hex(rowHash(this.rows.get(key), this.audience).subarray(0, 8))).join('');
  }
}

/** What a device holds after these batches, by stream. */
export function holdings(batches, held = new Map()) {
  for (const batch of batches) {
    if (!held.has(batch.stream)) held.set(batch.stream, new Holding(batch.stream));
    held.get(batch.stream).apply(batch);
  }
  return held;
}
export const positions = (held) => [...held.values()].map(({ stream, position, audience }) => ({ stream, position, audience }));
