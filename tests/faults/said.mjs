// said.mjs: what kiosks said was saved, compared with what the hub exports; counts go where run.sh adds them up.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { parse_csv } from "../../deploy/demo/check.mjs";
import { pause, until } from "../../deploy/demo/demo.mjs";

/** Numbers of this file for the last line of run.sh: tally({ kills: 8 }). */
export function tally(counts) {
  if (process.env.TUTTI_TALLY) appendFileSync(process.env.TUTTI_TALLY, JSON.stringify(counts) + "\n");
}

/** A generator of numbers below n that a seed decides; the seed of a run is in the names of its tests. */
export function random(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % n;
  };
}
export const seed = Number(process.env.TUTTI_SEED ?? Math.floor(Math.random() * 1e6));

const codes = ["P", "AU", "AN"];
/** Marks one after the other, several in flight, until the kiosk is gone or `going()` says no; now and then it seals. */
export async function flow(draw, kiosk, said, session, rows, going, between) {
  let flying = [];
  while (going()) {
    flying.push(said.mark(kiosk, session, rows[draw(rows.length)].learner, codes[draw(codes.length)]));
    if (draw(8) === 0) flying.push(kiosk.door.ask("export"));
    if (flying.length >= 4 && (await Promise.all(flying.splice(0))).includes(null)) break;
    if (between) await pause(draw(between));
  }
  await Promise.all(flying);
}

export class Said {
  /** By "session learner": every value that was asked for, in order, and whether it was answered. */
  marks = new Map();

  async mark(demo, session, learner, code) {
    const key = `${session} ${learner}`, one = { code, answered: false };
    if (!this.marks.has(key)) this.marks.set(key, []);
    this.marks.get(key).push(one);
    const answer = await demo.door.ask("mark.set", { session, learner, code });
    if (answer?.failure) this.marks.get(key).splice(this.marks.get(key).indexOf(one), 1);
    else if (answer) one.answered = true;
    return answer;
  }
  /** What may stand there: the last answered value, or one asked for after it, which may have been durable before its answer was on its way. */
  allowed(key) {
    const list = this.marks.get(key), last = list.findLastIndex((one) => one.answered);
    return { said: last >= 0, codes: list.slice(Math.max(last, 0)).map((one) => one.code) };
  }
  get answers() {
    return [...this.marks.values()].flat().filter((one) => one.answered).length;
  }
  get size() {
    return [...this.marks.keys()].filter((key) => this.allowed(key).said).length;
  }
  /** Which keys `held` (a map of codes) lacks or has wrong. */
  lost(held) {
    return [...this.marks.keys()].filter((key) => {
      const { said, codes } = this.allowed(key);
      return said ? !codes.includes(held.get(key)) : held.has(key) && !codes.includes(held.get(key));
    });
  }
  /** The kiosk's own register holds all of it. */
  async check_kiosk(demo, session) {
    const { rows } = await demo.ask("register.get", { session });
    const held = new Map(rows.filter((r) => r.code).map((r) => [`${session} ${r.learner}`, r.code]));
    const lost = this.lost(held).filter((key) => key.startsWith(session));
    assert.deepEqual(lost.map((key) => `${key}: ${JSON.stringify(this.marks.get(key))}, holds ${held.get(key)}`), []);
  }
}

/** The marks of the hub's own export, and how many of them stand there twice. */
export function exported(demo) {
  const rows = parse_csv(demo.run("tutti-server", ["export", "registers", "--csv", "--data", demo.path("hub")])).filter((r) => r.code !== "");
  const held = new Map(rows.map((r) => [`${r.session} ${r.learner_id}`, r.code]));
  return { held, duplicated: rows.length - held.size };
}

/** Once nobody has anything left to send, the hub's export is what was said, each mark once. */
export async function compare(demo, said, kiosks = [demo], seconds = 120) {
  await until("every receipt", async () => {
    for (const kiosk of kiosks) {
      const s = await kiosk.ask("sync.status");
      if (s.badge !== "sent" || s.changes !== 0) return false;
    }
    return true;
  }, seconds);
  const { held, duplicated } = exported(demo), lost = said.lost(held);
  tally({ answers: said.answers, marks: said.size, lost: lost.length, duplicated });
  assert.deepEqual(lost.slice(0, 5).map((key) => `${key}: said ${JSON.stringify(said.marks.get(key))}, the hub has ${held.get(key)}`), []);
  assert.equal(duplicated, 0, "a mark stands twice");
  assert.equal(demo.status().conflicts, 0, "a conflict of one author with himself");
  assert.ok(said.size > 0, "nothing was ever said to be saved: this shows nothing");
}
