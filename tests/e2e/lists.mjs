// lists.mjs: the office's lists of the made-up county as files: read, changed, and brought in once more by Demo.import_sample().
import { readFileSync, writeFileSync } from 'node:fs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';

const fileOf = (stage, name) => stage.demo.path(`sample/${name}.csv`);

export const list = (stage, name) => parseCsv(readFileSync(fileOf(stage, name), 'utf8'));

/** The office's list once more, with its lines as `change` gives them. */
export function office(stage, name, change) {
  const file = fileOf(stage, name);
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  writeFileSync(file, `${[head, ...change(lines, head.split(','))].join('\r\n')}\r\n`);
}

/** Lines whose first cell is `ref` (and second `other`) get `cells`. */
export const rowOf = (ref, other, cells) => (lines, head) =>
  lines.map((line) => {
    const parts = line.split(',');
    if (parts[0] !== `"${ref}"` || (other && parts[1] !== `"${other}"`)) return line;
    for (const [name, value] of Object.entries(cells)) parts[head.indexOf(name)] = `"${value}"`;
    return parts.join(',');
  });

/** The name as a register shows it. */
export const shownName = (learner) => `${learner.known_name || learner.first_name} ${learner.last_name}`;
