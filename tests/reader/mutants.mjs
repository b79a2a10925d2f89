// mutants.mjs: damaged copies of the vectors, the same ones for a seed, with whole signatures and hashes behind them.
import { join, unhex } from './bytes.mjs';
import { H, sign } from './crypto.mjs';

/** mulberry32: small, and the same everywhere. */
function chance(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const telling = [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0x90, 0xa0, 0xc0, 0xc4, 0xcc, 0xcd, 0xcf, 0xd0, 0xff];
const damages = [
  (b, at, r) => ((b[at] = telling[r(telling.length)]), b),
  (b, at, r) => ((b[at] = r(256)), b),
  (b, at, r) => ((b[at] ^= 1 << r(8)), b),
  (b, at) => (b[at]++, b),
  (b, at) => (b[at]--, b),
  (b, at) => b.subarray(0, at),
  (b, at, r) => join(b.subarray(0, at), b.subarray(at + 1 + r(4))),
  (b, at, r) => join(b.subarray(0, at), [telling[r(telling.length)]], b.subarray(at)),
  (b, at, r) => join(b.subarray(0, at), b.subarray(at, at + 1 + r(40)), b.subarray(at)),
];

const signed = (kind, who = 'hub_sign') => [64, (body, keys) => join(body, sign(`tutti.${kind}`, body, unhex(keys[who].seed)))];
const hashed = [32, (body) => join(body, H('tutti.file', body))];
const trailers = {
  receipt: signed('receipt'), manifest: signed('manifest'), certificate: signed('certificate'), order: signed('order'), succession: signed('succession', 'hub_sign_before'),
  bundle: signed('bundle', 'device_sign'), export: hashed, reply: hashed,
};

/** `count` of each vector, as { kind, bytes, name }. */
export function mutants(vectors, keys, count, seed) {
  const r = chance(seed);
  return vectors.flatMap(({ name, kind, hex }) => {
    const [length, trail] = trailers[kind] ?? [0, (body) => body];
    const whole = unhex(hex);
    const body = whole.subarray(0, whole.length - length);
    return Array.from({ length: count }, () => {
      let bytes = Buffer.from(body);
      for (let n = 1 + r(2); n > 0 && bytes.length > 0; n--) bytes = damages[r(damages.length)](bytes, r(bytes.length), r);
      return { name, kind, bytes: trail(bytes, keys) };
    });
  });
}
