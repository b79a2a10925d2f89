// merge.mjs: heads, ghosts, rules and conflicts of a row (section 5 of PROTOCOL.md).
import { isDeepStrictEqual } from 'node:util';
import { isKey, tableNamed, unitsOf } from './schema.mjs';

const unsure = 1, office = 2, restored = 4;
const sameOp = (a, b) => a.device === b.device && a.incarnation === b.incarnation && a.counter === b.counter;
const order = (h) => [h.stamp, h.op.device, h.op.incarnation, h.op.counter];
/** Negative when `a` stands before `b`: the higher first. */
function compare(a, b) {
  const [x, y] = [order(a), order(b)];
  const at = x.findIndex((v, i) => v !== y[i]);
  return at < 0 ? 0 : x[at] > y[at] ? -1 : 1;
}
const differ = (a, b) => !isDeepStrictEqual(a.values, b.values);
const isOffice = (h) => (h.flags & (office | restored)) === office;

const any = () => true;
const highest = (heads) => heads[0];
const pairs = (heads, by) => heads.some((a, i) => heads.slice(i + 1).some((b) => differ(a, b) && by(a, b)));
const whenUnsure = (heads, used) => ((used.flags & unsure) !== 0 && heads.some((h) => differ(h, used)) ? 'unsure' : null);
const otherAuthors = (heads, used) => (pairs(heads, (a, b) => a.author !== b.author) ? 'human' : whenUnsure(heads, used));
const rules = {
  LWW: { replaces: any, inUse: highest, conflict: whenUnsure },
  HUMAN: { replaces: any, inUse: highest, conflict: (heads) => (pairs(heads, any) ? 'human' : null) },
  HUMAN_AUTHORS: { replaces: any, inUse: highest, conflict: otherAuthors },
  ONCE: { replaces: (by) => (by & (office | restored)) !== 0, inUse: (heads) => heads.at(-1), conflict: (heads) => (pairs(heads, any) ? 'once' : null) },
  OFFICE: {
    replaces: (_, old) => (old & office) === 0,
    inUse: (heads) => heads.find(isOffice) ?? heads[0],
    conflict: (heads, used) => (!isOffice(used) || heads.some((h) => differ(h, used)) ? 'proposal' : null),
    oneOfTheOffice: true,
  },
  ADD: { replaces: any, inUse: highest, conflict: () => null },
};

const away = [3, 4];
/** Whoever saw the learner come in settles what an empty chair said. */
const settles = (table, unit, a, b) => table.name === 'mark' && unit === 1 && a.values.code === 2 && a.values.arrived !== undefined && away.includes(b.values.code);

export class Row {
  units = {};
  accepted = [];
  constructor(tableName) {
    this.table = tableNamed(tableName);
    for (const unit of unitsOf(this.table)) this.units[unit] = { heads: [], ghosts: [] };
  }
  columns(unit) {
    return this.table.columns.filter((c) => c.unit === unit);
  }
  rule(unit) {
    return rules[this.columns(unit)[0]?.rule ?? 'LWW'];
  }
  isConstant(unit) {
    return unit === 0 && this.columns(0).every((c) => isKey(this.table, c));
  }
  /** op: { id, author, stamp, flags, units, values, bases }. */
  apply(op) {
    if (this.accepted.some((id) => sameOp(id, op.id))) return;
    for (const unit of op.units) this.applyUnit(op, unit);
    for (const u of Object.values(this.units)) u.ghosts = u.ghosts.filter((g) => !sameOp(g, op.id));
    this.accepted.push(op.id);
  }
  applyUnit(op, unit) {
    const u = this.units[unit];
    const names = this.columns(unit).map((c) => c.name);
    const values = Object.fromEntries(names.filter((n) => op.values[n] !== undefined).map((n) => [n, op.values[n]]));
    const head = { op: op.id, author: op.author, stamp: op.stamp, flags: op.flags, values };
    if (this.isConstant(unit)) {
      u.heads = [head, ...u.heads].sort(compare).slice(0, 1);
      return;
    }
    const rule = this.rule(unit);
    let superseded = u.ghosts.some((g) => sameOp(g, op.id));
    for (const base of op.bases.filter((b) => b.unit === unit)) this.dropBase(u, rule, op, base.op);
    if (rule.oneOfTheOffice && op.flags & office) {
      const other = u.heads.find((h) => h.flags & office);
      superseded = other !== undefined && compare(other, head) < 0;
      if (!superseded) u.heads = u.heads.filter((h) => h !== other);
    }
    if (!superseded) u.heads = [...u.heads, head].sort(compare);
  }
  dropBase(u, rule, op, base) {
    if (base.device === op.id.device && base.incarnation === op.id.incarnation && base.counter >= op.id.counter) return;
    const head = u.heads.find((h) => sameOp(h.op, base));
    if (head) u.heads = rule.replaces(op.flags, head.flags) ? u.heads.filter((h) => h !== head) : u.heads;
    else if (rule.replaces(op.flags, 0) && ![...this.accepted, ...u.ghosts].some((id) => sameOp(id, base))) u.ghosts.push(base);
  }
  /** The heads no other settles away. */
  standing(unit) {
    const { heads } = this.units[unit];
    return heads.filter((h) => !heads.some((other) => other !== h && settles(this.table, unit, other, h)));
  }
  inUse(unit) {
    const heads = this.standing(unit);
    return heads.length > 0 ? this.rule(unit).inUse(heads) : undefined;
  }
  /** What of a removed row is a matter: two who do not agree that it is, or work by somebody who did not know. */
  conflictOfRemoved(unit) {
    const { heads: removals } = this.units[unit];
    if (pairs(removals, any)) return 'human';
    const wrote = (h) => removals.some((r) => sameOp(r.op, h.op));
    const unseen = ({ heads }) => heads.some((h) => !wrote(h) && !heads.some((other) => wrote(other) && !differ(h, other)));
    return Object.entries(this.units).some(([other, u]) => Number(other) > 0 && Number(other) !== unit && unseen(u)) ? 'removed' : null;
  }
  conflict(unit) {
    const removed = this.table.columns.find((c) => c.name === 'removed')?.unit;
    if (removed !== undefined && this.inUse(removed)?.values.removed === 1) return unit === removed ? this.conflictOfRemoved(unit) : null;
    const heads = this.standing(unit);
    if (heads.length === 0 || this.isConstant(unit)) return null;
    const kind = this.rule(unit).conflict(heads, this.inUse(unit));
    const allAway = this.table.name === 'mark' && unit === 1 && this.units[unit].heads.every((h) => away.includes(h.values.code));
    return kind && allAway ? 'away' : kind;
  }
}

/** Who stands for a row: the end of its pointers, or the lowest id of a circle. */
export function canonicalOf(points, id) {
  const way = [id];
  for (;;) {
    const next = points[way.at(-1)];
    if (!next) return way.at(-1);
    if (way.includes(next)) return way.slice(way.indexOf(next)).sort()[0];
    way.push(next);
  }
}
/** Of several marks of one child at one meeting, whose canonical ids are given: the one that counts, and whether a person is asked. */
export function judgeMarks(learner, session, marks) {
  const order = (m) => [m.learner !== learner, m.session !== session, m.learner, m.session].join();
  const [first, ...others] = marks.filter((m) => m.code !== 6).sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { first, asked: others.some((m) => m.code !== first.code || m.arrived !== first.arrived) };
}
