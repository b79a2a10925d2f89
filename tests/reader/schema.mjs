// schema.mjs: tables, columns, vocabularies, limits and error names, read from the four files that PROTOCOL.md refers to.
import { readFileSync } from 'node:fs';

const text = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const between = (pattern, source) => [...source.matchAll(pattern)].map((m) => m.slice(1));

function readEnums() {
  const found = {};
  for (const [list, word, number] of between(/^VALUE\((\w+),\s*(\w+),\s*(\d+)/gm, text('shared/schema/enums.def'))) (found[list] ??= {})[word] = Number(number);
  return found;
}

const columnPattern = /^COLUMN\((\w+),\s*(\d+),\s*(\w+)(?:\((\w+)\))?,\s*(\w+),\s*(\d+),\s*(\d+),\s*(\w+)(?:\(([^)]*)\))?,\s*(\w+)\)/;
const tablePattern = /^TABLE\((\w+),\s*(\d+),\s*(?:NO_KEY|KEY\d\(([^)]*)\)),\s*(\w+),\s*(\w+),\s*(\d+)\)/;

function readTables() {
  const tables = [];
  for (const line of text('shared/schema/schema.def').split('\n')) {
    const table = tablePattern.exec(line);
    const column = columnPattern.exec(line);
    if (table) {
      const [, name, id, key, audience, scope, since] = table;
      tables.push({ name, id: Number(id), key: key ? key.split(/,\s*/).slice(1) : [], audience, scope, since: Number(since), columns: [] });
    } else if (column) {
      const [, name, id, type, of, rule, unit, since, check, args, audience] = column;
      const numbers = args ? args.split(/,\s*/).map(Number) : [];
      tables.at(-1).columns.push({ name, id: Number(id), type, of, rule, unit: Number(unit), since: Number(since), check, args: numbers, audience });
    } else if (/^(TABLE|COLUMN)\(/.test(line)) throw new Error(`schema.def: ${line}`);
  }
  return tables;
}

function readLimits() {
  const source = text('shared/base/limits.h').replace(/\/\*[\s\S]*?\*\//g, '');
  return Object.fromEntries(between(/(\w+)\s*=\s*(\d+)\s*,/g, source).map(([name, value]) => [name, Number(value)]));
}

export const enums = readEnums();
export const tables = readTables();
export const limits = readLimits();
export const errorNames = between(/^ERR\((\w+),/gm, text('shared/base/err.def')).flat();
export const schemaVersion = Math.max(...tables.flatMap((t) => [t.since, ...t.columns.map((c) => c.since)]));

export const tableById = (id) => tables.find((t) => t.id === id);
export const tableNamed = (name) => tables.find((t) => t.name === name);
export const isKey = (table, column) => table.key.includes(column.name);
/** Unit 0 is in every table, with columns or without. */
export const unitsOf = (table) => [...new Set([0, ...table.columns.map((c) => c.unit)])];
