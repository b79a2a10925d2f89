// lists.mjs: what both sides of a varint stream remember (section 7 of PROTOCOL.md): ids, forms, sources, the last stamp; one for reading, one for writing.
import { Reader, Writer, hex, join, need, refuse, unhex } from './bytes.mjs';
import { H } from './crypto.mjs';
import { isKey, limits, schemaVersion, tableById, unitsOf } from './schema.mjs';

const bits = (mask) => Array.from({ length: 53 }, (_, n) => n).filter((n) => (BigInt(mask) >> BigInt(n)) & 1n);
export const maskOf = (numbers) => numbers.reduce((mask, n) => mask + 2 ** n, 0);

/** The id of a row with a natural key. */
export const rowId = (table, keys) => keys[0].slice(0, 8) + hex(H('tutti.row', join([table.id], ...keys.map(unhex))).subarray(0, 12));

/** What we do not know is not wrong when the writer's schema is newer: then it has to wait for a newer program. */
export const unknown = (schema) => (schema > schemaVersion ? 'VERSION' : 'MALFORMED');

export function tableOf(id, schema) {
  const table = tableById(id);
  need(table, unknown(schema), `table ${id}`);
  need(table.since <= schema, 'MALFORMED', `table ${id} is newer than its writer`);
  return table;
}
/** The columns a form's mask names, by rising place in the schema; `units` null where they may be of any. */
export function columnsOf(table, mask, units, schema) {
  const named = table.columns.filter((c) => (BigInt(mask) >> BigInt(c.id - 1)) & 1n);
  const wrong = named.find((c) => isKey(table, c) || c.since > schema || (units && !units.includes(c.unit)));
  need(!wrong, 'MALFORMED', `column ${wrong?.name} of ${table.name}`);
  need(maskOf(named.map((c) => c.id - 1)) === mask, unknown(schema), `columns ${mask} of ${table.name}`);
  return named;
}
export function unitsOfMask(table, mask, schema) {
  const units = bits(mask);
  need(maskOf(units) === mask && units.every((n) => unitsOf(table).includes(n)), unknown(schema), `units ${mask} of ${table.name}`);
  return units;
}

export class ReadLists extends Reader {
  ids = [];
  forms = [];
  sources = [];
  stamp = 0;
  name() {
    const n = this.varint();
    if (n > 0) return this.ids[n - 1] ?? refuse('MALFORMED', `id ${n} was never named`);
    need(this.ids.length < limits.bundle_ids_max, 'TOO_BIG', 'ids');
    this.ids.push(this.id());
    return this.ids.at(-1);
  }
  schema() {
    const schema = this.varint(0xff);
    need(schema > 0, 'MALFORMED', 'schema versions count from 1');
    need(schema <= schemaVersion, 'VERSION', `schema ${schema}`);
    return schema;
  }
  form(read) {
    const n = this.varint();
    if (n > 0) return this.forms[n - 1] ?? refuse('MALFORMED', `form ${n} was never given`);
    const form = read();
    if (this.forms.length < limits.compact_forms_max) this.forms.push(form);
    return form;
  }
  op() {
    const n = this.varint();
    if (n === 0) {
      need(this.sources.length < limits.compact_sources_max, 'TOO_BIG', 'sources');
      this.sources.push({ device: this.name(), incarnation: this.varint(0xffffffff), counter: 0 });
      need(this.sources.at(-1).incarnation > 0, 'MALFORMED', 'incarnations count from 1');
    }
    const source = n === 0 ? this.sources.at(-1) : (this.sources[n - 1] ?? refuse('MALFORMED', `source ${n} was never named`));
    source.counter = this.step(source.counter);
    need(source.counter > 0, 'MALFORMED', 'counters count from 1');
    return { device: source.device, incarnation: source.incarnation, counter: source.counter };
  }
  nextStamp() {
    return (this.stamp = this.step(this.stamp));
  }
  row(table, values) {
    if (table.key.length === 0) return this.name();
    const keys = table.key.map((name) => (values[name] = this.name()));
    return rowId(table, keys);
  }
  /** Text stays bytes until it is known that the column allows it: what is wrong with it spoils its changeset alone. */
  value(column) {
    if (column.type === 'ID') return this.name();
    if (column.type !== 'TEXT') return this.signed();
    const length = this.varint();
    need(length <= limits.text_bytes_max, 'TOO_BIG', 'a text');
    return this.take(length);
  }
}

export class WriteLists extends Writer {
  ids = [];
  forms = [];
  sources = [];
  stamp = 0;
  name(id) {
    const n = this.ids.indexOf(id) + 1;
    if (n === 0) this.ids.push(id);
    return n === 0 ? this.varint(0).id(id) : this.varint(n);
  }
  form(parts) {
    const n = this.forms.indexOf(parts.join()) + 1;
    if (n > 0) return this.varint(n);
    if (this.forms.length < limits.compact_forms_max) this.forms.push(parts.join());
    return [0, ...parts].reduce((w, part) => w.varint(part), this);
  }
  op({ device, incarnation, counter }) {
    let n = this.sources.findIndex((s) => s.device === device && s.incarnation === incarnation) + 1;
    this.varint(n);
    if (n === 0) {
      this.name(device).varint(incarnation);
      n = this.sources.push({ device, incarnation, counter: 0 });
    }
    const source = this.sources[n - 1];
    this.step(source.counter, counter);
    source.counter = counter;
    return this;
  }
  nextStamp(stamp) {
    this.step(this.stamp, stamp);
    this.stamp = stamp;
    return this;
  }
  row(table, row, values) {
    if (table.key.length === 0) return this.name(row);
    return table.key.reduce((w, name) => w.name(values[name]), this);
  }
  value(column, value) {
    if (column.type === 'ID') return this.name(value);
    if (column.type !== 'TEXT') return this.signed(value);
    const text = Buffer.from(value);
    return this.varint(text.length).put(text);
  }
}
