// content.mjs: what is sealed in a bundle, and a changeset alone (section 7 of PROTOCOL.md).
import { Refused, need } from './bytes.mjs';
import { ReadLists, WriteLists, columnsOf, maskOf, tableOf, unitsOfMask, unknown } from './lists.mjs';
import { isKey, limits, schemaVersion, tableNamed } from './schema.mjs';
import { checked, isRequired } from './values.mjs';

function readForm(r, schema) {
  const [id, unitMask, columnMask, bases] = [r.varint(), r.varint(), r.varint(), r.varint(limits.op_bases_max)];
  const table = tableOf(id, schema);
  const units = unitsOfMask(table, unitMask, schema);
  need(units.length > 0, 'MALFORMED', 'an op without units');
  need(table.key.length === 0 || units.includes(0), 'MALFORMED', `an op on ${table.name} without unit 0`);
  return { table, units, columns: columnsOf(table, columnMask, units, schema), bases };
}

function readOp(r, schema, spoiled) {
  const form = r.form(() => readForm(r, schema));
  const values = {};
  const row = r.row(form.table, values);
  for (const column of form.columns) {
    const raw = r.value(column);
    try {
      values[column.name] = checked(column, raw);
    } catch (e) {
      spoiled.push(e);
    }
  }
  for (const column of form.table.columns) {
    const missing = form.units.includes(column.unit) && isRequired(column) && values[column.name] === undefined && !form.columns.includes(column);
    if (missing) spoiled.push(new Refused('INVALID', `${column.name} is missing`));
  }
  const bases = Array.from({ length: form.bases }, () => {
    const unit = r.varint();
    need(form.units.includes(unit), 'MALFORMED', `a base of unit ${unit}`);
    return { unit, op: r.op() };
  });
  return { table: form.table.name, row, units: form.units, values, bases };
}

function readChangeset(r, schema, counter, flagsMost) {
  const count = r.varint();
  need(count >= 1 && count <= limits.changeset_ops_max, count ? 'TOO_BIG' : 'MALFORMED', 'ops of a changeset');
  const author = r.name();
  const flags = r.varint();
  need(flags <= flagsMost, 'MALFORMED', `flags ${flags}`);
  const stamp = r.nextStamp();
  const spoiled = [];
  const ops = Array.from({ length: count }, () => readOp(r, schema, spoiled));
  const changeset = { counter, stamp, author, flags, ops };
  return spoiled.length ? { ...changeset, refused: spoiled[0].code } : changeset;
}

/** What the device has carried out: rising by kind, then number. */
function readAcks(r, schema) {
  const acks = [];
  for (let left = r.varint(limits.bundle_acks_max); left > 0; left--) {
    const ack = { kind: r.varint(), number: r.varint() };
    const last = acks.at(-1);
    need(ack.kind > 0 && ack.number > 0, 'MALFORMED', 'acks count from 1');
    need(ack.kind <= 2, unknown(schema), `an ack of kind ${ack.kind}`);
    need(!last || ack.kind > last.kind || (ack.kind === last.kind && ack.number > last.number), 'MALFORMED', 'acks rise');
    acks.push(ack);
  }
  return acks;
}

export function readContent(bytes) {
  const r = new ReadLists(bytes);
  const schema = r.schema();
  const clocks = r.varint(limits.clock_samples_max);
  const content = { schema, clocks: [], acks: [], changesets: [] };
  for (let i = 0; i < clocks; i++) content.clocks.push({ boot: r.name(), mono_ms: r.varint(), wall_ms: r.signed(), hub_ms: r.signed() });
  content.acks = readAcks(r, schema);
  const count = r.varint(limits.bundle_changesets_max);
  let counter = count > 0 ? r.varint() : 1;
  need(counter > 0, 'MALFORMED', 'counters count from 1');
  for (let i = 0, ops = 0; i < count; i++) {
    const changeset = readChangeset(r, schema, counter, 1);
    need((ops += changeset.ops.length) <= limits.bundle_ops_max, 'TOO_BIG', 'ops');
    content.changesets.push(changeset);
    counter += changeset.ops.length;
  }
  r.end();
  return content;
}

export function readChangesetAlone(bytes) {
  const r = new ReadLists(bytes);
  const schema = r.schema();
  const counter = r.varint();
  need(counter > 0, 'MALFORMED', 'counters count from 1');
  const changeset = readChangeset(r, schema, counter, 7);
  r.end();
  return changeset;
}

/** The columns of these units that have a value: the others of the unit are empty. */
export const setColumns = (table, units, values) => table.columns.filter((c) => !isKey(table, c) && units.includes(c.unit) && values[c.name] !== undefined);

function writeOp(w, op) {
  const table = tableNamed(op.table);
  const columns = setColumns(table, op.units, op.values);
  w.form([table.id, maskOf(op.units), maskOf(columns.map((c) => c.id - 1)), op.bases.length]).row(table, op.row, op.values);
  for (const column of columns) w.value(column, op.values[column.name]);
  for (const base of op.bases) w.varint(base.unit).op(base.op);
}

function writeChangeset(w, changeset) {
  w.varint(changeset.ops.length).name(changeset.author).varint(changeset.flags).nextStamp(changeset.stamp);
  for (const op of changeset.ops) writeOp(w, op);
}

export function writeContent({ schema = schemaVersion, clocks = [], acks = [], changesets }) {
  const w = new WriteLists();
  w.varint(schema).varint(clocks.length);
  for (const c of clocks) w.name(c.boot).varint(c.mono_ms).signed(c.wall_ms).signed(c.hub_ms);
  w.varint(acks.length);
  for (const ack of acks) w.varint(ack.kind).varint(ack.number);
  w.varint(changesets.length);
  if (changesets.length > 0) w.varint(changesets[0].counter);
  for (const changeset of changesets) writeChangeset(w, changeset);
  return w.bytes();
}

export function writeChangesetAlone(changeset, schema = schemaVersion) {
  const w = new WriteLists().varint(schema).varint(changeset.counter);
  writeChangeset(w, changeset);
  return w.bytes();
}
