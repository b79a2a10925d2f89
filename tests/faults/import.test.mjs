// import.test.mjs: the office brings a long list in while kiosks mark and send, and the hub is killed in the middle of that.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pause, until } from "../../deploy/demo/demo.mjs";
import { beside, county, finish, ready, sign_in } from "./county.mjs";
import { Office } from "./office.mjs";
import { compare, flow, random, Said, seed, tally } from "./said.mjs";

const kills = Math.max(4, Math.round(Number(process.env.TUTTI_KILLS ?? 8) / 8));
const draw = random(seed);
const rows = 6000;
let demo, other, sessions, office, took_ms = 1000;
before(async () => {
  demo = await county();
  ({ sessions } = await ready(demo));
  other = await beside(demo, "other");
  await other.start_kiosk();
  await sign_in(other);
  office = new Office(demo);
  await office.sign_in("office");
});
after(async () => {
  if (process.env.TUTTI_LOGS) console.log(demo.logs(), other?.logs());
  if (other) await other.stop();
  await finish(demo);
});

/** Made-up learners whom no other list has: `which` is one letter, and in every reference. */
function list(which) {
  const lines = Array.from({ length: rows }, (_, i) => `X${which}${String(i).padStart(5, "0")},Made${i},Upperson${which},${2008 + (i % 10)}-05-${String(1 + (i % 28)).padStart(2, "0")},7`);
  return `ref,first_name,last_name,dob,year_group\n${lines.join("\n")}\n`;
}

/** Two kiosks that mark and send until the result's `end` is called. */
async function flows(said) {
  let going = true;
  const running = [];
  for (const [kiosk, session] of [[demo, sessions[0].id], [other, sessions[1].id]]) {
    const register = await kiosk.ask("register.get", { session });
    running.push(flow(draw, kiosk, said, session, register.rows, () => going, 12));
  }
  return {
    end: async () => {
      going = false;
      await Promise.all(running);
      for (const kiosk of [demo, other]) await kiosk.ask("export"), await kiosk.ask("sync.now");
    },
  };
}

test(`a list of ${rows} comes in while two kiosks send: it is in whole, and so is what they said (seed ${seed})`, async () => {
  const said = new Said(), marking = await flows(said);
  const before = said.answers;
  const id = await office.send(list("A"));
  assert.deepEqual([(await office.counts(id)).new, (await office.counts(id)).changed], [rows, 0]);
  const began = Date.now();
  const applied = await office.apply(id, "a list.csv");
  took_ms = Date.now() - began;
  assert.equal(applied?.status, 200, JSON.stringify(applied?.body));
  assert.ok(said.answers > before, "nobody marked meanwhile: this shows nothing");
  await marking.end();
  await compare(demo, said, [demo, other]);
  const again = await office.counts(await office.send(list("A")));
  assert.deepEqual([again.new, again.unchanged], [0, rows]);
});

test(`the hub, killed ${kills} times while a list comes in: whole or not at all (seed ${seed})`, async () => {
  const said = new Said(), marking = await flows(said);
  let whole = 0, none = 0;
  for (let k = 0; k < kills; k++) {
    const text = list("BCDEFGHIJKLMNOPQRSTUVWXYZ"[k % 25]), id = await office.send(text);
    const applying = office.apply(id, `list ${k}.csv`);
    if (k === kills - 1) await applying; // what was answered is durable
    else await pause((took_ms * (k + draw(100) / 100)) / kills); // from its beginning to its end, by what it took before
    await demo.end("hub", "SIGKILL");
    tally({ hub_kills: 1 });
    const answer = await applying;
    await demo.start_hub();
    await until("the hub to know the office again", async () => (await office.ask("GET", "/api/me"))?.status === 200);
    const counts = await office.counts(await office.send(text));
    assert.ok([0, rows].includes(counts.unchanged) && counts.new === rows - counts.unchanged, `a part of it is in: ${JSON.stringify(counts)}`);
    if (answer?.status === 200) assert.equal(counts.unchanged, rows, "it was said to be in");
    if (counts.unchanged) whole++;
    else none++;
  }
  assert.ok(whole > 0 && none > 0, `whole ${whole} times, not at all ${none}: this shows one of the two alone`);
  await marking.end();
  await compare(demo, said, [demo, other]);
});
