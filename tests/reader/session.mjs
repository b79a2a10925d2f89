// session.mjs: a connection from the device's side (sections 11, 12 and 14 of PROTOCOL.md): manifest, handshake, messages.
import { randomBytes } from 'node:crypto';
import { need, unhex, zeros } from './bytes.mjs';
import { FrameReader, openingHead, prologue, writeFrames, writeOpening } from './channel.mjs';
import { readDocument } from './documents.mjs';
import { openLine } from './line.mjs';
import { readMessage, writeMessage } from './messages.mjs';
import { Handshake } from './noise.mjs';

export async function fetchManifest(url, ca) {
  const line = await openLine(url, ca);
  line.send(writeOpening({ kind: 'manifest' }));
  const bytes = await line.next();
  need(bytes, 'NETWORK', 'no manifest came');
  need((await line.next()) === null, 'MALFORMED', 'something behind the manifest');
  return bytes;
}

export class Session {
  constructor(line, ends) {
    this.line = line;
    this.cipher = ends.send;
    this.frames = new FrameReader(ends.receive);
    this.hash = ends.hash;
    this.seen = [];
  }
  /** kind: sync with HELLO, or enrol with ENROL, as message 3's payload. */
  static async open(kind, { manifest, ca, noiseSecret, token, hello }) {
    const line = await openLine(manifest.url, ca);
    const head = openingHead(kind, { hub: manifest.hub, noise_key: manifest.noise_key, token_id: token?.token_id });
    const noise = new Handshake({
      initiator: true, prologue: prologue(head), s: noiseSecret, e: randomBytes(32), rs: unhex(manifest.noise_public), psk: token ? unhex(token.psk) : null,
    });
    line.send(Buffer.concat([head, noise.write(zeros(0))]));
    const answer = await line.next();
    need(answer, 'NETWORK', 'the hub closed');
    need(noise.read(answer).length === 0, 'MALFORMED', 'message 2 is not empty');
    line.send(noise.write(writeMessage(hello)));
    return new Session(line, noise.split());
  }
  send(message) {
    for (const frame of writeFrames(this.cipher, writeMessage(message))) this.line.send(frame);
  }
  /** The next whole message, or null when the hub closed. */
  async receive() {
    for (;;) {
      const frame = await this.line.next();
      if (frame === null) return null;
      const bytes = this.frames.take(frame);
      if (bytes !== null) return readMessage(bytes);
    }
  }
  /** The next message of this name; what comes before it is kept in `seen`. */
  async until(word) {
    for (;;) {
      const at = this.seen.findIndex((m) => m.message === word);
      if (at >= 0) return this.seen.splice(at, 1)[0];
      const message = await this.receive();
      need(message, 'NETWORK', `the hub closed before it said ${word}`);
      this.seen.push(message);
    }
  }
  /** The next batch of the feed; what it cost is given back. */
  async batch() {
    const { batch } = await this.until('FEED');
    this.send({ message: 'CREDIT', batches: 1 });
    return batch;
  }
  bye() {
    this.send({ message: 'BYE', reason: 1 });
    this.line.close();
  }
}

/** A manifest as a document; the pinned key verifies it, or at enrolment its own, which the fingerprint then vouches for. */
export const readManifest = (bytes, signPublic = null) => readDocument('manifest', bytes, signPublic);
