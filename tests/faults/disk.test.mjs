// disk.test.mjs: a full disk, a limit on files, a disk that goes read-only under a program: a clear word, nothing lost, and work goes on after.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, test } from "node:test";
import { until } from "../../deploy/demo/demo.mjs";
import { county, finish, is_root, mount, mount_image, ready, run, unmount } from "./county.mjs";
import { compare, Said, tally } from "./said.mjs";

const skip = is_root ? false : "needs root, to mount a small disk";
let demo, mounted;
beforeEach(async () => {
  demo = await county();
  mounted = [];
});
afterEach(async () => {
  if (process.env.TUTTI_LOGS) console.log(demo.logs());
  await demo.stop();
  for (const folder of mounted.reverse()) unmount(folder);
  await finish(demo);
});

function small_disk(name, size) {
  mkdirSync(demo.path(name), { recursive: true, mode: 0o700 });
  assert.ok(mount("-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", demo.path(name)), "this machine lets nobody mount a tmpfs");
  mounted.push(demo.path(name));
}
/** dd, not a write of ours: it takes what there is. */
const fill = (path) => spawnSync("dd", ["if=/dev/zero", `of=${path}`, "bs=4k"], { stdio: "ignore" });
/** Marks again and again until one is refused; the refusal, or null when the kiosk went away. */
async function mark_until_refused(said, session, rows, most = 3000) {
  for (let i = 0; i < most; i++) {
    const answer = await said.mark(demo, session, rows[i % rows.length].learner, ["P", "AU", "AN"][Math.floor(i / rows.length) % 3]);
    if (answer === null || answer.failure) return answer?.failure ?? null;
  }
  assert.fail(`${most} marks and nothing was refused`);
}
/** The hub cannot store what the kiosk sends, says so or is gone, and the kiosk has understood. */
async function turned_away() {
  await demo.ask("sync.now");
  await until("the kiosk's work to be turned away", async () => Boolean((await demo.ask("sync.status")).reason));
}
/** The kiosk as somebody would find it who comes back: running, or started again; signed in. */
async function kiosk_again(staff) {
  if (demo.door.closed) {
    await demo.end("kiosk");
    await demo.start_kiosk();
  }
  if (!(await demo.ask("device.status")).unlocked) await demo.unlock(staff);
}

test("a kiosk's full disk refuses the mark with a word, keeps what was saved, and goes on when there is room", { skip }, async () => {
  demo.make_hub();
  small_disk("kiosk", "6m");
  const { staff, sessions } = await ready(demo);
  const said = new Said(), session = sessions[0].id;
  await demo.ask("sync.hold", { hold: true });
  const { rows } = await demo.ask("register.get", { session });
  for (const row of rows.slice(0, 10)) await said.mark(demo, session, row.learner, "P");
  fill(demo.path("kiosk/filler"));
  const refused = await mark_until_refused(said, session, rows);
  assert.equal(refused?.code, "FULL", refused?.text ?? "the kiosk went away");
  rmSync(demo.path("kiosk/filler"));
  await kiosk_again(staff);
  await said.check_kiosk(demo, session);
  assert.ok(!(await said.mark(demo, session, rows.at(-1).learner, "P")).failure, "no mark can be made although there is room again");
  await demo.ask("export");
  await demo.ask("sync.hold", { hold: false });
  await compare(demo, said);
  tally({ full_disks: 1 });
});

test("a hub's full disk: receipts wait, the kiosk keeps its work, and all arrives when there is room", { skip }, async () => {
  small_disk("hub-disk", "24m");
  demo.path = (name) => `${demo.data}/${name.replace(/^hub(?=\/|$)/, "hub-disk/hub")}`;
  const { sessions } = await ready(demo);
  const said = new Said();
  fill(demo.path("hub-disk/filler"));
  const { rows } = await demo.ask("register.get", { session: sessions[0].id });
  for (let round = 0; round < 12; round++) {
    for (const row of rows) assert.ok(!(await said.mark(demo, sessions[0].id, row.learner, ["P", "AU", "AN"][round % 3])).failure);
    await demo.ask("export"); // seals
  }
  await turned_away();
  const waiting = (await demo.ask("sync.status")).bundles.some((b) => b.status === "waiting" || b.status === "sent");
  assert.ok(waiting, "the hub took it all: its disk was not full");
  rmSync(demo.path("hub-disk/filler"));
  if (demo.children.hub.exitCode !== null) await demo.start_hub();
  await demo.ask("sync.now");
  await compare(demo, said);
  tally({ full_disks: 1 });
});

test("a limit on the size of files is a full disk, not the end of the program", async () => {
  const { staff, sessions } = await ready(demo);
  const said = new Said(), session = sessions[0].id;
  const { rows } = await demo.ask("register.get", { session });
  await demo.end("kiosk");
  const most = Math.ceil(statSync(demo.path("kiosk/device.db")).size / 1024) + 64;
  const start = demo.start;
  demo.start = function (name, program, args) {
    start.call(this, name, program, args, ["bash", "-c", `ulimit -f ${most} && exec "$0" "$@"`]);
  };
  await demo.start_kiosk("--offline");
  await demo.unlock(staff);
  const refused = await mark_until_refused(said, session, rows);
  assert.ok(refused, `the kiosk went away: ${demo.last_line("kiosk")}`);
  assert.equal(refused.code, "FULL", refused.text);
  demo.start = start;
  await demo.end("kiosk");
  await demo.start_kiosk();
  await demo.unlock(staff);
  await said.check_kiosk(demo, session);
  assert.ok(!(await said.mark(demo, session, rows[0].learner, "P")).failure);
  await demo.ask("sync.hold", { hold: false });
  await demo.ask("export");
  await compare(demo, said);
  tally({ full_disks: 1 });
});

for (const [whose, name] of [["kiosk", "kiosk"], ["hub", "hub-disk"]]) {
  test(`a ${whose}'s disk that goes read-only in the middle of the work`, { skip }, async (t) => {
    if (whose === "kiosk") demo.make_hub();
    const image = demo.path("image"), folder = demo.path(name);
    if (!mount_image(image, folder)) return t.skip("this machine has no loop device for us");
    mounted.push(folder);
    demo.path = (part) => `${demo.data}/${whose === "hub" ? part.replace(/^hub(?=\/|$)/, "hub-disk/hub") : part}`;
    rmSync(`${folder}/lost+found`, { recursive: true, force: true });
    const { staff, sessions } = await ready(demo);
    const said = new Said(), session = sessions[0].id;
    const { rows } = await demo.ask("register.get", { session });
    for (const row of rows) await said.mark(demo, session, row.learner, "P");
    await demo.ask("export"); // seals
    assert.ok(mount("-o", "remount,abort", folder), "the disk cannot be made to fail");
    if (whose === "kiosk") {
      /* It may answer, or see that its disk failed, and leave with the code for that; it never says "saved". */
      const refused = await mark_until_refused(said, session, rows, 200);
      if (refused) assert.match(refused.code, /^(READ_ONLY|IO|FULL)$/, refused.text);
      else assert.equal((await demo.children.kiosk.done)[0], 4, demo.last_line("kiosk"));
    } else {
      for (const row of rows) assert.ok(!(await said.mark(demo, session, row.learner, "AU")).failure, "the hub's disk is none of the kiosk's business");
      await demo.ask("export");
      await turned_away();
    }
    await demo.end(whose, "SIGKILL");
    assert.ok(unmount(folder));
    await until("the disk to be free again", () => mount("-o", "loop", image, folder), 20);
    await (whose === "kiosk" ? demo.start_kiosk() : demo.start_hub());
    await kiosk_again(staff);
    await said.check_kiosk(demo, session);
    assert.ok(!(await said.mark(demo, session, rows[0].learner, "AN")).failure);
    await demo.ask("export");
    await demo.ask("sync.now");
    await compare(demo, said);
    tally({ read_only_disks: 1 });
  });
}

test("a kiosk on a read-only disk says so and exits 4", { skip }, async () => {
  demo.make_hub();
  small_disk("kiosk", "6m");
  await demo.start_kiosk("--offline");
  await demo.end("kiosk");
  assert.ok(mount("-o", "remount,ro", demo.path("kiosk")));
  const r = run("tutti-kiosk", ["--data", demo.path("kiosk"), "--port", String(demo.kiosk_port)]);
  assert.equal(r.code, 4, r.text);
  assert.match(r.text, /read-only|written/);
});

test("a hub that cannot write its directory says so and exits 4", { skip }, async () => {
  small_disk("small", "64k");
  const small = demo.path("small");
  const full = run("tutti-server", ["init", "--data", `${small}/hub`, "--name", "Full"]);
  assert.equal(full.code, 4, full.text);
  assert.match(full.text, /full/i);
  assert.ok(mount("-o", "remount,ro", small));
  const read_only = run("tutti-server", ["init", "--data", `${small}/other`, "--name", "Read-only"]);
  assert.equal(read_only.code, 4, read_only.text);
});

test("a damaged database is said to be damaged and left as it is", () => {
  demo.make_hub();
  for (const name of ["hub.db-wal", "hub.db-shm"]) rmSync(demo.path(`hub/${name}`), { force: true });
  writeFileSync(demo.path("hub/hub.db"), Buffer.alloc(8192, 0x5a));
  const r = run("tutti-server", ["status", "--data", demo.path("hub")]);
  assert.equal(r.code, 4, r.text);
});
