// coverage.mjs: whether the vectors show every outcome that PROTOCOL.md names: each message, goodbye, status, reason, kind of value and way of refusing.
import { readFileSync } from 'node:fs';
import { messages } from './messages.mjs';
import { tableNamed, tables } from './schema.mjs';

const page = readFileSync(new URL('../../proto/PROTOCOL.md', import.meta.url), 'utf8');
const section = (n) => page.slice(page.indexOf(`\n## ${n}.`), page.indexOf(`\n## ${n + 1}.`));

/** Every value found anywhere below `root` under the key `name`. */
function under(root, name) {
  if (root === null || typeof root !== 'object') return [];
  return Object.entries(root).flatMap(([key, value]) => [...(key === name ? [value] : []), ...under(value, name)]);
}

const reasonsOf = (text) => [...text.slice(text.indexOf('\nIn a receipt:'), text.indexOf('\nIn CARRIED')).matchAll(/^\| (`[A-Z_` ]+`) \|/gm)].flatMap((m) => m[1].match(/[A-Z_]+/g));
const rowsOf = (text) => [...text.matchAll(/^\| (\d+) \| ([A-Z_]+) \|/gm)].map(([, type, word]) => `${type} ${word}`);

/** The types of all columns that have a value somewhere in contents and batches. */
function typesIn(all) {
  const of = (row) => tableNamed(row.table).columns.filter((c) => row.values?.[c.name] !== undefined).map((c) => c.type);
  return [...under(all, 'ops').flat().flatMap(of), ...under(all, 'items').flat().flatMap(of)];
}
/** How heads of a unit stand: alone as its neighbour's, alone, several; and ghosts. */
function headsIn(all) {
  const units = under(all, 'items').flat().flatMap((item) => item.units ?? []);
  return units.flatMap((u) => [u.heads.length > 1 ? 'several' : 'one', ...(u.ghosts.length > 0 ? ['ghosts'] : []), ...u.heads.map((h) => `flags ${h.flags}`)]);
}

/** The last column of the table of outcomes: [file, name of a vector, or of a list of its own]. */
function namedInOutcomes() {
  const table = section(17).slice(section(17).indexOf('\n### Outcomes'));
  const cells = [...table.matchAll(/^\|(?!---)[^|]*\|[^|]*\| (`.*) \|$/gm)].map((m) => m[1]);
  return cells.flatMap((cell) => cell.split('; ')).flatMap((part) => {
    const [, file, names] = /^`(\w+\.json)` (.+)$/.exec(part);
    return names.split(' · ').map((name) => [file, name]);
  });
}
const isShown = (files, [file, name]) => (files[file]?.vectors ?? []).some((v) => v.name === name) || Array.isArray(files[file]?.[name.replaceAll(' ', '_')]);

export function checkCoverage(t, files, kinds) {
  const { 'merge.json': merge, ...rest } = files;
  const all = Object.values(rest);
  const shown = (what, seen, wanted) => t.ok(`vectors show every ${what}`, wanted.every((w) => seen.includes(w)), wanted.filter((w) => !seen.includes(w)));
  const outcomes = namedInOutcomes();
  t.ok('every vector that the table of outcomes names is there', outcomes.length > 50 && outcomes.every((one) => isShown(files, one)), outcomes.filter((one) => !isShown(files, one)));
  const messageWords = Object.keys(messages);
  t.equal('the reader has the messages of the page', messageWords.map((word) => `${messages[word][0]} ${word}`).join(), rowsOf(section(12)).join());
  shown('message', under(all, 'message'), messageWords);
  t.ok('every message has its place among the states', messageWords.every((word) => section(14).includes(word)), messageWords.filter((word) => !section(14).includes(word)));
  shown('reason of a goodbye', under(all, 'vectors').flat().filter((v) => v.fields?.message === 'BYE').map((v) => v.fields.reason), [1, 2, 3, 4, 5]);
  shown('kind of device', under(all, 'vectors').flat().filter((v) => v.fields?.message === 'ENROL').map((v) => v.fields.kind), [1, 2]);
  shown('status of a receipt', under(files['documents.json'], 'status'), [1, 2, 3, 4, 5]);
  shown('reason in a receipt', under(files['documents.json'], 'reason'), reasonsOf(section(17)));
  shown('kind of ack', under(files['content.json'], 'acks').flat().map((a) => a.kind), [1, 2]);
  shown('type of value', typesIn(all), ['ID', 'TEXT', 'INT', 'BOOL', 'DATE', 'MINUTE', 'TIME', 'ENUM', 'SET']);
  shown('kind of item', under(all, 'items').flat().map((item) => item.kind), ['row', 'leave', 'erase']);
  const rows = (kind) => [...new Set(under(all, 'items').flat().filter((item) => item.kind === kind).map((item) => item.table))];
  shown('table that travels', rows('row'), tables.filter((table) => table.scope !== 'HUB').map((table) => table.name));
  shown('kind of erasure', rows('erase'), ['learner', 'question']);
  shown('table that a device writes', under(all, 'ops').flat().map((op) => op.table), section(6).replace(/\s+/g, ' ').match(/all its ops are on ([a-z_, ]+) or ([a-z_]+):/).slice(1).flatMap((list) => list.split(', ')));
  shown('piece of a repair', under(all, 'vectors').flat().filter((v) => v.fields?.message === 'REPAIR').map((v) => v.fields.flags), [0, 1, 3]);
  shown('order', under(files['documents.json'], 'fields').filter((f) => f.value !== undefined).map((f) => `${f.kind} ${f.value}`), ['1 0', '1 20', '2 0', '2 1']);
  shown('flag of a batch', under(all, 'batch').flatMap((b) => [`checkpoint ${b.checkpoint}`, `restart ${b.restart}`, `repair ${b.repair}`, `digest ${b.digest !== null}`]),
    ['checkpoint true', 'checkpoint false', 'restart true', 'restart false', 'repair true', 'repair false', 'digest true', 'digest false']);
  shown('form of heads', headsIn(all), ['one', 'several', 'ghosts', 'flags 0', 'flags 1', 'flags 2']);
  shown('flag of a changeset', under(files['content.json'], 'flags'), [0, 1]);
  const matters = [...merge.vectors.map((v) => v.gives.conflict), ...merge.removals.flatMap((v) => Object.values(v.gives.conflicts))];
  const ruleOf = (v) => tableNamed(v.table).columns.find((c) => c.unit === v.unit)?.rule;
  shown('matter that a rule can make', merge.vectors.map((v) => `${ruleOf(v)} ${v.gives.conflict}`),
    ['LWW null', 'LWW unsure', 'HUMAN null', 'HUMAN human', 'HUMAN_AUTHORS null', 'HUMAN_AUTHORS human', 'HUMAN_AUTHORS unsure', 'HUMAN_AUTHORS away', 'ONCE null', 'ONCE once', 'OFFICE null', 'OFFICE proposal', 'ADD null']);
  shown('flag of an op that is merged', merge.vectors.flatMap((v) => v.ops.map((op) => op.flags)), [0, 1, 2, 4, 6]);
  shown('matter for a person', matters, [null, 'human', 'once', 'proposal', 'unsure', 'away', 'removed']);
  shown('number of heads and ghosts', merge.vectors.flatMap((v) => [`heads ${v.gives.heads.length}`, `ghosts ${v.gives.ghosts.length > 0}`]), ['heads 0', 'heads 1', 'heads 2', 'heads 3', 'ghosts true', 'ghosts false']);
  shown('kind of thing refused', files['refusals.json'].vectors.map((v) => v.kind), Object.keys(kinds));
  shown('way of refusing', files['refusals.json'].vectors.map((v) => v.error), ['INVALID', 'TOO_BIG', 'TRUNCATED', 'TRAILING', 'MALFORMED', 'CRYPTO', 'BAD_SIGNATURE', 'VERSION', 'CORRUPT']);
}
