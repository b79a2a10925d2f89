// crypto.mjs: the primitives of section 3 of PROTOCOL.md, from Node and two small packages; nothing of the product's own.
import { createHmac, createPrivateKey, createPublicKey, diffieHellman, sign as signRaw, verify as verifyRaw } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ascii, equal, join, need, unhex, zeros } from './bytes.mjs';

const packaged = createRequire(fileURLToPath(new URL('../../shared/ui/package.json', import.meta.url)));
const { blake2b } = packaged('@noble/hashes/blake2b');
const { chacha20poly1305, xchacha20poly1305 } = packaged('@noble/ciphers/chacha');
const { xsalsa20poly1305, hsalsa } = packaged('@noble/ciphers/salsa');

const labelled = (label, data) => join([label.length], ascii(label), data);
export const H = (label, data) => Buffer.from(blake2b(labelled(label, data), { dkLen: 32 }));
export const H64 = (label, data) => Buffer.from(blake2b(labelled(label, data), { dkLen: 64 }));
export const blake2b512 = (data) => Buffer.from(blake2b(data, { dkLen: 64 }));
export const hmac = (key, data) => createHmac('blake2b512', key).update(data).digest();

// Node takes raw Curve25519 keys only inside their DER frames.
const der = { ed25519: '70', x25519: '6e' };
const privateKey = (curve, raw) => createPrivateKey({ key: join(unhex(`302e020100300506032b65${der[curve]}04220420`), raw), format: 'der', type: 'pkcs8' });
const publicKey = (curve, raw) => createPublicKey({ key: join(unhex(`302a300506032b65${der[curve]}032100`), raw), format: 'der', type: 'spki' });
const rawPublic = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);

export const signPublic = (seed) => rawPublic(privateKey('ed25519', seed));
export const sign = (label, data, seed) => signRaw(null, H64(label, data), privateKey('ed25519', seed));
export const verify = (label, data, signature, key) => need(verifyRaw(null, H64(label, data), publicKey('ed25519', key), signature), 'BAD_SIGNATURE', label);

export const boxPublic = (secret) => rawPublic(privateKey('x25519', secret));
/** X25519; Node itself refuses an all-zero result. */
export function dh(secret, key) {
  let shared = zeros(32);
  try {
    shared = diffieHellman({ privateKey: privateKey('x25519', secret), publicKey: publicKey('x25519', key) });
  } catch {}
  need(!equal(shared, zeros(32)), 'CRYPTO', 'an all-zero Diffie-Hellman result');
  return shared;
}

function opened(open, what) {
  let text = null;
  try {
    text = Buffer.from(open());
  } catch {}
  need(text, 'CRYPTO', what);
  return text;
}
export const xchachaSeal = (key, nonce, ad, text) => Buffer.from(xchacha20poly1305(key, nonce, ad).encrypt(text));
export const xchachaOpen = (key, nonce, ad, sealed) => opened(() => xchacha20poly1305(key, nonce, ad).decrypt(sealed), 'the body does not open');
export const chachaSeal = (key, nonce, ad, text) => Buffer.from(chacha20poly1305(key, nonce, ad).encrypt(text));
export const chachaOpen = (key, nonce, ad, sealed) => opened(() => chacha20poly1305(key, nonce, ad).decrypt(sealed), 'a Noise message does not open');

// crypto_box: HSalsa20 of the shared point is the key of XSalsa20-Poly1305; its sealed form begins with the ephemeral public key.
const words = (bytes) => new Uint32Array(Uint8Array.from(bytes).buffer);
const sigma = words(ascii('expand 32-byte k'));
function boxCipher(secret, key, ephemeral, recipient) {
  const shared = new Uint32Array(8);
  hsalsa(sigma, words(dh(secret, key)), new Uint32Array(4), shared);
  return xsalsa20poly1305(new Uint8Array(shared.buffer), blake2b(join(ephemeral, recipient), { dkLen: 24 }));
}
export function boxSeal(text, recipient, ephemeralSecret) {
  const ephemeral = boxPublic(ephemeralSecret);
  return join(ephemeral, boxCipher(ephemeralSecret, recipient, ephemeral, recipient).encrypt(text));
}
export function boxOpen(sealed, secret) {
  const ephemeral = sealed.subarray(0, 32);
  return opened(() => boxCipher(secret, ephemeral, ephemeral, boxPublic(secret)).decrypt(sealed.subarray(32)), 'the box does not open');
}

export function pad(text, block) {
  return join(text, [0x80], zeros(block - 1 - (text.length % block)));
}
export function unpad(padded, block) {
  const end = padded.lastIndexOf(0x80);
  const good = padded.length > 0 && padded.length % block === 0 && end >= padded.length - block && padded.subarray(end + 1).every((b) => b === 0);
  need(good, 'CRYPTO', 'the padding is wrong');
  return padded.subarray(0, end);
}
