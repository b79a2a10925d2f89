// msgpack.mjs: strict msgpack (section 3 of PROTOCOL.md): one form for everything, bounded before anything is made of it.
import { Reader, Writer, exact, need, refuse, utf8 } from './bytes.mjs';
import { limits } from './schema.mjs';

const shortest = (good) => need(good, 'MALFORMED', 'a length or number longer than it need be');

function unsigned(r, bytes) {
  let value = 0n;
  for (const b of r.take(bytes)) value = (value << 8n) | BigInt(b);
  return value;
}
function wide(r, bytes, floor) {
  const value = unsigned(r, bytes);
  shortest(value > BigInt(floor));
  return value;
}
const smaller = { 1: 127, 2: 0xff, 4: 0xffff, 8: 0xffffffff };
function negative(r, bytes) {
  const value = BigInt.asIntN(8 * bytes, unsigned(r, bytes));
  shortest(value < { 1: -32n, 2: -128n, 4: -32768n, 8: -2147483648n }[bytes]);
  return value;
}

class Unpacker {
  constructor(bytes) {
    this.r = new Reader(bytes);
    this.items = 0;
  }
  /** A count that the bytes left cannot hold is refused before anything is reserved for it. */
  many(count, each) {
    need(count * each <= this.r.left, 'TRUNCATED', `${count} things in ${this.r.left} bytes`);
    return count;
  }
  array(count, depth) {
    return Array.from({ length: this.many(count, 1) }, () => this.item(depth + 1));
  }
  map(count, depth) {
    need(count <= limits.codec_map_keys_max, 'TOO_BIG', 'keys of a map');
    const map = new Map();
    for (let i = this.many(count, 2); i > 0; i--) {
      const key = this.item(depth + 1);
      need(typeof key === 'string', 'MALFORMED', 'a key that is no text');
      need(!map.has(key), 'MALFORMED', `the key ${key} twice`);
      map.set(key, this.item(depth + 1));
    }
    return map;
  }
  item(depth) {
    need(depth <= limits.codec_depth_max, 'TOO_BIG', 'nesting');
    need(++this.items <= limits.codec_items_max, 'TOO_BIG', 'objects in a message');
    const { r } = this;
    const b = r.u8();
    const sized = (bytes, floor) => Number(wide(r, bytes, floor));
    if (b <= 0x7f) return b;
    if (b <= 0x8f) return this.map(b & 15, depth);
    if (b <= 0x9f) return this.array(b & 15, depth);
    if (b <= 0xbf) return utf8(r.take(b & 31));
    if (b >= 0xe0) return b - 256;
    switch (b) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return r.take(r.u8());
      case 0xc5: return r.take(sized(2, 0xff));
      case 0xc6: return r.take(sized(4, 0xffff));
      case 0xcc: case 0xcd: case 0xce: case 0xcf: return exact(wide(r, 1 << (b - 0xcc), smaller[1 << (b - 0xcc)]));
      case 0xd0: case 0xd1: case 0xd2: case 0xd3: return exact(negative(r, 1 << (b - 0xd0)));
      case 0xd9: return utf8(r.take(sized(1, 31)));
      case 0xda: return utf8(r.take(sized(2, 0xff)));
      case 0xdb: return utf8(r.take(sized(4, 0xffff)));
      case 0xdc: return this.array(sized(2, 15), depth);
      case 0xdd: return this.array(sized(4, 0xffff), depth);
      case 0xde: return this.map(sized(2, 15), depth);
      case 0xdf: return this.map(sized(4, 0xffff), depth);
      default: return refuse('MALFORMED', `the byte ${b.toString(16)}`);
    }
  }
}

/** Text as a string, bytes as a Buffer, arrays, maps as Map, whole numbers as numbers (BigInt past 2^53), booleans, null. */
export function unpack(bytes) {
  const u = new Unpacker(bytes);
  const value = u.item(1);
  u.r.end();
  return value;
}

function head(w, count, fix, fixMax, wider) {
  if (count <= fixMax) return w.u8(fix | count);
  const [code, bytes] = wider.find(([, n]) => count < 2 ** (8 * n));
  return number(w.u8(code), BigInt(count), bytes);
}
function number(w, value, bytes) {
  return w.put(Array.from({ length: bytes }, (_, i) => Number((BigInt.asUintN(64, value) >> BigInt(8 * (bytes - 1 - i))) & 0xffn)));
}
function integer(w, value) {
  const n = BigInt(value);
  if (n >= 0n && n < 128n) return w.u8(Number(n));
  if (n < 0n && n >= -32n) return w.u8(Number(n) + 256);
  const at = [1, 2, 4, 8].findIndex((bytes) => (n >= 0n ? n < 1n << BigInt(8 * bytes) : n >= -(1n << BigInt(8 * bytes - 1))));
  return number(w.u8((n >= 0n ? 0xcc : 0xd0) + at), n, 1 << at);
}
function put(w, value) {
  if (value === null) return w.u8(0xc0);
  if (typeof value === 'boolean') return w.u8(value ? 0xc3 : 0xc2);
  if (typeof value === 'number' || typeof value === 'bigint') return integer(w, value);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return head(w, text.length, 0xa0, 31, [[0xd9, 1], [0xda, 2], [0xdb, 4]]).put(text);
  }
  if (value instanceof Uint8Array) return head(w, value.length, 0, -1, [[0xc4, 1], [0xc5, 2], [0xc6, 4]]).put(value);
  const isMap = value instanceof Map;
  head(w, isMap ? value.size : value.length, isMap ? 0x80 : 0x90, 15, isMap ? [[0xde, 2], [0xdf, 4]] : [[0xdc, 2], [0xdd, 4]]);
  for (const one of isMap ? [...value].flat() : value) put(w, one);
  return w;
}
export const pack = (value) => put(new Writer(), value).bytes();
