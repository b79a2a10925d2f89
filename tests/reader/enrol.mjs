// enrol.mjs: enrolment codes and what follows from them (section 10 of PROTOCOL.md).
import { H } from './crypto.mjs';
import { equal, hex, join, need, unhex } from './bytes.mjs';
import { limits } from './schema.mjs';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Crockford's, the most significant five bits first. */
const base32 = (number, chars) => Array.from({ length: chars }, (_, i) => alphabet[Number((number >> BigInt(5 * (chars - 1 - i))) & 31n)]).join('');
export const fingerprint = (signPublic) => H('tutti.hub', signPublic).subarray(0, 14);
const checksum = (both) => H('tutti.enrol.check', both).subarray(0, 2);

const codeOf = (both, url) => {
  const seed = both.subarray(0, 16);
  return { seed: hex(seed), fingerprint: hex(both.subarray(16)), url, psk: hex(H('tutti.enrol.psk', seed)), token_id: hex(H('tutti.enrol.id', seed).subarray(0, 16)) };
};

function readLink(text) {
  need(text.startsWith('tutti:1:'), 'VERSION', 'an enrolment link of another version');
  const [, token, url] = /^tutti:1:([A-Za-z0-9_-]{40}):(wss?:\/\/[!-~]*)$/.exec(text) ?? [];
  need(token && url.length <= limits.url_bytes_max, 'MALFORMED', 'no enrolment link');
  return codeOf(Buffer.from(token, 'base64url'), url);
}

function readTyped(text) {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  need(plain.length === 52 && [...plain].every((c) => alphabet.includes(c)), 'MALFORMED', 'no enrolment code');
  const number = [...plain].reduce((n, c) => (n << 5n) | BigInt(alphabet.indexOf(c)), 0n);
  need((number & 15n) === 0n, 'MALFORMED', 'the last bits of the code');
  const bytes = unhex((number >> 4n).toString(16).padStart(64, '0'));
  need(equal(checksum(bytes.subarray(0, 30)), bytes.subarray(30)), 'MALFORMED', 'a mistyped code');
  return codeOf(bytes.subarray(0, 30), '');
}
export const readCode = (text) => (text.startsWith('tutti:') ? readLink(text) : readTyped(text.trim()));

const both = (code) => join(unhex(code.seed), unhex(code.fingerprint));
export const writeLink = (code) => `tutti:1:${both(code).toString('base64url')}:${code.url}`;
export function writeTyped(code) {
  const bytes = join(both(code), checksum(both(code)));
  const plain = base32(BigInt(`0x${hex(bytes)}`) << 4n, 52);
  return plain.match(/..../g).join('-');
}

/** Five random bytes, as a person reads them out. */
export const challengeText = (challenge) => base32(BigInt(`0x${hex(challenge)}`), 8).replace(/^..../, '$&-');
/** What the office answers by telephone to make a lease longer (section 14). */
export function leaseCode(secret, challenge, days) {
  const mac = H('tutti.lease.code', join(secret, challenge, [days & 255, days >> 8])).subarray(0, 5);
  return base32((BigInt(days) << 40n) | BigInt(`0x${hex(mac)}`), 10).replace(/^...../, '$&-');
}

/** What both sides show: a person compares them. */
export const sixDigits = (transcript) => String(H('tutti.digits', transcript).readBigUInt64BE(0) % 1000000n).padStart(6, '0');
