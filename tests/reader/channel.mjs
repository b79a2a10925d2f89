// channel.mjs: the first bytes of a connection, and messages in frames (section 11 of PROTOCOL.md).
import { Reader, Writer, ascii, join, need } from './bytes.mjs';
import { limits } from './schema.mjs';

const letters = { sync: 'H', enrol: 'E' };
/** Everything of the opening before the Noise message. */
export function openingHead(kind, { hub, noise_key, token_id }) {
  const w = new Writer().put(ascii(letters[kind])).u16(1).id(hub).u32(noise_key);
  return kind === 'enrol' ? w.id(token_id).bytes() : w.bytes();
}
export const prologue = (head) => join(ascii('tutti'), head);

export function readOpening(bytes) {
  const r = new Reader(bytes);
  const letter = r.take(1).toString('latin1');
  if (letter === 'M') return r.end(), { kind: 'manifest' };
  const kind = Object.keys(letters).find((k) => letters[k] === letter);
  need(kind, 'MALFORMED', 'an unknown opening');
  need(r.u16() === 1, 'VERSION', 'another protocol version');
  const opening = { kind, hub: r.id(), noise_key: r.u32() };
  if (kind === 'enrol') opening.token_id = r.id();
  opening.noise = r.take(48);
  r.end();
  return opening;
}
export const writeOpening = (o) => (o.kind === 'manifest' ? ascii('M') : join(openingHead(o.kind, o), o.noise));

/** One message as the frames that carry it. */
export function writeFrames(cipher, message) {
  need(message.length <= limits.message_bytes_max, 'TOO_BIG', 'a message');
  const frames = [];
  const piece = limits.frame_plain_bytes_max;
  for (let at = 0; at === 0 || at < message.length; at += piece) {
    const more = at + piece < message.length;
    frames.push(cipher.seal(join([more ? 1 : 0], message.subarray(at, at + piece))));
  }
  return frames;
}

/** Frames go in, whole messages come out. */
export class FrameReader {
  pieces = [];
  length = 0;
  constructor(cipher) {
    this.cipher = cipher;
  }
  /** The message this frame completes, or null. */
  take(frame) {
    need(frame.length <= limits.frame_bytes_max, 'TOO_BIG', 'a frame');
    const plain = this.cipher.open(frame);
    need(plain.length > 0 && plain[0] <= 1, 'MALFORMED', 'the first byte of a frame');
    const piece = plain.subarray(1);
    need(plain[0] === 0 || piece.length === limits.frame_plain_bytes_max, 'MALFORMED', 'a short piece that more follow');
    need((this.length += piece.length) <= limits.message_bytes_max, 'TOO_BIG', 'a message');
    this.pieces.push(piece);
    if (plain[0] === 1) return null;
    const message = join(...this.pieces);
    this.pieces = [];
    this.length = 0;
    return message;
  }
}
