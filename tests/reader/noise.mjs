// noise.mjs: Noise_XK and Noise_XKpsk3 with 25519, ChaChaPoly and BLAKE2b (Noise revision 34); either side.
import { blake2b512, boxPublic, chachaOpen, chachaSeal, dh, hmac } from './crypto.mjs';
import { ascii, join, need, zeros } from './bytes.mjs';

const nonceOf = (n) => {
  const nonce = zeros(12);
  nonce.writeBigUInt64LE(BigInt(n), 4);
  return nonce;
};
function hkdf(chain, input, outputs) {
  const temp = hmac(chain, input);
  const out = [];
  for (let i = 1; i <= outputs; i++) out.push(hmac(temp, join(out.at(-1) ?? [], [i])));
  return out;
}

/** One direction of a connection; its counter is never sent. */
export class Cipher {
  n = 0;
  constructor(key) {
    this.key = key.subarray(0, 32);
  }
  seal(text, ad = zeros(0)) {
    return chachaSeal(this.key, nonceOf(this.n++), ad, text);
  }
  open(sealed, ad = zeros(0)) {
    return chachaOpen(this.key, nonceOf(this.n++), ad, sealed);
  }
}

const patterns = { sync: [['e', 'es'], ['e', 'ee'], ['s', 'se']], enrol: [['e', 'es'], ['e', 'ee'], ['s', 'se', 'psk']] };

export class Handshake {
  step = 0;
  cipher = null;
  /** psk: 32 bytes, or null for plain XK. s: own static secret; e: own ephemeral secret; rs: the hub's static key, for the device. */
  constructor({ initiator, prologue, s, e, rs, psk = null }) {
    Object.assign(this, { initiator, s, e, rs, psk, pattern: psk ? patterns.enrol : patterns.sync });
    const name = ascii(`Noise_XK${psk ? 'psk3' : ''}_25519_ChaChaPoly_BLAKE2b`);
    this.h = join(name, zeros(64 - name.length));
    this.ck = this.h;
    this.mixHash(prologue);
    this.mixHash(initiator ? rs : boxPublic(s));
  }
  mixHash(data) {
    this.h = blake2b512(join(this.h, data));
  }
  mixKey(input) {
    const [ck, key] = hkdf(this.ck, input, 2);
    this.ck = ck;
    this.cipher = new Cipher(key);
  }
  mixPsk() {
    const [ck, hash, key] = hkdf(this.ck, this.psk, 3);
    this.ck = ck;
    this.mixHash(hash);
    this.cipher = new Cipher(key);
  }
  seal(text) {
    const sealed = this.cipher ? this.cipher.seal(text, this.h) : text;
    this.mixHash(sealed);
    return sealed;
  }
  open(sealed) {
    const text = this.cipher ? this.cipher.open(sealed, this.h) : sealed;
    this.mixHash(sealed);
    return text;
  }
  // In es the first letter is the initiator's key, the second the responder's.
  exchange(token) {
    const [own, other] = this.initiator ? token : [token[1], token[0]];
    this.mixKey(dh(own === 'e' ? this.e : this.s, other === 'e' ? this.re : this.rs));
  }
  mixEphemeral(key) {
    this.mixHash(key);
    if (this.psk) this.mixKey(key);
  }
  write(payload) {
    const out = [];
    for (const token of this.pattern[this.step++]) {
      if (token === 'e') out.push(boxPublic(this.e)), this.mixEphemeral(out.at(-1));
      else if (token === 's') out.push(this.seal(boxPublic(this.s)));
      else if (token === 'psk') this.mixPsk();
      else this.exchange(token);
    }
    return join(...out, this.seal(payload));
  }
  read(message) {
    let at = 0;
    const take = (n) => {
      need(at + n <= message.length, 'TRUNCATED', 'a handshake message');
      return message.subarray(at, (at += n));
    };
    for (const token of this.pattern[this.step++]) {
      if (token === 'e') this.re = take(32), this.mixEphemeral(this.re);
      else if (token === 's') this.rs = this.open(take(48));
      else if (token === 'psk') this.mixPsk();
      else this.exchange(token);
    }
    return this.open(message.subarray(at));
  }
  /** After message 3: the two directions and the transcript hash. */
  split() {
    const [first, second] = hkdf(this.ck, zeros(0), 2).map((key) => new Cipher(key));
    return { send: this.initiator ? first : second, receive: this.initiator ? second : first, hash: this.h };
  }
}
