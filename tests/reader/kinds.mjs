// kinds.mjs: what the vectors hold, as pairs: bytes to fields, fields to the same bytes.
import { hex, unhex } from './bytes.mjs';
import { openBundle, sealBundle } from './bundle.mjs';
import { readOpening, writeOpening } from './channel.mjs';
import { openConcern, sealConcern } from './concern.mjs';
import { readChangesetAlone, readContent, writeChangesetAlone, writeContent } from './content.mjs';
import { readDocument, writeDocument } from './documents.mjs';
import { readCode, writeLink, writeTyped } from './enrol.mjs';
import { readFile, writeFile } from './files.mjs';
import { readMessage, writeMessage } from './messages.mjs';
import { pack, unpack } from './msgpack.mjs';

const document = (kind, keys) => ({
  read: (bytes) => readDocument(kind, bytes, unhex(keys.hub_sign.public)),
  write: (fields) => writeDocument(kind, fields, unhex(keys.hub_sign.seed)),
});
const file = (kind) => ({ read: (bytes) => readFile(kind, bytes), write: (fields) => writeFile(kind, fields) });

const concern = (keys, { row, content_key, ephemeral_secrets }) => ({
  read: (bytes) => openConcern(bytes, { hub: keys.hub, row, number: 2, secret: unhex(keys.safeguarding.secret) }),
  write: (fields) =>
    sealConcern(fields, {
      hub: keys.hub,
      row,
      contentKey: unhex(content_key),
      readers: [[2, keys.safeguarding], [1, keys.recovery]].map(([number, key], i) => ({ number, key: unhex(key.public), ephemeralSecret: unhex(ephemeral_secrets[i]) })),
    }),
});

/** `secrets`, `concerns`: the random secrets that the sealed bundle and the concern of the vectors were made with. */
export const kindsOf = (keys, secrets, concerns) => ({
  concern: concern(keys, concerns),
  codec: { read: unpack, write: pack },
  message: { read: readMessage, write: writeMessage },
  content: { read: readContent, write: writeContent },
  changeset: { read: readChangesetAlone, write: writeChangesetAlone },
  manifest: document('manifest', keys),
  certificate: document('certificate', keys),
  receipt: document('receipt', keys),
  order: document('order', keys),
  succession: {
    read: (bytes) => readDocument('succession', bytes, null),
    write: (fields) => writeDocument('succession', fields, unhex(keys.hub_sign_before.seed)),
  },
  export: file('export'),
  reply: file('reply'),
  opening: { read: readOpening, write: writeOpening },
  enrol: {
    read: (bytes) => ({ text: bytes.toString(), ...readCode(bytes.toString()) }),
    write: (code) => Buffer.from(code.url ? writeLink(code) : writeTyped(code)),
  },
  bundle: {
    read(bytes) {
      const { content, ...rest } = openBundle(bytes, { intakeSecret: unhex(keys.hub_intake.secret), signPublic: unhex(keys.device_sign.public) });
      return { ...rest, content: hex(content) };
    },
    write: ({ content, ...header }) =>
      sealBundle(header, unhex(content), {
        intakePublic: unhex(keys.hub_intake.public),
        signSeed: unhex(keys.device_sign.seed),
        contentKey: unhex(secrets.content_key),
        ephemeralSecret: unhex(secrets.box_ephemeral_secret),
      }),
  },
});
