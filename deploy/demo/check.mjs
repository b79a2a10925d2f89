// check.mjs: the main job, proven: registers and notes taken without a line survive kill -9 and reach the hub once each.
import { readFileSync } from "node:fs";
import { until } from "./demo.mjs";

const registers_online = 20, registers_by_file = 2, notes_wanted = 10, big_register = 70;

/** What the kiosk said was saved: marks by session and learner, notes by id. */
class Said {
  marks = new Map();
  notes = new Map();
  registers = new Set();
  mark(session, row) {
    this.marks.set(`${session} ${row.learner}`, row.code ?? "");
  }
}

/** The CSV our own export writes: every cell that is not empty is quoted. */
export function parse_csv(text) {
  const [heading, ...lines] = text.trimEnd().split("\r\n");
  const names = heading.split(",");
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2] ?? "").replaceAll('""', '"'));
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

/** A register as a leader takes it: some away, some late, the rest here, then Finish. */
async function take_register(demo, said, session, finish = true) {
  const register = await demo.ask("register.get", { session });
  const changed = (done) => done.rows.forEach((row) => said.mark(session, row));
  for (const [i, row] of register.rows.entries()) {
    if (row.code) continue;
    if (i % 9 === 4) changed(await demo.ask("mark.set", { session, learner: row.learner, code: "AU" }));
    if (i % 13 === 7) changed(await demo.ask("mark.set", { session, learner: row.learner, code: "L", arrived: 605 }));
  }
  const rest = await demo.ask("mark.rest", { session, code: "P" }).catch((e) => (e.failure?.code === "CONFLICT" ? null : Promise.reject(e)));
  if (rest) changed(rest);
  if (finish) {
    const now = await demo.ask("register.get", { session });
    if (now.session.state !== "closed") await demo.ask("register.finish", { session });
    const after = await demo.ask("register.get", { session });
    if (after.session.state !== "closed") throw new Error("a finished register is not closed");
    after.rows.forEach((row) => said.mark(session, row));
    said.registers.add(session);
  }
}

/** Marks one by one until the kiosk is killed under them; only answered ones count as said. */
async function mark_until_killed(demo, said, session) {
  const { rows } = await demo.ask("register.get", { session });
  let killed = false;
  for (const [i, row] of rows.entries()) {
    const answer = demo.door.ask("mark.set", { session, learner: row.learner, code: i % 5 ? "P" : "AU" });
    if (i === Math.floor(rows.length / 2)) {
      killed = true;
      await demo.end("kiosk", "SIGKILL");
    }
    const done = await answer;
    if (done === null) break;
    if (done.failure) throw new Error(`mark.set: ${done.failure.text}`);
    done.rows.forEach((r) => said.mark(session, r));
  }
  if (!killed) throw new Error("the register was too short to be killed in");
}

async function write_notes(demo, said, session, count) {
  const { rows, session: item } = await demo.ask("register.get", { session });
  for (let i = 0; i < count; i++) {
    const text = `Even bowing in bar ${said.notes.size + 1}, “piano” means soft: ${["Zoë", "Łukasz", "さくら"][i % 3]}`;
    const { note } = await demo.ask("note.add", { learner: rows[i % rows.length].learner, activity: item.activity, session, areas: ["playing"], text, next_step: "Count aloud" });
    said.notes.set(note, text);
  }
}

async function sessions_of(demo, staff) {
  await demo.unlock(staff);
  const { sessions } = await demo.ask("today");
  return sessions.filter((s) => s.totals.of > 0 && s.state !== "closed").map((s) => ({ ...s, staff }));
}

async function all_sent(demo) {
  return until("every receipt", async () => {
    const s = await demo.ask("sync.status");
    if (s.badge === "help") throw new Error(`the kiosk needs help: ${s.reason ?? "see its log"}`);
    return s.badge === "sent" && s.changes === 0 ? s : null;
  });
}

/** What was said against what the hub's own export holds. */
function compare(demo, said) {
  const marks = parse_csv(demo.run("tutti-server", ["export", "registers", "--csv", "--data", demo.path("hub")])).filter((r) => r.code !== "");
  const notes = parse_csv(demo.run("tutti-server", ["export", "notes", "--csv", "--data", demo.path("hub")]));
  const held = new Map(), held_notes = new Map();
  let duplicated = 0, foreign = 0, lost = 0;
  for (const r of marks) {
    const key = `${r.session} ${r.learner_id}`;
    if (held.has(key)) duplicated++;
    held.set(key, r);
    if (!said.marks.has(key)) foreign++;
  }
  for (const n of notes) {
    if (held_notes.has(n.note)) duplicated++;
    held_notes.set(n.note, n);
    if (!said.notes.has(n.note)) foreign++;
  }
  for (const [key, code] of said.marks) if (held.get(key)?.code !== code) lost++;
  for (const [id, text] of said.notes) if (held_notes.get(id)?.text !== text) lost++;
  const closed = new Set(marks.filter((r) => r.register_state === "closed" || r.register === "closed").map((r) => r.session));
  for (const session of said.registers) if (!closed.has(session)) lost++;
  const conflicts = demo.status().conflicts + marks.filter((r) => r.conflict === "yes").length;
  return { registers: closed.size, notes: held_notes.size, marks: held.size, lost, duplicated, foreign, conflicts };
}

// The sessions of the day that are taken: of both people, the largest first.
async function work_of_the_day(demo, people, wanted) {
  let work = [];
  const fetched = async () => {
    work = [];
    for (const staff of people) work.push(...(await sessions_of(demo, staff)));
    work.sort((a, b) => b.totals.of - a.totals.of);
    return work.length >= wanted && work[0].totals.of === big_register;
  };
  await until("today's lessons of both people", fetched).catch(() => {
    throw new Error(`today has ${work.length} registers and the largest ${work[0]?.totals.of} players`);
  });
  return work.slice(0, wanted);
}

// Everything is written with the line held down, and the kiosk is killed in the middle of the largest; answers who is signed in at the end.
async function taken_offline(demo, said, big, others) {
  await demo.unlock(big.staff);
  await mark_until_killed(demo, said, big.id);
  await demo.start_kiosk("--offline");
  await demo.unlock(big.staff);
  const survived = new Map((await demo.ask("register.get", { session: big.id })).rows.map((r) => [`${big.id} ${r.learner}`, r.code ?? ""]));
  for (const [key, code] of said.marks) if (survived.get(key) !== code) throw new Error("a mark said to be saved did not survive kill -9");
  let staff = big.staff;
  for (const s of [big, ...others]) {
    if (s.staff !== staff) await demo.unlock((staff = s.staff));
    await take_register(demo, said, s.id);
    if (said.notes.size < notes_wanted && s !== big) await write_notes(demo, said, s.id, Math.min(2, notes_wanted - said.notes.size));
  }
  return staff;
}

// The line goes, breaks, and the hub with it: everything is sent all the same.
async function sent_over_the_line(demo) {
  await demo.ask("sync.hold", { hold: false });
  await all_sent(demo);
  await demo.ask("sync.hold", { hold: true });
  await demo.ask("sync.hold", { hold: false });
  await demo.end("hub");
  await demo.start_hub();
  await demo.ask("sync.now");
  await until("the kiosk to find the hub again", async () => (await demo.ask("sync.status")).line === "online");
  await all_sent(demo);
}

async function carried_by_file(demo, said, by_file, signed_in) {
  let staff = signed_in;
  await demo.ask("sync.hold", { hold: true });
  for (const s of by_file) {
    if (s.staff !== staff) await demo.unlock((staff = s.staff));
    await take_register(demo, said, s.id);
  }
  demo.run("tutti", ["export", "--port", String(demo.kiosk_port), demo.path("week.tutti")]);
  for (let twice = 0; twice < 2; twice++)
    demo.run("tutti-server", ["import-bundle", "--data", demo.path("hub"), "--reply", demo.path("week.tutti-reply"), demo.path("week.tutti")]);
  demo.run("tutti", ["import", "--port", String(demo.kiosk_port), demo.path("week.tutti-reply")]);
  await all_sent(demo);
  if (readFileSync(demo.path("week.tutti")).includes("bowing")) throw new Error("an export file can be read by its carrier");
}

export async function check(demo) {
  const started = Date.now();
  const said = new Said();
  demo.make_hub();
  const again = demo.import_sample();
  if (again.new + again.changed !== 0) throw new Error("a second import changed something");
  await demo.start_hub();
  await demo.start_kiosk();
  await demo.enrol_kiosk();
  const people = Object.keys(demo.secrets().pins);
  const before = demo.status();

  demo.say("the kiosk fetches its lessons");
  await demo.unlock(people[0]);
  const wanted = registers_online + registers_by_file;
  const work = await work_of_the_day(demo, people, wanted);
  await demo.ask("sync.hold", { hold: true });
  const big = work.shift(), by_file = work.splice(-registers_by_file);

  demo.say("taking registers with the line held down; killing the kiosk in the middle");
  const staff = await taken_offline(demo, said, big, work);
  if (demo.status().marks !== before.marks) throw new Error("something reached the hub over a line that was held down");

  demo.say("letting the line go");
  await sent_over_the_line(demo);

  demo.say("two more registers by file");
  await carried_by_file(demo, said, by_file, staff);

  const r = compare(demo, said);
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`registers=${r.registers} notes=${r.notes} marks=${r.marks} lost=${r.lost} duplicated=${r.duplicated} foreign=${r.foreign} conflicts=${r.conflicts} seconds=${seconds}`);
  const held = r.registers === wanted && r.notes === notes_wanted && r.marks === said.marks.size && r.lost + r.duplicated + r.foreign + r.conflicts === 0;
  return held ? 0 : 1;
}
