// device.mjs: what a device is and keeps (sections 4, 6, 10 and 14 of PROTOCOL.md): keys, numbers, sealed bundles; and what it writes.
import { randomBytes } from 'node:crypto';
import { equal, hex, need, unhex } from './bytes.mjs';
import { bundleHash, noPrevious, sealBundle } from './bundle.mjs';
import { writeContent } from './content.mjs';
import { boxPublic, signPublic } from './crypto.mjs';
import { readDocument } from './documents.mjs';
import { fingerprint, readCode, sixDigits } from './enrol.mjs';
import { writeFile } from './files.mjs';
import { rowId } from './lists.mjs';
import { Session, fetchManifest, readManifest } from './session.mjs';
import { limits, schemaVersion, tableNamed } from './schema.mjs';

const program = 'tutti-reader 1';
export const newId = () => hex(randomBytes(16));

/** An op on a mark: its row's id follows from session and learner. */
export function markOp(session, learner, values, bases = []) {
  const units = [0, 1].concat('comment' in values ? [3] : []);
  return { table: 'mark', row: rowId(tableNamed('mark'), [session, learner]), units, values: { session, learner, ...values }, bases };
}

/** Of two receipts of one bundle the one with the higher (epoch, position) counts, and any but a held one. */
const isNewer = (a, b) => a !== undefined && a.status !== 3 && (b.status === 3 || a.epoch > b.epoch || (a.epoch === b.epoch && a.position > b.position));

export class Device {
  signSeed = randomBytes(32);
  noiseSecret = randomBytes(32);
  incarnation = 1;
  sealed = [];
  receipts = new Map();
  counter = 1;
  stamp = 0;
  offset = 0;
  constructor(ca) {
    this.ca = ca;
  }

  /** Fetches the manifest, checks the fingerprint, shakes hands; a person compares the digits before `confirm`. */
  async enrol(link, kind = 1) {
    const code = readCode(link);
    this.manifest = readManifest(await fetchManifest(code.url, this.ca));
    need(equal(fingerprint(unhex(this.manifest.sign_public)), unhex(code.fingerprint)), 'OTHER_HUB', 'the fingerprint is another hub’s');
    const hello = { message: 'ENROL', sign_public: hex(signPublic(this.signSeed)), kind, program };
    const session = await Session.open('enrol', { manifest: this.manifest, ca: this.ca, noiseSecret: this.noiseSecret, token: code, hello });
    const confirm = async () => {
      session.send({ message: 'ENROL_CONFIRM' });
      const enrolled = await session.until('ENROLLED');
      this.keep(enrolled);
      return enrolled;
    };
    return { digits: sixDigits(session.hash), confirm, session };
  }
  keep({ device, certificate, manifest, hub_ms, lease_secret }) {
    this.id = device;
    this.leaseSecret = unhex(lease_secret);
    this.certificate = certificate;
    this.takeManifest(unhex(manifest));
    const sealed = readDocument('certificate', unhex(certificate), unhex(this.manifest.sign_public));
    const mine = sealed.device === device && sealed.sign_public === hex(signPublic(this.signSeed)) && sealed.noise_public === hex(boxPublic(this.noiseSecret));
    need(mine, 'MALFORMED', 'the certificate is another device’s');
    this.offset = hub_ms - Date.now();
  }
  /** The highest ever seen is kept; its signing key is the pinned one, or followed it. */
  takeManifest(bytes) {
    const manifest = readManifest(bytes, unhex(this.manifest.sign_public));
    need(manifest.hub === this.manifest.hub, 'OTHER_HUB', 'a manifest');
    if (manifest.number >= this.manifest.number) this.manifest = manifest;
  }

  changeset(author, ops) {
    this.stamp = Math.max(Date.now() + this.offset, this.stamp + 1);
    const counter = this.counter;
    this.counter += ops.length;
    return { counter, stamp: this.stamp, author, flags: 0, ops };
  }
  header(seq, previous) {
    return { hub: this.manifest.hub, intake_key: this.manifest.intake_key, device: this.id, incarnation: this.incarnation, seq, previous };
  }
  sealAs(seq, previous, changesets, acks = []) {
    return sealBundle(this.header(seq, previous), writeContent({ acks, changesets }), {
      intakePublic: unhex(this.manifest.intake_public), signSeed: this.signSeed, contentKey: randomBytes(32), ephemeralSecret: randomBytes(32),
    });
  }
  /** Seals the next bundle of the chain. */
  seal(changesets, acks) {
    const previous = this.sealed.length ? bundleHash(this.sealed.at(-1)) : (this.followed ?? noPrevious);
    this.sealed.push(this.sealAs(this.sealed.length + 1, previous, changesets, acks));
    return this.sealed.at(-1);
  }
  /** Begins a new incarnation behind the bundle with this hash: numbers begin again. */
  reincarnate(followed) {
    Object.assign(this, { incarnation: this.incarnation + 1, sealed: [], counter: 1, followed });
  }

  /** Verifies a receipt and keeps it; gives what it says. */
  take(bytes) {
    const receipt = readDocument('receipt', bytes, unhex(this.manifest.sign_public));
    need(receipt.hub === this.manifest.hub && receipt.device === this.id, 'OTHER_HUB', 'a receipt');
    const key = `${receipt.incarnation}/${receipt.seq}`;
    if (!isNewer(this.receipts.get(key), receipt)) this.receipts.set(key, { ...receipt, bytes });
    return receipt;
  }
  /** The highest of the latest epoch with a receipt; held ones do not count, for the hub does not count them either. */
  lastOf(incarnation) {
    const done = [...this.receipts.values()].filter((r) => r.incarnation === incarnation && r.status !== 3);
    return done.sort((a, b) => b.epoch - a.epoch || b.seq - a.seq)[0] ?? { seq: 0, epoch: 0 };
  }

  /** Bundles whose receipt says that something of them waits or was refused: it may have been signed anew since. */
  withheld() {
    const waits = [...this.receipts].filter(([, r]) => r.status >= 3).map(([key]) => key.split('/').map(Number));
    return waits.slice(0, limits.hello_withheld_max).map(([incarnation, seq]) => ({ incarnation, seq }));
  }
  /** What it holds of earlier incarnations: a restored hub may have forgotten that too. */
  earlier() {
    const others = new Set([...this.receipts.values()].map((r) => r.incarnation).filter((one) => one !== this.incarnation));
    const chains = [...others].sort((a, b) => b - a).slice(0, limits.hello_earlier_max);
    return chains.map((incarnation) => ({ incarnation, epoch: this.lastOf(incarnation).epoch, seq: this.lastOf(incarnation).seq }));
  }
  hello() {
    const last = this.lastOf(this.incarnation);
    return {
      message: 'HELLO', device: this.id, incarnation: this.incarnation, sealed_seq: this.sealed.length, epoch: last.epoch, receipt_seq: last.seq,
      schema: schemaVersion, wall_ms: Date.now(), manifest: this.manifest.number, program, withheld: this.withheld(), earlier: this.earlier(), certificate: this.certificate,
    };
  }
  async connect() {
    const session = await Session.open('sync', { manifest: this.manifest, ca: this.ca, noiseSecret: this.noiseSecret, hello: this.hello() });
    session.welcome = await session.until('WELCOME');
    this.offset = session.welcome.hub_ms - Date.now();
    return session;
  }
  /** Sends one bundle and waits for its receipt. */
  async deliver(session, bundle) {
    session.send({ message: 'BUNDLE', bytes: hex(bundle) });
    const hash = bundleHash(bundle);
    for (;;) {
      const { receipts } = await session.until('RECEIPTS');
      const found = receipts.map((r) => this.take(unhex(r))).find((r) => r.bundle_hash === hash);
      if (found) return found;
    }
  }
  exportFile(bundles = this.sealed) {
    return writeFile('export', { hub: this.manifest.hub, device: this.id, certificate: this.certificate, bundles: bundles.map(hex) });
  }
}
