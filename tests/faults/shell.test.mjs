// shell.test.mjs: tutti and tutti-kiosk at a shell: whatever is wrong is one sentence with the documented exit code, and nothing is broken after it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { bin, county, finish, is_root, mount, ready, run, unmount } from "./county.mjs";
import { free_port } from "../../deploy/demo/demo.mjs";
import { compare, Said } from "./said.mjs";

let demo, session, rows, other_port;
const said = new Said(), mounted = [];
before(async () => {
  demo = await county();
  other_port = String(await free_port());
  const { sessions } = await ready(demo);
  session = sessions[0].id;
  ({ rows } = await demo.ask("register.get", { session }));
  await demo.ask("sync.hold", { hold: true });
});
after(async () => {
  await demo.stop();
  for (const folder of mounted.reverse()) unmount(folder);
  await finish(demo);
});

function one_sentence(r, code, ...words) {
  assert.equal(r.code, code, r.text);
  assert.equal(r.text.replace(/\nTry [^]*$/, "").split("\n").length, 1, r.text);
  for (const word of words) assert.match(r.text, word);
}
const port = () => String(demo.kiosk_port);
function small_disk(name) {
  mkdirSync(demo.path(name), { mode: 0o700 });
  assert.ok(mount("-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", demo.path(name)));
  mounted.push(demo.path(name));
}
const fill = (path) => spawnSync("dd", ["if=/dev/zero", `of=${path}`, "bs=4k"], { stdio: "ignore" });

for (const [args, code, ...words] of [
  [["frobnicate"], 2, /no command/],
  [["export"], 2, /file name/],
  [["export", "a", "b"], 2, /one file/],
  [["export", "--port", "0", "a"], 2, /1 and 65535/],
  [["export", "--data", "", "a"], 2, /directory/],
  [["import", "/no/such"], 1, /no\/such/],
  [["carry", "--reply", "3x", "a"], 2, /3x/],
  [["carry", "--reply", "99999999999", "a"], 2, /place/],
  [["status", "more"], 2, /many/],
  [["inspect"], 2, /file/],
  [["inspect", "/dev/null"], 1, /regular file/],
  [["call"], 2, /command/],
  [["call", "sync.status", "{bad"], 2, /JSON object/],
  [["call", "sync.status", "[1]"], 2, /JSON object/],
]) test(`tutti ${args.join(" ")}`, () => one_sentence(run("tutti", args), code, ...words));

for (const [args, code, ...words] of [
  [[], 2, /--data/],
  [["--data"], 2, /value/],
  [["--data", "x", "--port", "70000"], 2, /65535/],
  [["--data", "x", "--hub", "http://x"], 2, /wss/],
  [["--data", "x", "--log", "loud"], 2, /debug/],
  [["--data", "x", "more"], 2, /more/],
  [["--data", "x", "--ca", "/no/such.pem"], 5, /no\/such/],
  [["--data", "/no/such/place", "--port", "1025"], 4, /make it first/],
]) test(`tutti-kiosk ${args.join(" ")}`, () => one_sentence(run("tutti-kiosk", args), code, ...words));

test("a directory of other things is not closed, nothing is put into it, and nobody reads that all was sent", () => {
  const place = demo.path("documents");
  mkdirSync(place, { mode: 0o755 });
  writeFileSync(`${place}/letter.txt`, "Dear all\n");
  one_sentence(run("tutti", ["status", "--data", place]), 4, /documents/, /no device/);
  one_sentence(run("tutti", ["inspect", place]), 4, /no device/);
  one_sentence(run("tutti", ["export", "--data", place, demo.path("nothing.tutti")]), 4, /no device/);
  one_sentence(run("tutti-kiosk", ["--data", place, "--port", other_port]), 4, /other things/);
  assert.equal(statSync(place).mode & 0o777, 0o755);
  assert.deepEqual(readdirSync(place), ["letter.txt"]);
});
test("a directory that is not there is not made by whoever only asks", () => {
  one_sentence(run("tutti", ["status", "--data", demo.path("typo")]), 4, /typo/, /no device/);
  assert.ok(!existsSync(demo.path("typo")));
});
test("a directory that a kiosk has open is busy for a second kiosk and for a shell, and the first goes on", async () => {
  const pid = demo.children.kiosk.pid;
  one_sentence(run("tutti-kiosk", ["--data", demo.path("kiosk"), "--port", other_port]), 4, new RegExp(`process ${pid}`));
  one_sentence(run("tutti", ["status", "--data", demo.path("kiosk")]), 4, new RegExp(`process ${pid}`));
  one_sentence(run("tutti-kiosk", ["--data", demo.path("kiosk-y"), "--port", port()]), 3, /in use/);
  assert.equal((await demo.ask("register.get", { session })).rows.length, rows.length);
});
test("an answer that could not be written is no success", () => {
  for (const args of [["status", "--port", port()], ["call", "--port", port(), "sync.status"], ["--help"], ["--version"]]) {
    const full = openSync("/dev/full", "w");
    const r = run("tutti", args, { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    one_sentence(r, 1, /could not be written/);
  }
});

test("a file larger than any of ours is named, and the kiosk is not blamed", async () => {
  const photograph = demo.path("IMG_0001.jpg");
  writeFileSync(photograph, Buffer.alloc(9_000_000, 0xff));
  for (const command of ["import", "carry"]) one_sentence(run("tutti", [command, "--port", port(), photograph]), 3, /IMG_0001\.jpg/, /larger/);
  assert.equal((await demo.ask("register.get", { session })).rows.length, rows.length);
});

test("an export goes over no pipe and no folder, and leaves a neighbour alone", async () => {
  for (const row of rows.slice(0, 3)) await said.mark(demo, session, row.learner, "P");
  execFileSync("mkfifo", [demo.path("pipe")]);
  one_sentence(run("tutti", ["export", "--port", port(), demo.path("pipe")]), 1, /name another/);
  assert.ok(lstatSync(demo.path("pipe")).isFIFO());
  one_sentence(run("tutti", ["export", "--port", port(), demo.path("kiosk")]), 1, /name another/);
  writeFileSync(demo.path("week.tutti.new"), "mine");
  assert.equal(run("tutti", ["export", "--port", port(), demo.path("week.tutti")]).code, 0);
  assert.ok(existsSync(demo.path("week.tutti.new")));
  assert.equal(run("tutti", ["inspect", demo.path("week.tutti")]).code, 0);
});
test("an export to a full stick says so, leaves no half file, and works on another", { skip: is_root ? false : "needs root, to mount a small disk" }, () => {
  small_disk("stick");
  fill(demo.path("stick/filler"));
  one_sentence(run("tutti", ["export", "--port", port(), demo.path("stick/week.tutti")]), 4, /week\.tutti/, /full/);
  assert.deepEqual(readdirSync(demo.path("stick")), ["filler"]);
  rmSync(demo.path("stick/filler"));
  assert.equal(run("tutti", ["export", "--port", port(), demo.path("stick/week.tutti")]).code, 0);
  assert.ok(mount("-o", "remount,ro", demo.path("stick")));
  one_sentence(run("tutti", ["export", "--port", port(), demo.path("stick/again.tutti")]), 4, /again\.tutti/);
});
test("a kiosk that finds its disk full at the start says so, and starts when there is room", { skip: is_root ? false : "needs root, to mount a small disk" }, async () => {
  small_disk("tight");
  fill(demo.path("tight/.filler"));
  one_sentence(run("tutti-kiosk", ["--data", demo.path("tight"), "--port", other_port]), 4, /full/, /free some space/);
  rmSync(demo.path("tight/.filler"));
  const r = spawnSync("timeout", ["--signal=TERM", "3", `${bin}/tutti-kiosk`, "--data", demo.path("tight"), "--port", other_port, "--offline"], { encoding: "utf8" });
  assert.match(r.stderr, /ready at/);
  assert.equal(run("tutti", ["status", "--data", demo.path("tight")]).code, 0);
});

test("a kiosk told to stop in the middle of its work ends with 0, and everything it said is there", async () => {
  const marking = (async () => {
    for (let i = 0; i < 400; i++) if ((await said.mark(demo, session, rows[i % rows.length].learner, ["P", "AU"][Math.floor(i / rows.length) % 2])) === null) return;
  })();
  await new Promise((go_on) => setTimeout(go_on, 150));
  const ended = demo.children.kiosk.done;
  await demo.end("kiosk");
  await marking;
  assert.equal((await ended)[0], 0, demo.last_line("kiosk"));
  const r = run("tutti", ["status", "--data", demo.path("kiosk")]);
  assert.equal(r.code, 0, r.text);
  assert.match(r.out, /1 register, /);
  await demo.start_kiosk();
  await demo.unlock(Object.keys(demo.secrets().pins)[0]);
  await demo.ask("sync.hold", { hold: false });
  await compare(demo, said);
});
