// kill.test.mjs: kill -9 of kiosk and hub at any moment loses nothing that was said to be saved, and doubles nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pause, until } from "../../deploy/demo/demo.mjs";
import { county, finish, ready } from "./county.mjs";

const kills = Number(process.env.TUTTI_KILLS ?? 8);
let demo, staff, sessions;
before(async () => {
  demo = await county();
  ({ staff, sessions } = await ready(demo));
});
after(() => {
  if (process.env.TUTTI_LOGS) console.log(demo.logs());
  return finish(demo);
});

async function hub_marks() {
  const lines = demo.run("tutti-server", ["export", "registers", "--csv", "--data", demo.path("hub")]).trimEnd().split("\r\n").slice(1);
  const cells = lines.map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2]));
  return cells.map((c) => ({ code: c[13], key: `${c.at(-2)} ${c.at(-1)}` })).filter((m) => m.code);
}
async function everything_there(said) {
  await until("every receipt", async () => {
    const s = await demo.ask("sync.status");
    return s.badge === "sent" && s.changes === 0;
  }, 90);
  const held = await hub_marks();
  const map = new Map(held.map((m) => [m.key, m.code]));
  assert.equal(map.size, held.length, "a mark stands twice");
  for (const [key, code] of said) assert.equal(map.get(key), code);
}

test(`the kiosk, killed ${kills} times while marking`, async () => {
  const said = new Map(), session = sessions[0].id;
  await demo.ask("sync.hold", { hold: true });
  const { rows } = await demo.ask("register.get", { session });
  for (let k = 0; k < kills; k++) {
    const asked = rows.map((row, i) => ({ row, code: (i + k) % 3 ? "P" : "AU" }));
    const answers = asked.map(({ row, code }) => demo.door.ask("mark.set", { session, learner: row.learner, code }));
    await pause((k * 7) % 40);
    await demo.end("kiosk", "SIGKILL");
    for (const answer of await Promise.all(answers)) for (const row of answer?.rows ?? []) said.set(`${session} ${row.learner}`, row.code);
    await demo.start_kiosk("--offline");
    await demo.unlock(staff);
    const now = new Map((await demo.ask("register.get", { session })).rows.map((r) => [`${session} ${r.learner}`, r.code]));
    for (const [key, code] of said) {
      const i = rows.findIndex((r) => key.endsWith(r.learner));
      // The next call may have been durable before its answer was on its way: its own value is as good.
      assert.ok(now.get(key) === code || now.get(key) === asked[i].code, `${key}: said ${code}, holds ${now.get(key)}`);
      said.set(key, now.get(key));
    }
  }
  assert.ok(said.size > 0, "no mark was ever answered: the kills came too early to show anything");
  await demo.ask("sync.hold", { hold: false });
  await everything_there(said);
});

test(`the hub, killed ${kills} times while it receives`, async () => {
  const said = new Map(), session = sessions[1].id;
  const { rows } = await demo.ask("register.get", { session });
  for (let k = 0; k < kills; k++) {
    for (const [i, row] of rows.entries()) {
      const done = await demo.ask("mark.set", { session, learner: row.learner, code: (i + k) % 2 ? "P" : "AN" });
      for (const r of done.rows) said.set(`${session} ${r.learner}`, r.code);
    }
    await demo.ask("export"); // seals
    await pause((k * 11) % 60);
    await demo.end("hub", "SIGKILL");
    await demo.start_hub();
    await demo.ask("sync.now");
  }
  await everything_there(said);
});

test("SIGTERM seals what was just marked", async () => {
  const session = sessions[2].id;
  await demo.ask("sync.hold", { hold: true });
  await demo.ask("mark.rest", { session, code: "P" });
  await demo.end("kiosk");
  await demo.start_kiosk("--offline");
  const status = await demo.ask("sync.status");
  assert.ok(status.bundles.some((b) => b.status === "waiting"), "nothing was sealed");
  await demo.ask("sync.hold", { hold: false });
  await until("every receipt", async () => (await demo.ask("sync.status")).badge === "sent", 60);
});

test("a second kiosk on the same directory is refused", async () => {
  const { run } = await import("./county.mjs");
  const r = run("tutti-kiosk", ["--data", demo.path("kiosk"), "--port", "0"].slice(0, 2));
  assert.equal(r.code, 4, r.text);
});

test("a wrong PIN counts, then waits; the right one still opens after", async () => {
  await demo.ask("lock");
  const wrong = async () => (await demo.door.ask("unlock", { staff, pin: "918273" })).failure;
  const left = [];
  for (let i = 0; i < 4; i++) left.push((await wrong()).attempts_left);
  assert.deepEqual(left, [9, 8, 7, 6]);
  const waits = await wrong();
  assert.equal(waits.code, "WAIT");
  assert.ok(waits.wait_ms > 0 && waits.wait_ms <= 30000);
});
