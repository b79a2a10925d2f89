// concern.mjs: a safeguarding concern as a device seals it (section 8 of PROTOCOL.md).
import { H, boxOpen, boxSeal, pad, unpad, xchachaOpen, xchachaSeal } from './crypto.mjs';
import { Reader, Writer, hex, join, need, unhex, zeros } from './bytes.mjs';
import * as f from './fields.mjs';
import { pack, unpack } from './msgpack.mjs';
import { limits } from './schema.mjs';

const block = 256;
const nonce = zeros(24);
const nobody = hex(zeros(16));
const names = f.text(2 * limits.name_bytes_max);
const content = f.record([['version', f.one(1)], ['written_ms', f.time], ['author', f.id], ['author_name', names], ['learner', f.blob(16)], ['learner_name', names],
  ['text', f.text(limits.concern_text_bytes_max)]]);
const binding = (hub, row, head) => H('tutti.concern', join(unhex(hub), unhex(row), head));

export function openConcern(bytes, { hub, row, number, secret }) {
  const r = new Reader(bytes);
  const [version, count] = r.take(2);
  need(version === 1, 'VERSION', 'a concern of another version');
  need(count >= 1 && count <= limits.concern_readers_max, 'MALFORMED', 'readers of a concern');
  const boxes = Array.from({ length: count }, () => ({ number: r.u32(), box: r.take(80) }));
  const mine = boxes.findLast((b) => b.number === number);
  need(mine, 'UNKNOWN_KEY', 'not sealed to that key');
  const head = bytes.subarray(0, 2 + 84 * count);
  const body = bytes.subarray(head.length);
  const { version: _, learner, ...fields } = content.read(unpack(unpad(xchachaOpen(boxOpen(mine.box, secret), nonce, binding(hub, row, head), body), block)));
  need([0, 32].includes(learner.length), 'MALFORMED', 'the learner of a concern');
  return { ...fields, learner: learner || nobody };
}

/** `readers`: number, public key and ephemeral secret of each, in the manifest's order. */
export function sealConcern(fields, { hub, row, contentKey, readers }) {
  const w = new Writer().put([1, readers.length]);
  for (const { number, key, ephemeralSecret } of readers) w.u32(number).put(boxSeal(contentKey, key, ephemeralSecret));
  const head = w.bytes();
  const learner = fields.learner === nobody ? '' : fields.learner;
  const plain = pack(content.write({ ...fields, version: 1, learner }));
  return join(head, xchachaSeal(contentKey, nonce, binding(hub, row, head), pad(plain, block)));
}
