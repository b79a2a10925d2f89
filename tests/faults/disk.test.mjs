// disk.test.mjs: a full disk and a read-only one: a clear word, nothing lost, and work goes on when there is room again.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { county, finish, ready, run } from "./county.mjs";

const mount = (...args) => spawnSync("mount", args, { stdio: "ignore" }).status === 0;
const sudo_free = process.getuid() === 0;
let demo, mounted = false;
before(async () => {
  demo = await county();
  demo.make_hub();
  mkdirSync(demo.path("kiosk"), { mode: 0o700 });
  mounted = sudo_free && mount("-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", demo.path("kiosk"));
});
after(async () => {
  await demo.stop();
  if (mounted) spawnSync("umount", ["-l", demo.path("kiosk")]);
  await finish(demo);
});
const skip = sudo_free ? false : "needs root, to mount a small disk";

test("a full disk refuses the mark with a word, keeps what was saved, and goes on when there is room", { skip }, async () => {
  assert.ok(mounted, "this machine lets nobody mount a tmpfs");
  const { staff, sessions } = await ready(demo);
  const session = sessions[0].id;
  await demo.ask("sync.hold", { hold: true });
  const { rows } = await demo.ask("register.get", { session });
  const said = new Map();
  const mark = async (row, code) => {
    const answer = await demo.door.ask("mark.set", { session, learner: row.learner, code });
    if (answer && !answer.failure) for (const r of answer.rows) said.set(r.learner, r.code);
    return answer;
  };
  for (const row of rows.slice(0, 10)) await mark(row, "P");
  const filler = demo.path("kiosk/filler");
  spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"], { stdio: "ignore" });
  let refused = null;
  for (const row of [...rows, ...rows]) {
    const answer = await mark(row, row === rows[0] ? "P" : "AU");
    if (answer === null || answer.failure) {
      refused = answer;
      break;
    }
  }
  assert.ok(refused?.failure, "a full disk was never noticed, or the kiosk went away");
  assert.equal(refused.failure.code, "FULL", refused.failure.text);
  rmSync(filler);
  if (demo.door.closed) await demo.end("kiosk").then(() => demo.start_kiosk("--offline"));
  if (!(await demo.ask("device.status")).unlocked) await demo.unlock(staff);
  const now = new Map((await demo.ask("register.get", { session })).rows.map((r) => [r.learner, r.code]));
  for (const [learner, code] of said) assert.equal(now.get(learner), code);
  assert.ok(!(await mark(rows.at(-1), "P")).failure, "no mark can be made although there is room again");
});

test("a kiosk on a read-only disk says so and exits 4", { skip }, async () => {
  await demo.end("kiosk");
  assert.ok(mount("-o", "remount,ro", demo.path("kiosk")));
  const r = run("tutti-kiosk", ["--data", demo.path("kiosk"), "--port", String(demo.kiosk_port)]);
  assert.ok(mount("-o", "remount,rw", demo.path("kiosk")));
  assert.equal(r.code, 4, r.text);
  assert.match(r.text, /read-only|written/);
});

test("a hub that cannot write its directory says so and exits 4", { skip }, async () => {
  await demo.end("hub");
  const small = demo.path("small");
  mkdirSync(small);
  assert.ok(mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", small));
  try {
    const full = run("tutti-server", ["init", "--data", `${small}/hub`, "--name", "Full"]);
    assert.equal(full.code, 4, full.text);
    assert.match(full.text, /full/i);
    assert.ok(mount("-o", "remount,ro", small));
    const read_only = run("tutti-server", ["init", "--data", `${small}/other`, "--name", "Read-only"]);
    assert.equal(read_only.code, 4, read_only.text);
  } finally {
    execFileSync("umount", [small]);
  }
});

test("a damaged database is said to be damaged and left as it is", async () => {
  const other = await county();
  try {
    other.make_hub();
    for (const name of ["hub.db-wal", "hub.db-shm"]) rmSync(other.path(`hub/${name}`), { force: true });
    writeFileSync(other.path("hub/hub.db"), Buffer.alloc(8192, 0x5a));
    const r = run("tutti-server", ["status", "--data", other.path("hub")]);
    assert.equal(r.code, 4, r.text);
  } finally {
    await finish(other);
  }
});
