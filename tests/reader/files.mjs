// files.mjs: the export file and the reply file (section 9 of PROTOCOL.md).
import { H } from './crypto.mjs';
import { ascii, equal, join, need } from './bytes.mjs';
import * as f from './fields.mjs';
import { pack, unpack } from './msgpack.mjs';
import { limits } from './schema.mjs';

const kinds = {
  export: ['TUTTIEX1', [['hub', f.id], ['device', f.id], ['certificate', f.blob(limits.certificate_bytes_max)], ['bundles', f.list(f.blob(limits.bundle_bytes_max), limits.bundles_per_file_max)]]],
  reply: ['TUTTIRP1', [['hub', f.id], ['device', f.id], ['manifest', f.blob(limits.manifest_bytes_max)], ['receipts', f.list(f.blob(limits.receipt_bytes_max), limits.bundles_per_file_max)], ['orders', f.list(f.blob(limits.order_bytes_max), limits.orders_per_message_max)]]],
};

export function readFile(kind, bytes) {
  const [magic, fields] = kinds[kind];
  need(bytes.length <= limits.export_file_bytes_max, 'TOO_BIG', kind);
  need(bytes.length > 40, 'TRUNCATED', kind);
  need(equal(bytes.subarray(0, 8), ascii(magic)), 'MALFORMED', `no ${kind} file`);
  need(equal(H('tutti.file', bytes.subarray(0, -32)), bytes.subarray(-32)), 'CORRUPT', kind);
  return f.record(fields).read(unpack(bytes.subarray(8, -32)));
}

export function writeFile(kind, file) {
  const [magic, fields] = kinds[kind];
  const body = join(ascii(magic), pack(f.record(fields).write(file)));
  return join(body, H('tutti.file', body));
}
