// usage.test.mjs: a wrong option, a missing hub, a port in use: one sentence that says what to do, and the documented exit code.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse_csv } from "../../deploy/demo/check.mjs";
import { free_port } from "../../deploy/demo/demo.mjs";
import { bin, county, finish, run } from "./county.mjs";

let demo;
before(async () => {
  demo = await county();
  demo.make_hub();
});
after(() => finish(demo));

function one_sentence(r, code, ...words) {
  assert.equal(r.code, code, r.text);
  assert.equal(r.text.replace(/\nTry [^]*$/, "").split("\n").length, 1, r.text);
  for (const word of words) assert.match(r.text, word);
}

for (const program of ["tutti-server", "tutti-kiosk", "tutti"]) {
  test(`${program} knows --help and --version`, () => {
    assert.match(run(program, ["--version"]).out, /^tutti[a-z-]* \d+\.\d+\.\d+$/);
    const help = run(program, ["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.out, /[Ee]xit codes|Exits with/);
  });
  test(`${program} names an option it does not know`, () => one_sentence(run(program, ["--frobnicate"]), 2, /frobnicate/));
}
test("a subcommand names an option it does not know", () => one_sentence(run("tutti-server", ["import", "--frobnicate"]), 2, /frobnicate/));
test("a directory without a hub is said to be one", () => one_sentence(run("tutti-server", ["run", "--data", demo.path("nowhere")]), 4, /nowhere/, /init/));
test("init leaves an existing hub alone", () => {
  const before = demo.status().digest;
  one_sentence(run("tutti-server", ["init", "--data", demo.path("hub"), "--name", "Other"]), 4, /already/);
  assert.equal(demo.status().digest, before);
});
test("a missing certificate is named", () => one_sentence(run("tutti-server", ["run", "--data", demo.path("hub"), "--cert", "/nonexistent.pem"]), 5, /nonexistent\.pem/));
test("a certificate that is none is named", () => {
  writeFileSync(demo.path("bad.pem"), "not a certificate\n");
  one_sentence(run("tutti-server", ["run", "--data", demo.path("hub"), "--cert", demo.path("bad.pem")]), 5, /bad\.pem/);
});
test("a hub that was given no certificate says what to give", () => one_sentence(run("tutti-server", ["run", "--data", demo.path("hub"), "--cert", ""]), 5, /no TLS certificate is named/, /--cert/, /hub\.conf/));
test("a key with a passphrase is refused, and nobody is asked for it", () => {
  const files = ["-keyout", demo.path("locked.key"), "-out", demo.path("locked.pem")];
  assert.equal(spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-passout", "pass:made up", "-subj", "/CN=localhost", ...files]).status, 0);
  one_sentence(run("tutti-server", ["run", "--data", demo.path("hub"), "--cert", demo.path("locked.pem"), "--key", demo.path("locked.key")]), 5, /locked\.key/, /passphrase/);
});
test("a port in use is named by hub and kiosk", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const port = String(other.address().port);
  one_sentence(run("tutti-server", ["run", "--data", demo.path("hub"), "--port", port, "--address", "127.0.0.1"]), 5, new RegExp(port), /in use/);
  one_sentence(run("tutti-kiosk", ["--data", demo.path("kiosk-x"), "--port", port]), 3, new RegExp(port), /in use/);
  other.close();
});
test("a password on the command line is not even an option, a short one is refused", () => {
  one_sentence(run("tutti-server", ["user", "add", "--data", demo.path("hub"), "--name", "x", "--password-stdin"], { input: "short\n" }), 1, /characters/);
});
test("a password that is longer than is taken is refused, not cut", () => {
  const add = ["user", "add", "--data", demo.path("hub"), "--name", "long", "--password-stdin"];
  one_sentence(run("tutti-server", add, { input: `${"x".repeat(1025)}\n` }), 1, /more than 1024 bytes/);
  one_sentence(run("tutti-server", add, { input: "" }), 1, /no password came/);
  one_sentence(run("tutti-server", add, { input: "ten\0characters\n" }), 1, /not text/);
  assert.equal(run("tutti-server", add, { input: "x".repeat(1024) }).code, 0);
});
test("two who add one name at the same moment make one account", async () => {
  const add = (password) =>
    new Promise((done) => {
      const child = spawn(join(bin, "tutti-server"), ["user", "add", "--data", demo.path("hub"), "--name", "twin", "--password-stdin"], { stdio: ["pipe", "ignore", "pipe"] });
      let said = "";
      child.stderr.on("data", (bytes) => (said += bytes));
      child.on("close", (code) => done({ code, said }));
      child.stdin.end(`${password}\n`);
    });
  const tries = await Promise.all(["first of two", "second of two", "third of two"].map(add));
  assert.deepEqual(tries.map(({ code }) => code).sort(), [0, 1, 1], JSON.stringify(tries));
  for (const { code, said } of tries) if (code) assert.match(said, /somebody called "twin" already/);
});
test("somebody or something that the hub does not have is not the directory's fault", () => {
  const hub = ["--data", demo.path("hub")];
  one_sentence(run("tutti-server", ["user", "unlock", ...hub, "--name", "nobody"]), 1, /nobody called "nobody"/);
  one_sentence(run("tutti-server", ["user", "reset", ...hub, "--name", "nobody", "--password-stdin"], { input: "ten characters\n" }), 1, /nobody called/);
  one_sentence(run("tutti-server", ["export", "mapping", ...hub, "--name", "none"]), 1, /no mapping called none/);
  one_sentence(run("tutti-server", ["devices", "revoke", ...hub, "none"]), 1, /no device none/);
});
test("an answer that could not be printed whole is no success", () => {
  for (const words of [["status", "--json"], ["keys", "list"], ["erase", "--list"]]) {
    const r = run("tutti-server", [...words, "--data", demo.path("hub")], { stdio: ["ignore", openSync("/dev/full", "w"), "pipe"] });
    assert.equal(r.code, 1);
    assert.match(r.text, /standard output could not be written/);
  }
  one_sentence(run("tutti-server", ["export", "registers", "--data", demo.path("hub"), "--out", "/dev/full"]), 4, /\/dev\/full cannot be written/);
});
test("a journal that has no room says what to make room for", () => {
  const hub = ["--data", demo.path("hub-without-room")];
  assert.equal(run("tutti-server", ["init", ...hub, "--name", "Full"]).code, 0);
  const status = spawnSync("bash", ["-c", 'ulimit -f 0 && exec "$0" "$@"', join(bin, "tutti-server"), "status", ...hub], { encoding: "utf8" });
  one_sentence({ code: status.status, text: status.stderr.trim() }, 4, /journal/, /make room/);
  assert.equal(run("tutti-server", ["status", ...hub]).code, 0);
});
test("no kiosk on the port is said so", () => one_sentence(run("tutti", ["status", "--port", "1"]), 5, /kiosk/));

test("an import with mistakes names file, row and column, exits 3 and changes nothing", () => {
  const before = demo.status().digest, folder = demo.path("bad-import");
  mkdirSync(folder);
  const heading = "ref,first_name,last_name,known_name,dob,year_group,school_urn,status\r\n";
  writeFileSync(`${folder}/learners.csv`, heading + "X1,Ann,Oak,,2031-01-01,7,,active\r\nX1,Bo,Oak,,2015-02-31,7,,active\r\nX2,=cmd|,Oak,,,7,999999,active\r\nX3,Cy,Oak\r\n");
  const r = run("tutti-server", ["import", "--data", demo.path("hub"), "--apply", folder]);
  assert.equal(r.code, 3, r.text);
  for (const words of [/learners\.csv, row 2, dob/, /learners\.csv, row 3, dob/, /row 4, first_name/, /row 4, school_urn/, /row 5.*3 cells/, /nothing was changed/]) assert.match(r.text, words);
  assert.equal(demo.status().digest, before);
});
test("a folder that is not there, or has none of the files, is an input at fault", () => {
  mkdirSync(demo.path("empty"));
  for (const folder of ["empty", "nowhere"]) one_sentence(run("tutti-server", ["import", "--data", demo.path("hub"), demo.path(folder)]), 3, new RegExp(folder), /schools\.csv/);
});
test("a workbook renamed to .csv is named for what it is, and UTF-16 is read", () => {
  const folder = demo.path("renamed");
  mkdirSync(folder);
  writeFileSync(`${folder}/schools.csv`, Buffer.from([0x50, 0x4b, 3, 4, 0, 0]));
  writeFileSync(`${folder}/staff.csv`, Buffer.from("\ufeffref,name,roles\nS990,Ada Sample,tutor\n", "utf16le"));
  const r = run("tutti-server", ["import", "--data", demo.path("hub"), folder]);
  assert.equal(r.code, 3, r.text);
  assert.match(r.text, /Excel/);
  assert.doesNotMatch(r.text, /staff/);
});
test("a preview changes nothing and a second import has nothing new", () => {
  const before = demo.status().digest;
  assert.equal(run("tutti-server", ["import", "--data", demo.path("hub"), demo.path("sample")]).code, 0);
  const again = demo.import_sample();
  assert.deepEqual([again.new, again.changed], [0, 0]);
  assert.equal(demo.status().digest, before);
});
test("the made-up county has a whole day of lessons at a weekend too: everybody's of the Friday before", () => {
  for (const date of ["2026-11-28", "2026-11-29"]) {
    const folder = demo.path(`sample-${date}`);
    assert.equal(run("tutti-server", ["sample", "--seed", "1", "--learners", "300", "--date", date, "--out", folder]).code, 0);
    const rows = parse_csv(readFileSync(`${folder}/timetable.csv`, "utf8"));
    const who = (day) => new Set(rows.filter((row) => row.date === day).map((row) => row.staff_ref));
    const idle = [...who("2026-11-27")].filter((staff) => !who(date).has(staff));
    assert.ok(who("2026-11-27").size > 3);
    assert.deepEqual(idle, []);
  }
});
test("an import-bundle of something else is refused by name", () => {
  copyFileSync(demo.path("sample/schools.csv"), demo.path("not-ours.tutti"));
  const r = run("tutti-server", ["import-bundle", "--data", demo.path("hub"), demo.path("not-ours.tutti")]);
  assert.notEqual(r.code, 0);
  assert.ok(r.text.length > 20);
});

test("the rule for going home is one of two words, and says what it means", () => {
  const hub = ["--data", demo.path("hub")], before = demo.status().digest;
  one_sentence(run("tutti-server", ["collection", ...hub, "alone"]), 2, /collected or own_way/);
  assert.equal(demo.status().digest, before);
  assert.match(run("tutti-server", ["collection", ...hub, "own_way"]).out, /sign themselves out/);
  assert.notEqual(demo.status().digest, before);
  assert.match(run("tutti-server", ["collection", ...hub, "collected"]).out, /Staff see everybody off/);
});

test("an erasure asks for a reason, is blocked by a hold, runs dry, is done once, and lists who has yet to confirm", () => {
  const hub = ["--data", demo.path("hub")], before = demo.status();
  const learner = readFileSync(`${demo.path("sample")}/learners.csv`, "utf8").split("\r\n")[1].split(",")[0].replaceAll("\"", "");
  const whom = ["--learner", learner];
  one_sentence(run("tutti-server", ["erase", ...hub, ...whom]), 2, /--reason/);
  one_sentence(run("tutti-server", ["erase", ...hub, "--learner", "nobody", "--reason", "x"]), 1, /no learner/);
  assert.equal(run("tutti-server", ["hold", "set", ...hub, ...whom, "--reason", "case 1"]).code, 0);
  one_sentence(run("tutti-server", ["erase", ...hub, ...whom, "--reason", "the family asked"]), 1, /hold/);
  assert.equal(run("tutti-server", ["hold", "lift", ...hub, ...whom]).code, 0);
  const dry = JSON.parse(run("tutti-server", ["erase", ...hub, ...whom, "--reason", "the family asked", "--dry-run", "--json"]).out);
  assert.ok(dry.dry_run && dry.rows > 0);
  assert.equal(demo.status().digest, before.digest);
  const done = JSON.parse(run("tutti-server", ["erase", ...hub, ...whom, "--reason", "the family asked", "--json"]).out);
  assert.ok(done.number === 1 && done.file_rewritten && !done.done_before);
  assert.equal(demo.status().learners, before.learners - 1);
  assert.ok(JSON.parse(run("tutti-server", ["erase", ...hub, ...whom, "--reason", "again", "--json"]).out).done_before);
  const [listed] = JSON.parse(run("tutti-server", ["erase", ...hub, "--list", "--json"]).out);
  assert.ok(listed.number === 1 && listed.reason === "the family asked" && listed.waiting.length === listed.devices);
});

test("a second server on the same directory is told who serves it, and takes nothing away from that one", async () => {
  await demo.start_hub();
  const upload = demo.path(`hub/uploads/${"5".repeat(32)}.upload`);
  writeFileSync(upload, "half a list");
  const second = ["run", "--data", demo.path("hub"), "--address", "127.0.0.1", "--port"];
  for (const port of [demo.port, await free_port()]) one_sentence(run("tutti-server", [...second, String(port)]), 4, /in use by process \d+: stop that one first/);
  assert.equal(readFileSync(upload, "utf8"), "half a list");
  await demo.end("hub");
});
