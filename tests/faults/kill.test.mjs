// kill.test.mjs: kill -9 of kiosk and hub at any moment, under load, loses nothing that was said to be saved and doubles nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pause, until } from "../../deploy/demo/demo.mjs";
import { beside, county, finish, ready, run, sign_in } from "./county.mjs";
import { compare, flow, random, Said, seed, tally } from "./said.mjs";

const kills = Number(process.env.TUTTI_KILLS ?? 8);
const draw = random(seed);
let demo, other, staff, sessions, staff_of_other;
before(async () => {
  demo = await county();
  ({ staff, sessions } = await ready(demo));
  other = await beside(demo, "other");
  await other.start_kiosk();
  ({ staff: staff_of_other } = await sign_in(other));
});
after(async () => {
  if (process.env.TUTTI_LOGS) console.log(demo.logs(), other?.logs());
  if (other) await other.stop();
  await finish(demo);
});

test(`the kiosk, killed ${kills} times while it marks and sends (seed ${seed})`, async () => {
  const said = new Said(), session = sessions[0].id;
  const { rows } = await demo.ask("register.get", { session });
  for (let k = 0; k < kills; k++) {
    let going = true;
    const marking = flow(draw, demo, said, session, rows, () => going, 0);
    await pause(draw(k % 4 === 3 ? 1500 : 150));
    await demo.end("kiosk", "SIGKILL");
    going = false;
    await marking;
    tally({ kiosk_kills: 1 });
    await demo.start_kiosk(...(k % 3 === 2 ? ["--offline"] : []));
    await demo.unlock(staff);
    await said.check_kiosk(demo, session);
  }
  await demo.ask("sync.hold", { hold: false });
  await compare(demo, said);
});

test(`the hub, killed ${kills} times while two kiosks send to it (seed ${seed})`, async () => {
  const said = new Said();
  let going = true;
  const flows = [];
  for (const [kiosk, session] of [[demo, sessions[1].id], [other, sessions[2].id]]) {
    const { rows } = await kiosk.ask("register.get", { session });
    flows.push(flow(draw, kiosk, said, session, rows, () => going, 12));
  }
  for (let k = 0; k < kills; k++) {
    for (const kiosk of [demo, other]) await kiosk.ask("sync.now");
    if (k % 2) await until("a kiosk to find the hub", async () => (await demo.ask("sync.status")).line === "online");
    await pause(draw(400));
    await demo.end("hub", "SIGKILL");
    tally({ hub_kills: 1 });
    await demo.start_hub();
  }
  going = false;
  await Promise.all(flows);
  for (const kiosk of [demo, other]) await kiosk.ask("export"), await kiosk.ask("sync.now");
  await compare(demo, said, [demo, other]);
});

test("SIGTERM seals what was just marked", async () => {
  const session = sessions[3]?.id ?? sessions[2].id;
  await demo.ask("sync.hold", { hold: true });
  const { rows } = await demo.ask("register.get", { session });
  await demo.ask("mark.set", { session, learner: rows[0].learner, code: rows[0].code === "P" ? "AU" : "P" });
  await demo.end("kiosk");
  await demo.start_kiosk("--offline");
  const status = await demo.ask("sync.status");
  assert.ok(status.bundles.some((b) => b.status === "waiting"), "nothing was sealed");
  await demo.ask("sync.hold", { hold: false });
  await until("every receipt", async () => (await demo.ask("sync.status")).badge === "sent", 60);
});

test("a second kiosk on the same directory is refused", async () => {
  const r = run("tutti-kiosk", ["--data", demo.path("kiosk")]);
  assert.equal(r.code, 4, r.text);
});

test("a wrong PIN counts, then waits; the right one still opens after", async () => {
  await other.ask("lock");
  const wrong = async () => (await other.door.ask("unlock", { staff: staff_of_other, pin: "918273" })).failure;
  const left = [];
  for (let i = 0; i < 4; i++) left.push((await wrong()).attempts_left);
  assert.deepEqual(left, [9, 8, 7, 6]);
  const waits = await wrong();
  assert.equal(waits.code, "WAIT");
  assert.ok(waits.wait_ms > 0 && waits.wait_ms <= 30000);
});
