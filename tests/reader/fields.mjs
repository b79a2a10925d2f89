// fields.mjs: the kinds of field a msgpack array of the protocol may have, each as { read, write }; and arrays of them as records.
import { hex, need, unhex } from './bytes.mjs';
import { limits } from './schema.mjs';

const exactly = (read, write = (v) => v) => ({ read, write });
const number = (low, high) =>
  exactly((v) => {
    need(typeof v === 'number' && v >= low && v <= high, 'MALFORMED', `${v} is no number from ${low} to ${high}`);
    return v;
  });
const bytes = (n) =>
  exactly((v) => {
    need(v instanceof Uint8Array && v.length === n, 'MALFORMED', `not ${n} bytes`);
    return hex(v);
  }, unhex);
const blob = (max) =>
  exactly((v) => {
    need(v instanceof Uint8Array, 'MALFORMED', 'not bytes');
    need(v.length <= max, 'TOO_BIG', 'bytes');
    return hex(v);
  }, unhex);
const text = (max) =>
  exactly((v) => {
    need(typeof v === 'string', 'MALFORMED', 'not text');
    need(Buffer.byteLength(v) <= max, 'TOO_BIG', 'text');
    return v;
  });

export const id = bytes(16);
export const key = bytes(32);
export const u8 = number(0, 255);
export const u16 = number(0, 65535);
export const u32 = number(0, 0xffffffff);
export const index = number(0, limits.bundle_changesets_max - 1);
export const rising = number(0, Number.MAX_SAFE_INTEGER);
export const time = number(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const one = (...allowed) =>
  exactly((v) => {
    need(allowed.includes(v), 'MALFORMED', `${v} is none of ${allowed}`);
    return v;
  });
export const name = text(limits.name_bytes_max);
export const url = text(limits.url_bytes_max);
export const program = text(limits.program_bytes_max);
export { blob, bytes, text };

/** Fields in order: [['name', kind], …] as one object. */
export const record = (fields) => ({
  read(v) {
    need(Array.isArray(v) && v.length === fields.length, 'MALFORMED', `not ${fields.length} fields`);
    return Object.fromEntries(fields.map(([field, kind], i) => [field, kind.read(v[i])]));
  },
  write: (o) => fields.map(([field, kind]) => kind.write(o[field])),
});
export const list = (of, max) => ({
  read(v) {
    need(Array.isArray(v), 'MALFORMED', 'not a list');
    need(v.length <= max, 'TOO_BIG', 'a list');
    return v.map(of.read);
  },
  write: (all) => all.map(of.write),
});
