// bytes.mjs: bytes read and written from front to back: fixed fields, varints and text as in section 3 of PROTOCOL.md.

/** What a reader says about bytes that the protocol does not allow; `code` is a name of section 17. */
export class Refused extends Error {
  constructor(code, what) {
    super(`${code}: ${what}`);
    this.code = code;
  }
}
export const refuse = (code, what) => {
  throw new Refused(code, what);
};
export const need = (good, code, what) => {
  if (!good) refuse(code, what);
};

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => Buffer.from(text, 'hex');
export const join = (...parts) => Buffer.concat(parts.map((p) => Buffer.from(p)));
export const ascii = (text) => Buffer.from(text, 'latin1');
export const equal = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
export const zeros = (n) => Buffer.alloc(n);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export function utf8(bytes) {
  let text;
  try {
    text = decoder.decode(bytes);
  } catch {
    refuse('MALFORMED', 'text is not UTF-8');
  }
  need(!text.includes('\0'), 'MALFORMED', 'text holds NUL');
  return text;
}
/** A JavaScript number where it is exact, a BigInt otherwise. */
export const exact = (big) => (big >= BigInt(Number.MIN_SAFE_INTEGER) && big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : big);

export class Reader {
  constructor(bytes) {
    this.bytes = Buffer.from(bytes);
    this.at = 0;
  }
  get left() {
    return this.bytes.length - this.at;
  }
  take(n) {
    need(n <= this.left, 'TRUNCATED', `${n} bytes wanted, ${this.left} left`);
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
  u8() {
    return this.take(1)[0];
  }
  u16() {
    return this.take(2).readUInt16LE();
  }
  u32() {
    return this.take(4).readUInt32LE();
  }
  u64() {
    const value = this.take(8).readBigUInt64LE();
    need(value <= BigInt(Number.MAX_SAFE_INTEGER), 'MALFORMED', 'a number past 2^53');
    return Number(value);
  }
  id() {
    return hex(this.take(16));
  }
  bigVarint() {
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte & 0x80) continue;
      need(byte !== 0 || i === 0, 'MALFORMED', 'a varint longer than it need be');
      need(value < 1n << 64n, 'MALFORMED', 'a varint past 64 bits');
      return value;
    }
    return refuse('MALFORMED', 'a varint of more than ten bytes');
  }
  varint(max = Number.MAX_SAFE_INTEGER) {
    const value = this.bigVarint();
    need(value <= BigInt(max), 'MALFORMED', `${value} where ${max} is the most`);
    return Number(value);
  }
  signed() {
    const value = this.bigVarint();
    return exact((value >> 1n) ^ -(value & 1n));
  }
  /** A signed step from a number that only rises: the new one, within what such numbers may be. */
  step(from) {
    const value = BigInt(from) + BigInt(this.signed());
    need(value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER), 'MALFORMED', 'a step out of range');
    return Number(value);
  }
  end() {
    need(this.left === 0, 'TRAILING', `${this.left} bytes behind the end`);
  }
}

export class Writer {
  parts = [];
  put(bytes) {
    this.parts.push(Buffer.from(bytes));
    return this;
  }
  u8(value) {
    return this.put([value]);
  }
  u16(value) {
    const bytes = zeros(2);
    bytes.writeUInt16LE(value);
    return this.put(bytes);
  }
  u32(value) {
    const bytes = zeros(4);
    bytes.writeUInt32LE(value);
    return this.put(bytes);
  }
  u64(value) {
    const bytes = zeros(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return this.put(bytes);
  }
  id(text) {
    return this.put(unhex(text));
  }
  varint(value) {
    let left = BigInt(value);
    const bytes = [];
    for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
    return this.put([...bytes, Number(left)]);
  }
  signed(value) {
    return this.varint(BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)));
  }
  step(from, to) {
    return this.signed(BigInt(to) - BigInt(from));
  }
  bytes() {
    return Buffer.concat(this.parts);
  }
}
