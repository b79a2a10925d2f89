// feed.mjs: feed batches (section 13 of PROTOCOL.md).
import { need, utf8 } from './bytes.mjs';
import { setColumns } from './content.mjs';
import { ReadLists, WriteLists, columnsOf, maskOf, tableOf, unitsOfMask } from './lists.mjs';
import { limits, schemaVersion, tableNamed } from './schema.mjs';

const kinds = [, 'row', 'leave', 'erase'];

function readForm(r, schema) {
  const kind = kinds[r.varint()];
  need(kind, 'MALFORMED', 'an unknown kind of item');
  const table = tableOf(r.varint(), schema);
  if (kind !== 'row') return { kind, table };
  const units = unitsOfMask(table, r.varint(), schema);
  return { kind, table, units, columns: columnsOf(table, r.varint(), null, schema) };
}

/** The hub checked every value; all that matters here is that text is text. */
const told = (column, raw) => (column.type === 'TEXT' ? utf8(raw) : raw);
const values = (r, columns, into = {}) => columns.reduce((all, c) => Object.assign(all, { [c.name]: told(c, r.value(c)) }), into);

function readHead(r, table, unit, several, schema) {
  const head = { op: r.op(), author: r.name(), flags: r.varint(7), stamp: r.nextStamp() };
  if (several) head.values = values(r, columnsOf(table, r.varint(), [unit], schema));
  return head;
}

function readUnit(r, table, unit, last, schema) {
  const mark = r.varint();
  if (mark === 0) {
    need(last, 'MALFORMED', 'the first head of a row is as one before it');
    return { unit, heads: [last], ghosts: [] };
  }
  const count = mark >> 1;
  need(count >= 1 && count <= limits.heads_per_unit_max, 'MALFORMED', `${count} heads`);
  const heads = Array.from({ length: count }, () => readHead(r, table, unit, count > 1, schema));
  const ghosts = mark & 1 ? r.varint() : 0;
  need(ghosts <= limits.ghosts_per_unit_max && !(mark & 1 && ghosts === 0), 'MALFORMED', `${ghosts} ghosts`);
  return { unit, heads, ghosts: Array.from({ length: ghosts }, () => r.op()) };
}

/** Which erasure this is: what the device acknowledges when it has carried it out. */
function erasureOf(r) {
  const number = r.varint();
  need(number > 0, 'MALFORMED', 'erasures count from 1');
  return number;
}

function readRows(bytes, count) {
  const r = new ReadLists(bytes);
  const schema = r.schema();
  let version = 0;
  const item = () => {
    const { kind, table, units, columns } = r.form(() => readForm(r, schema));
    const found = {};
    const row = kind === 'row' ? r.row(table, found) : r.name();
    version = r.step(version);
    if (kind === 'leave') return { kind, table: table.name, row, version };
    if (kind === 'erase') return { kind, table: table.name, row, version, erasure: erasureOf(r) };
    values(r, columns, found);
    let last = null;
    const read = units.map((unit) => {
      const one = readUnit(r, table, unit, last, schema);
      const { op, author, flags, stamp } = one.heads.at(-1);
      last = { op, author, flags, stamp };
      return one;
    });
    return { kind, table: table.name, row, version, values: found, units: read };
  };
  const items = Array.from({ length: count }, item);
  r.end();
  return items;
}

/** Fields 2 to the end of a FEED message's batch, as msgpack left them. */
export function readBatch([stream, audience, from, to, flags, count, rows, digest]) {
  need(count <= limits.feed_batch_rows_max, 'TOO_BIG', 'items of a batch');
  need(flags <= 3 || flags === 4, 'MALFORMED', `flags ${flags}`);
  need(digest === '' || (digest.length === 64 && (flags & 1) !== 0), 'MALFORMED', 'a digest that is not of a checkpoint');
  need(from <= to, 'MALFORMED', 'a batch that ends before it begins');
  return { stream, audience, from, to, checkpoint: (flags & 1) !== 0, restart: (flags & 2) !== 0, repair: (flags & 4) !== 0, items: readRows(rows, count), digest: digest || null };
}

const sameHead = (a, b) => a && JSON.stringify([a.op, a.author, a.flags, a.stamp]) === JSON.stringify([b.op, b.author, b.flags, b.stamp]);

function writeHead(w, table, unit, head, several) {
  w.op(head.op).name(head.author).varint(head.flags).nextStamp(head.stamp);
  if (!several) return;
  const columns = setColumns(table, [unit], head.values);
  w.varint(maskOf(columns.map((c) => c.id - 1)));
  for (const column of columns) w.value(column, head.values[column.name]);
}

function writeUnit(w, table, one, last) {
  if (one.heads.length === 1 && one.ghosts.length === 0 && sameHead(last, one.heads[0])) return w.varint(0);
  w.varint(2 * one.heads.length + (one.ghosts.length > 0));
  for (const head of one.heads) writeHead(w, table, one.unit, head, one.heads.length > 1);
  if (one.ghosts.length > 0) w.varint(one.ghosts.length);
  return one.ghosts.reduce((to, ghost) => to.op(ghost), w);
}

export function writeBatch(batch) {
  const w = new WriteLists().varint(schemaVersion);
  let version = 0;
  for (const item of batch.items) {
    const table = tableNamed(item.table);
    const kind = kinds.indexOf(item.kind);
    const units = item.units?.map((u) => u.unit) ?? [];
    const columns = item.kind === 'row' ? setColumns(table, units, item.values) : [];
    w.form(item.kind === 'row' ? [kind, table.id, maskOf(units), maskOf(columns.map((c) => c.id - 1))] : [kind, table.id]);
    item.kind === 'row' ? w.row(table, item.row, item.values) : w.name(item.row);
    w.step(version, item.version);
    version = item.version;
    if (item.kind === 'erase') w.varint(item.erasure);
    for (const column of columns) w.value(column, item.values[column.name]);
    let last = null;
    for (const one of item.units ?? []) {
      writeUnit(w, table, one, last);
      last = one.heads.at(-1);
    }
  }
  const flags = (batch.checkpoint ? 1 : 0) + (batch.restart ? 2 : 0) + (batch.repair ? 4 : 0);
  return [batch.stream, batch.audience, batch.from, batch.to, flags, batch.items.length, w.bytes(), Buffer.from(batch.digest ?? '', 'hex')];
}
