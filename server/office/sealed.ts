// sealed.ts: opens safeguarding concerns in this browser, with a key that never leaves it. Loaded only when somebody opens a key file.
import { decode } from '@msgpack/msgpack';
import { xchacha20poly1305 } from '@noble/ciphers/chacha';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa';
import { x25519 } from '@noble/curves/ed25519';
import { argon2idAsync } from '@noble/hashes/argon2';
import { blake2b } from '@noble/hashes/blake2b';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils';

export interface SafeguardingKey {
  number: number;
  name: string;
  publicKey: Uint8Array;
  secret: Uint8Array;
}
export interface OpenedConcern {
  written_at: number;
  author_name: string;
  learner: string | null;
  learner_name: string;
  text: string;
}

/** Something that a person can put right, in a sentence. */
export class SealedError extends Error {}

// ---- the key file, as `tutti-server safeguarding-key make` writes it ----

interface KeyFile {
  number: number;
  name: string;
  hub: string;
  passes: number;
  memory_kib: number;
  public: string;
  salt: string;
  nonce: string;
  secret: string;
}

const isHex = (value: unknown, bytes: number): boolean => typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value);
const isCount = (value: unknown, max: number): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
const memoryKibMax = 1_048_576;
const passesMax = 64;

function readKeyFile(text: string): KeyFile {
  let file: Partial<KeyFile> & { what?: unknown; version?: unknown };
  try {
    file = JSON.parse(text) as typeof file;
  } catch {
    throw new SealedError('That is not a safeguarding key file.');
  }
  const good =
    file?.what === 'Tutti safeguarding key' && file.version === 1 && typeof file.name === 'string' && isCount(file.number, 2 ** 32 - 1) && isCount(file.passes, passesMax) &&
    isCount(file.memory_kib, memoryKibMax) && isHex(file.hub, 16) && isHex(file.public, 32) && isHex(file.salt, 16) && isHex(file.nonce, 24) && isHex(file.secret, 48);
  if (!good) throw new SealedError('That is not a safeguarding key file, or it is damaged.');
  return file as KeyFile;
}

export async function unwrapKey(text: string, passphrase: string, hub: string): Promise<SafeguardingKey> {
  const file = readKeyFile(text);
  if (file.hub !== hub) throw new SealedError('That key belongs to another hub.');
  const publicKey = hexToBytes(file.public);
  const key = await argon2idAsync(utf8ToBytes(passphrase), hexToBytes(file.salt), { t: file.passes, m: file.memory_kib, p: 1, dkLen: 32, maxmem: 2 ** 32 - 1 });
  let secret: Uint8Array;
  try {
    secret = xchacha20poly1305(key, hexToBytes(file.nonce), publicKey).decrypt(hexToBytes(file.secret));
  } catch {
    throw new SealedError('The passphrase does not open this key.');
  }
  if (bytesToHex(x25519.getPublicKey(secret)) !== file.public) throw new SealedError('The key file is damaged.');
  return { number: file.number, name: file.name, publicKey, secret };
}

// ---- crypto_box_seal and the concern, as PROTOCOL.md has them ----

const words = (bytes: Uint8Array): Uint32Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
};
const sigma = words(utf8ToBytes('expand 32-byte k'));

function openBox(box: Uint8Array, key: SafeguardingKey): Uint8Array {
  const ephemeral = box.subarray(0, 32);
  const shared = new Uint32Array(8);
  hsalsa(sigma, words(x25519.getSharedSecret(key.secret, ephemeral)), new Uint32Array(4), shared);
  const cipher = xsalsa20poly1305(new Uint8Array(shared.buffer), blake2b(concatBytes(ephemeral, key.publicKey), { dkLen: 24 }));
  return cipher.decrypt(box.subarray(32));
}

const label = utf8ToBytes('tutti.concern');
const boxBytes = 84;

function bytesOf(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
}

function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.lastIndexOf(0x80);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new SealedError('It is damaged.');
  return padded.subarray(0, end);
}

function read(content: unknown): OpenedConcern {
  if (!Array.isArray(content) || content.length !== 7 || content[0] !== 1) throw new SealedError('It was written by a newer program.');
  const [, written_at, , author_name, learner, learner_name, text] = content as unknown[];
  if (typeof written_at !== 'number' || typeof author_name !== 'string' || !(learner instanceof Uint8Array) || typeof learner_name !== 'string' || typeof text !== 'string') {
    throw new SealedError('It is damaged.');
  }
  return { written_at, author_name, learner: learner.length === 16 ? bytesToHex(learner) : null, learner_name, text };
}

export function openConcern(key: SafeguardingKey, hub: string, row: string, sealed: string): OpenedConcern {
  const bytes = bytesOf(sealed);
  const [version, count = 0] = bytes;
  const view = new DataView(bytes.buffer);
  if (version !== 1) throw new SealedError('It was written by a newer program.');
  for (let at = 2; at + boxBytes <= bytes.length && at < 2 + count * boxBytes; at += boxBytes) {
    if (view.getUint32(at, true) !== key.number) continue;
    const head = bytes.subarray(0, 2 + count * boxBytes);
    const binding = blake2b(concatBytes(Uint8Array.of(label.length), label, hexToBytes(hub), hexToBytes(row), head), { dkLen: 32 });
    try {
      const contentKey = openBox(bytes.subarray(at + 4, at + boxBytes), key);
      return read(decode(unpad(xchacha20poly1305(contentKey, new Uint8Array(24), binding).decrypt(bytes.subarray(head.length)))));
    } catch (error) {
      if (error instanceof SealedError) throw error;
      throw new SealedError('This key does not open it: it was changed on the way, or sealed to another key of that number.');
    }
  }
  throw new SealedError('It was sealed to another key.');
}
