// copies.test.mjs: a hub's directory put back from an old copy, and a device's directory copied while both copies live on.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { until } from "../../deploy/demo/demo.mjs";
import { beside, county, finish, ready } from "./county.mjs";
import { compare, exported, Said, tally } from "./said.mjs";

let demo, twin, staff, sessions;
before(async () => {
  demo = await county();
  ({ staff, sessions } = await ready(demo));
});
after(async () => {
  if (process.env.TUTTI_LOGS) console.log(demo.logs(), twin?.logs());
  if (twin) await twin.stop();
  await finish(demo);
});

async function mark_all(kiosk, said, session, code) {
  const { rows } = await kiosk.ask("register.get", { session });
  for (const row of rows) assert.ok(!(await said.mark(kiosk, session, row.learner, code)).failure);
  await kiosk.ask("export"); // seals
}
/** The kiosk may still believe what the hub has forgotten: the hub's own word is waited for. */
async function all_at_hub(said) {
  await until("the hub to have it all", () => said.lost(exported(demo).held).length === 0, 120);
}

test("a restored backup: a hub put back from Tuesday's copy is sent again what it forgot", async () => {
  const said = new Said();
  await mark_all(demo, said, sessions[0].id, "P");
  await compare(demo, said);
  await demo.end("hub", "SIGKILL"); // a copy of a hub that was running: its log is part of it
  cpSync(demo.path("hub"), demo.path("tuesday"), { recursive: true });
  await demo.start_hub();
  await demo.ask("sync.now");
  await mark_all(demo, said, sessions[0].id, "AU");
  await mark_all(demo, said, sessions[1].id, "P");
  await compare(demo, said);
  await demo.end("hub", "SIGKILL");
  rmSync(demo.path("hub"), { recursive: true });
  renameSync(demo.path("tuesday"), demo.path("hub"));
  assert.notEqual(said.lost(exported(demo).held).length, 0, "the old copy has it all: this shows nothing");
  await demo.start_hub();
  await demo.ask("sync.now");
  await all_at_hub(said);
  await mark_all(demo, said, sessions[1].id, "AN");
  await demo.ask("sync.now");
  await compare(demo, said);
  tally({ restores: 1 });
});

test("a cloned device: both copies mark, send, and go on", async () => {
  const said = new Said();
  await demo.end("kiosk");
  twin = await beside(demo, "twin");
  mkdirSync(twin.data, { recursive: true });
  cpSync(demo.path("kiosk"), twin.path("kiosk"), { recursive: true });
  twin.secrets(demo.secrets());
  const kiosks = [demo, twin];
  for (const kiosk of kiosks) {
    await kiosk.start_kiosk("--offline");
    await kiosk.unlock(staff);
  }
  /* The same numbers, used twice for different work. */
  for (let round = 0; round < 3; round++) {
    for (const [i, kiosk] of kiosks.entries()) await mark_all(kiosk, said, sessions[1 + i].id, ["P", "AU", "AN"][round]);
    for (const kiosk of kiosks) await kiosk.ask("sync.hold", { hold: false });
    for (const kiosk of kiosks) await kiosk.ask("sync.now");
    await all_at_hub(said);
  }
  await compare(demo, said, kiosks);
  tally({ copies: 1 });
});
