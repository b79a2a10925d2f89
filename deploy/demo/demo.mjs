// demo.mjs: a hub and a kiosk as child processes, made and driven only through their own commands and interfaces.
import { execFileSync, spawn } from "node:child_process";
import { randomInt, randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, openSync, closeSync, readFileSync, writeFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const bin = process.env.TUTTI_BIN ?? join(root, "build/release/bin");
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Below those that the kernel gives to connections: between two starts of a program its port is nobody's, and a browser's connection would take it. */
const [port_first, port_last] = [15_000, 32_000];
export async function free_port() {
  for (let tries = 100; ; tries--) {
    const port = randomInt(port_first, port_last);
    const server = createServer().listen(port);
    const listens = once(server, "listening").then(() => true, () => false);
    if (!(await listens)) {
      if (tries > 0) continue;
      throw new Error(`no port between ${port_first} and ${port_last} can be listened on`);
    }
    server.close();
    await once(server, "close");
    return port;
  }
}

/** Says which port somebody else has, before anything is made or started. */
export async function expect_free(port, host, option) {
  const server = createServer().listen(port, host);
  await once(server, "listening").catch((e) => {
    throw new Error(e.code === "EADDRINUSE" ? `port ${port} is in use; ${option} P takes another` : `port ${port} cannot be listened on: ${e.code}`);
  });
  server.close();
  await once(server, "close");
}

/** Asks again until `ask` gives something true; the sentence says what was waited for. */
export async function until(sentence, ask, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} seconds for ${sentence}`);
    await pause(50);
  }
}

/** The kiosk's interface, one connection: `tutti call --lines`. */
class Door {
  constructor(port) {
    this.child = spawn(join(bin, "tutti"), ["call", "--port", String(port), "--lines"], { stdio: ["pipe", "pipe", "pipe"] });
    this.waiting = [];
    this.child.stdin.on("error", () => {});
    this.child.on("error", (e) => (this.why = e.message));
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()?.(JSON.parse(line)));
    createInterface({ input: this.child.stderr }).on("line", (line) => (this.why = line));
    this.child.on("close", (code, signal) => {
      this.closed = true;
      this.why ??= `tutti call ended with ${signal ?? code} and said nothing`;
      for (const give of this.waiting.splice(0)) give(null);
    });
  }
  /** The result, or {failure}, or null when the kiosk went away before it answered. */
  ask(command, args = {}) {
    if (this.closed) return Promise.resolve(null);
    return new Promise((give) => {
      this.waiting.push((line) => give(line === null ? null : line.result ?? { failure: line.failure }));
      this.child.stdin.write(JSON.stringify({ command, args }) + "\n");
    });
  }
  close() {
    this.child.stdin.end();
    this.child.kill();
  }
}

export class Demo {
  constructor(config) {
    Object.assign(this, config);
    try {
      mkdirSync(this.data, { recursive: true, mode: 0o700 });
      accessSync(this.data, constants.W_OK);
    } catch (e) {
      throw new Error(`${this.data} is no folder that can be written (${e.code}); --data DIR names another`);
    }
    this.children = {};
  }
  path(name) {
    return join(this.data, name);
  }
  say(text) {
    if (!this.quiet) console.log(text);
    else console.error(`check: ${text}`);
  }
  /** Runs one of our commands to its end and gives what it printed. */
  run(program, args, input = "") {
    try {
      return execFileSync(join(bin, program), args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 30 });
    } catch (e) {
      if (e.signal === "SIGINT") throw new Error("stopped");
      const error = new Error(`${program} ${args[0]}: ${(e.stderr ?? "").trim().split("\n").at(-1) || e.message}`);
      error.status = e.status;
      throw error;
    }
  }

  /* ---- the hub ---- */

  make_hub() {
    execFileSync(join(root, "certs/make-dev-ca.sh"), [this.path("certs")], { stdio: "pipe" });
    // It stands there while a hub is made: one that was not finished is made anew, and nobody else's is touched.
    const making = this.path("making");
    if (existsSync(this.path("hub/hub.keys")) && !existsSync(making)) {
      if (!this.secrets().office) throw new Error(`${this.path("hub")} is a hub that was not made by this demonstration; --data DIR names another folder`);
      return;
    }
    writeFileSync(making, "");
    rmSync(this.path("kiosk"), { recursive: true, force: true });
    rmSync(this.path("hub"), { recursive: true, force: true });
    this.run("tutti-server", ["init", "--data", this.path("hub"), "--name", "Sampleshire Music Hub", "--port", String(this.port),
      "--second-step", this.second_step ?? "optional", "--cert", this.path("certs/server.pem"), "--key", this.path("certs/server.key")]);
    this.run("tutti-server", ["sample", "--seed", String(this.seed), "--learners", String(this.learners), "--weeks", String(this.weeks ?? 0), "--out", this.path("sample")]);
    this.say("importing the made-up county");
    const started = Date.now();
    const result = this.import_sample();
    this.say(`${result.new} rows imported in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    for (const name of ["office", "admin"]) {
      const password = randomBytes(9).toString("base64url");
      this.run("tutti-server", ["user", "add", "--data", this.path("hub"), "--name", name, "--role", name, "--password-stdin"], password + "\n");
      this.secrets({ [name]: password });
    }
    this.make_safeguarding();
    if (this.history) this.play_history();
    rmSync(making);
  }
  /** Whoever answers for children's safety, with a key that the hub does not have. */
  make_safeguarding() {
    const [password, passphrase] = [randomBytes(9).toString("base64url"), randomBytes(9).toString("base64url")];
    const key = (...words) => this.run("tutti-server", ["safeguarding-key", ...words, "--data", this.path("hub")], passphrase + "\n");
    this.run("tutti-server", ["user", "add", "--data", this.path("hub"), "--name", "safeguarding", "--role", "safeguarding", "--password-stdin"], password + "\n");
    key("make", "--name", "Safeguarding lead", "--file", this.path("safeguarding-key.json"));
    key("make", "--name", "Recovery key, kept offline", "--file", this.path("recovery-key.json"));
    key("phone", "--number-to-ring", "01632 960777");
    this.secrets({ safeguarding: password, safeguarding_key: passphrase });
  }
  /** What the tutors' devices recorded of the weeks before a day; a second time, what came of later ones. */
  play_history(before) {
    const said = this.run("tutti-server", ["sample", "--history", this.path("hub"), "--seed", String(this.seed), ...(before ? ["--date", before] : [])]);
    this.say(said.trim());
    return said;
  }
  import_sample() {
    return JSON.parse(this.run("tutti-server", ["import", "--data", this.path("hub"), "--apply", "--json", this.path("sample")]));
  }
  status() {
    return JSON.parse(this.run("tutti-server", ["status", "--data", this.path("hub"), "--json"]));
  }
  /** What was made up for this demonstration: passwords and PINs, in its own folder. */
  secrets(add) {
    const file = this.path("secrets.json");
    const all = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    if (add) writeFileSync(file, JSON.stringify(Object.assign(all, add)), { mode: 0o600 });
    return all;
  }
  async start_hub() {
    this.start("hub", "tutti-server", ["run", "--data", this.path("hub"), "--port", String(this.port)]);
    await until("the hub to listen", () => this.alive("hub") && this.listens());
  }
  async listens() {
    try {
      execFileSync("curl", ["-fsS", "-o", "/dev/null", "--cacert", this.path("certs/ca.pem"), `https://localhost:${this.port}/manifest`], { stdio: "pipe" });
      return true;
    } catch {
      return false;
    }
  }

  /* ---- the kiosk ---- */

  async start_kiosk(...flags) {
    this.start("kiosk", "tutti-kiosk", ["--data", this.path("kiosk"), "--port", String(this.kiosk_port), "--ca", this.path("certs/ca.pem"), "--hub", `wss://localhost:${this.port}/sync`, ...flags]);
    this.door = await until("the kiosk to answer", async () => {
      this.alive("kiosk");
      const door = new Door(this.kiosk_port);
      if (await door.ask("device.status")) return door;
      door.close();
      return null;
    });
  }
  async ask(command, args) {
    if (this.door.closed) this.door = new Door(this.kiosk_port);
    const { door } = this;
    const answer = await door.ask(command, args);
    if (answer === null) throw new Error(`the kiosk went away during ${command}: ${door.why}`);
    if (answer.failure) throw Object.assign(new Error(`${command}: ${answer.failure.text}`), { failure: answer.failure });
    return answer;
  }
  /** Enrols the kiosk for two people with a real code, and gives each a PIN of their own. */
  async enrol_kiosk() {
    if ((await this.ask("device.status")).enrolled) {
      if (this.secrets().pins) return;
      // It was stopped between its code and its PINs, which nobody knows.
      await this.end("kiosk");
      rmSync(this.path("kiosk"), { recursive: true });
      await this.start_kiosk();
    }
    const code = JSON.parse(this.run("tutti-server", ["enrol", "--data", this.path("hub"), "--name", "Kiosk at the hall", "--staff", "S001", "--staff", "S002", "--json"]));
    const { digits } = await this.ask("enrol.start", { code: code.link });
    this.say(`kiosk and hub show the same six digits: ${digits}`);
    const { staff } = await this.ask("enrol.confirm");
    const pins = {};
    for (const person of staff) {
      pins[person.id] = { name: person.name, pin: this.pin() };
      await this.ask("pin.set", { staff: person.id, pin: pins[person.id].pin });
    }
    this.secrets({ pins });
    await this.ask("setup.done");
  }
  pin() {
    for (;;) {
      const pin = String(randomInt(100000, 1000000));
      if (new Set(pin).size > 3) return pin;
    }
  }
  async unlock(staff) {
    return this.ask("unlock", { staff, pin: this.secrets().pins[staff].pin });
  }

  /* ---- processes ---- */

  /** `through` is a command that runs it, such as one that sets a limit first. */
  start(name, program, args, through = []) {
    const log = openSync(this.path(`${name}.log`), "a", 0o600);
    const [command, ...rest] = [...through, join(bin, program), ...args];
    const child = spawn(command, rest, { stdio: ["ignore", log, log] });
    closeSync(log);
    child.done = once(child, "exit");
    this.children[name] = child;
  }
  alive(name) {
    const child = this.children[name];
    if (child.exitCode !== null) throw new Error(`the ${name} stopped: ${this.last_line(name)}`);
    return true;
  }
  last_line(name) {
    const file = this.path(`${name}.log`);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").at(-1) : "";
  }
  logs() {
    return ["hub", "kiosk"].map((name) => `--- ${name}\n${existsSync(this.path(`${name}.log`)) ? readFileSync(this.path(`${name}.log`), "utf8").split("\n").slice(-15).join("\n") : ""}`).join("\n");
  }
  async end(name, signal = "SIGTERM") {
    const child = this.children[name];
    if (!child) return;
    delete this.children[name];
    if (name === "kiosk") this.door?.close();
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await child.done;
    clearTimeout(late);
  }
  /** Asked twice, it is done once: a terminal's Ctrl-C reaches the children as well. */
  stop() {
    this.stopping = true;
    this.stopped ??= (async () => {
      await this.end("kiosk");
      await this.end("hub");
    })();
    return this.stopped;
  }
}
