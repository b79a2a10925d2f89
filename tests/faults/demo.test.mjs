// demo.test.mjs: the demonstration as somebody starts, stops and starts it again: it leaves no process behind, makes nothing twice and nothing by
// halves, and says in one sentence what stands in its way.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { after, before, test } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo, free_port, root, until } from "../../deploy/demo/demo.mjs";

const folder = mkdtempSync(join(tmpdir(), "tutti-demo-"));
const ports = [], started = [];
before(async () => ports.push(await free_port(), await free_port()));
after(() => {
  for (const pid of started.flatMap((demo) => running(demo.child.pid))) process.kill(Number(pid), "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** The demonstration in a process group of its own, as a terminal starts it. */
function start(data = folder, [port, kiosk_port] = ports) {
  const options = ["--data", data, "--port", String(port), "--kiosk-port", String(kiosk_port), "--learners", "300"];
  const child = spawn(process.execPath, [join(root, "deploy/demo/main.mjs"), ...options], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const demo = { child, said: "", left: once(child, "exit") };
  started.push(demo);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => void (demo.said += text));
  return demo;
}
const says = (demo, words) => until(`the demonstration to say ${words}`, () => {
  assert.equal(demo.child.exitCode, null, demo.said);
  return words.test(demo.said);
}, 240);
/** Those of the group that still run; who has ended and was not asked after yet does not. */
function running(group) {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, , of] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
      return Number(of) === group && state !== "Z";
    } catch {
      return false;
    }
  });
}
async function refused(demo, ...words) {
  const [code] = await demo.left;
  assert.equal(code, 1, demo.said);
  assert.equal(demo.said.trim().split("\n").length, 1, demo.said);
  for (const word of words) assert.match(demo.said, word);
}

test("killed while it makes its hub, it makes it anew, and everybody may sign in", async () => {
  const first = start();
  await says(first, /importing/);
  process.kill(-first.child.pid, "SIGKILL");
  await first.left;
  const second = start();
  await says(second, /Ctrl-C stops all/);
  assert.match(second.said, /importing/);
  assert.match(second.said, /\d{2,} registers, \d{3,} marks/);
  assert.match(second.said, /sign in as "office", password \S{12}\n/);
  assert.doesNotMatch(second.said, /undefined/);
  process.kill(-second.child.pid, "SIGINT");
  assert.deepEqual(await second.left, [0, null], second.said);
});

for (const [signal, whom, code] of [["SIGINT", "the group", 0], ["SIGTERM", "the script alone", 1], ["SIGHUP", "the group", 1]]) {
  test(`started again it makes nothing twice, and after ${signal} to ${whom} no process is left`, async () => {
    const demo = start();
    await says(demo, /Ctrl-C stops all/);
    assert.doesNotMatch(demo.said, /importing/);
    await until("itself, a hub, a kiosk and what asks it to run, and nothing else", () => running(demo.child.pid).length === 4);
    process.kill(whom === "the group" ? -demo.child.pid : demo.child.pid, signal);
    assert.deepEqual(await demo.left, [code, null], demo.said);
    await until("no process to be left", () => running(demo.child.pid).length === 0);
  });
}

test("a kiosk that was stopped between its code and its PINs is enrolled anew", async () => {
  const secrets = join(folder, "secrets.json");
  const { pins, ...others } = JSON.parse(readFileSync(secrets, "utf8"));
  assert.equal(Object.keys(pins).length, 2);
  writeFileSync(secrets, JSON.stringify(others));
  const demo = start();
  await says(demo, /Ctrl-C stops all/);
  assert.equal(demo.said.match(/PIN \d{6}\n/g).length, 2, demo.said);
  process.kill(-demo.child.pid, "SIGINT");
  await demo.left;
});

test("however long the term behind it, what is recorded of it takes no more memory", () => {
  const data = mkdtempSync(join(tmpdir(), "tutti-demo-term-"));
  try {
    const demo = new Demo({ data, port: ports[0], kiosk_port: ports[1], learners: 2000, seed: 1, weeks: 12, history: true, quiet: true });
    const said = [];
    demo.say = (text) => said.push(text);
    demo.make_hub();
    assert.match(said.at(-1), /\d+ registers, \d{4,} marks, \d+ notes and \d+ facts came from \d+ devices/);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});

test("a port in use is named before anything is made", async () => {
  const other = createServer().listen(0);
  await once(other, "listening");
  const taken = other.address().port, nowhere = join(folder, "nothing");
  await refused(start(nowhere, [taken, ports[1]]), new RegExp(`port ${taken} is in use`), /--port/);
  await refused(start(nowhere, [ports[0], taken]), new RegExp(`port ${taken} is in use`), /--kiosk-port/);
  assert.equal(existsSync(nowhere), false);
  other.close();
});

test("a folder that cannot be written is named", async () => {
  await refused(start(join(folder, "secrets.json/within")), /secrets\.json\/within is no folder that can be written/, /--data/);
});

test("a hub that somebody else made is left alone", async () => {
  const other = mkdtempSync(join(tmpdir(), "tutti-demo-other-"));
  try {
    const demo = start(other);
    await says(demo, /Ctrl-C stops all/);
    process.kill(-demo.child.pid, "SIGINT");
    await demo.left;
    rmSync(join(other, "secrets.json"));
    const keys = readFileSync(join(other, "hub/hub.keys"));
    await refused(start(other), /not made by this demonstration/, /--data/);
    assert.deepEqual(readFileSync(join(other, "hub/hub.keys")), keys);
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

test("a hub of a later version is said to be one, and stays as it is", async () => {
  const path = join(folder, "hub/hub.db"), file = openSync(path, "r+");
  writeSync(file, Buffer.from([0, 0, 0, 99]), 0, 4, 60); // SQLite's header: user_version
  closeSync(file);
  const bytes = readFileSync(path);
  await refused(start(), /newer|later/, /version/);
  assert.deepEqual(readFileSync(path), bytes);
});
