// files.test.mjs: an export file that was half copied, changed, sent to another hub, or is no file at all changes nothing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { county, finish, ready, run } from "./county.mjs";

let demo, other, file;
before(async () => {
  demo = await county();
  const { sessions } = await ready(demo);
  await demo.ask("sync.hold", { hold: true });
  await demo.ask("mark.rest", { session: sessions[0].id, code: "P" });
  file = demo.path("week.tutti");
  demo.run("tutti", ["export", "--port", String(demo.kiosk_port), file]);
  other = await county();
  other.make_hub();
});
after(async () => {
  await finish(demo);
  await finish(other);
});

function refused(path, hub = demo) {
  const before = hub.status().digest;
  const r = run("tutti-server", ["import-bundle", "--data", hub.path("hub"), "--reply", hub.path("reply"), path]);
  assert.equal(r.code, 3, r.text);
  assert.ok(r.text.length > 10);
  assert.equal(hub.status().digest, before);
  return r;
}
function variant(name, change) {
  const path = demo.path(name);
  writeFileSync(path, change(Buffer.from(readFileSync(file))));
  return path;
}

test("half a file is refused", () => refused(variant("half", (b) => b.subarray(0, b.length / 2))));
test("bytes after the end are refused", () => refused(variant("longer", (b) => Buffer.concat([b, Buffer.from("x")]))));
test("an empty file is refused", () => refused(variant("empty", () => Buffer.alloc(0))));
test("one flipped bit anywhere is refused", () => {
  const length = readFileSync(file).length;
  for (let at = 0; at < length; at += Math.ceil(length / 12)) refused(variant("flipped", (b) => ((b[at] ^= 1), b)));
});
test("another hub refuses it by name", () => assert.match(refused(file, other).text, /another hub/));
test("a FIFO and a directory are refused without waiting", () => {
  execFileSync("mkfifo", [demo.path("fifo")]);
  refused(demo.path("fifo"));
  refused(demo.data);
});
test("a symlink is refused", () => {
  symlinkSync(file, demo.path("link"));
  refused(demo.path("link"));
});
test("inspect says what it is without opening it", () => {
  const r = run("tutti", ["inspect", file]);
  assert.equal(r.code, 0, r.text);
  assert.match(r.out, /export file: \d+ bundles/);
  assert.equal(run("tutti", ["inspect", demo.path("half")]).code, 3);
});
test("inspect lists what a kiosk's directory has sealed, once the kiosk is stopped", async () => {
  assert.equal(run("tutti", ["inspect", demo.path("kiosk")]).code, 4);
  await demo.end("kiosk");
  const r = run("tutti", ["inspect", demo.path("kiosk")]);
  assert.equal(r.code, 0, r.text);
  assert.match(r.out, /bundle 1: \d+ bytes/);
  await demo.start_kiosk("--offline");
});
test("the file itself is taken, twice, once", () => {
  const take = () => run("tutti-server", ["import-bundle", "--data", demo.path("hub"), "--reply", demo.path("reply"), file]);
  assert.equal(take().code, 0);
  const once = demo.status();
  const first = readFileSync(demo.path("reply"));
  assert.ok(once.marks >= 70);
  assert.equal(take().code, 0);
  assert.equal(demo.status().digest, once.digest);
  assert.deepEqual(readFileSync(demo.path("reply")), first);
});
test("another hub's reply is refused by the kiosk, ours is taken twice", () => {
  const taking = (path) => run("tutti", ["import", "--port", String(demo.kiosk_port), path]);
  const changed = demo.path("reply-changed");
  writeFileSync(changed, readFileSync(demo.path("reply")).map((b, i) => (i === 30 ? b ^ 1 : b)));
  assert.notEqual(taking(changed).code, 0);
  assert.equal(taking(demo.path("reply")).code, 0);
  assert.equal(taking(demo.path("reply")).code, 0);
});
