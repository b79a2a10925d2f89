// bundle.mjs: the sealed, signed and chained bundle (section 6 of PROTOCOL.md).
import { H, boxOpen, boxSeal, pad, sign, unpad, verify, xchachaOpen, xchachaSeal } from './crypto.mjs';
import { Reader, Writer, ascii, equal, hex, join, need, unhex, zeros } from './bytes.mjs';
import { limits } from './schema.mjs';

const label = 'tutti.bundle';
const block = 128;
const nonce = zeros(24);
export const noPrevious = hex(zeros(32));
export const bundleHash = (bytes) => hex(H('tutti.bundle.hash', bytes));

function writeHeader({ hub, intake_key, device, incarnation, seq, previous }, bodyLength) {
  const w = new Writer().put(ascii('TUTB')).u16(1).u16(0).id(hub).u32(intake_key).id(device);
  return w.u32(incarnation).u64(seq).put(unhex(previous)).u32(80).u32(bodyLength).bytes();
}

/** Seals content to the intake key and signs it; both random secrets are arguments, so that a vector can be made again. */
export function sealBundle(header, content, { intakePublic, signSeed, contentKey, ephemeralSecret }) {
  need(content.length <= limits.bundle_plain_bytes_max, 'TOO_BIG', 'content');
  const padded = pad(content, block);
  const head = writeHeader(header, padded.length + 16);
  const all = join(head, boxSeal(contentKey, intakePublic, ephemeralSecret), xchachaSeal(contentKey, nonce, head, padded));
  return join(all, sign(label, all, signSeed));
}

export function parseBundle(bytes) {
  need(bytes.length <= limits.bundle_bytes_max, 'TOO_BIG', 'a bundle');
  const r = new Reader(bytes);
  need(equal(r.take(4), ascii('TUTB')), 'MALFORMED', 'no bundle');
  need(r.u16() === 1, 'VERSION', 'a bundle of another version');
  need(r.u16() === 0, 'MALFORMED', 'flags of a bundle');
  const header = { hub: r.id(), intake_key: r.u32(), device: r.id(), incarnation: r.u32(), seq: r.u64(), previous: hex(r.take(32)) };
  need(header.incarnation > 0 && header.seq > 0, 'MALFORMED', 'incarnation and seq count from 1');
  need(r.u32() === 80, 'MALFORMED', 'length of the box');
  const bodyLength = r.u32();
  need(bodyLength >= 144 && bodyLength % block === 16, 'MALFORMED', 'length of the body');
  const [box, body, signature] = [r.take(80), r.take(bodyLength), r.take(64)];
  r.end();
  return { header, head: bytes.subarray(0, 96), box, body, signed: bytes.subarray(0, 176 + bodyLength), signature };
}

export function openBundle(bytes, { intakeSecret, signPublic }) {
  const parts = parseBundle(bytes);
  verify(label, parts.signed, parts.signature, signPublic);
  const content = unpad(xchachaOpen(boxOpen(parts.box, intakeSecret), nonce, parts.head, parts.body), block);
  return { ...parts.header, content, hash: bundleHash(bytes) };
}
