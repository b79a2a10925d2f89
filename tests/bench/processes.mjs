// processes.mjs: figures of the whole programs: memory at rest, the import of the county, sizes of what is shipped.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Demo, free_port, pause, root } from "../../deploy/demo/demo.mjs";
import { isLate } from "../../shared/ui/budgets.mjs";
import { figure } from "./figure.mjs";

/** Resident memory of a child, in MB, after it had a moment to settle. */
async function resident(child) {
  await pause(1000);
  const line = readFileSync(`/proc/${child.pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB/m);
  return Number(line[1]) / 1024;
}
async function fresh(extra) {
  const demo = new Demo({ data: mkdtempSync(join(tmpdir(), "tutti-bench-")), port: await free_port(), kiosk_port: await free_port(), learners: 16000, seed: 1, quiet: true, ...extra });
  demo.say = () => {};
  return demo;
}
async function finish(demo) {
  await demo.stop();
  rmSync(demo.data, { recursive: true, force: true });
}

async function empty_hub() {
  const demo = await fresh();
  execFileSync(join(root, "certs/make-dev-ca.sh"), [demo.path("certs")], { stdio: "pipe" });
  demo.run("tutti-server", ["init", "--data", demo.path("hub"), "--name", "Empty", "--port", String(demo.port), "--cert", demo.path("certs/server.pem"), "--key", demo.path("certs/server.key")]);
  await demo.start_hub();
  figure("hub.idle", await resident(demo.children.hub), "MB", 32);
  await demo.start_kiosk();
  figure("kiosk.idle", await resident(demo.children.kiosk), "MB", 24);
  await finish(demo);
}

async function county() {
  const demo = await fresh();
  mkdirSync(demo.path("sample"));
  execFileSync(join(root, "certs/make-dev-ca.sh"), [demo.path("certs")], { stdio: "pipe" });
  demo.run("tutti-server", ["init", "--data", demo.path("hub"), "--name", "County", "--port", String(demo.port), "--cert", demo.path("certs/server.pem"), "--key", demo.path("certs/server.key")]);
  demo.run("tutti-server", ["sample", "--seed", "1", "--learners", "16000", "--out", demo.path("sample")]);
  const took = (...args) => {
    const start = process.hrtime.bigint();
    demo.run("tutti-server", ["import", "--data", demo.path("hub"), ...args, demo.path("sample")]);
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  figure("import.preview", took(), "s", 5);
  figure("import.apply", took("--apply"), "s", 5);
  await demo.start_hub();
  figure("hub.county", await resident(demo.children.hub), "MB");
  await finish(demo);
}

function shipped() {
  const bundle = (name) => {
    const dir = join(root, "build/release/web", name);
    return readdirSync(dir).filter((f) => /\.(js|css)$/.test(f) && !f.startsWith("selftest") && !isLate(f)).reduce((sum, f) => sum + gzipSync(readFileSync(join(dir, f)), { level: 9 }).length, 0) / 1000;
  };
  figure("app.js+css", bundle("app"), "kB gzip", 60);
  figure("field.js+css", bundle("field"), "kB gzip", 60);
  figure("office.js+css", bundle("office"), "kB gzip", 120);
  figure("core.wasm", brotliCompressSync(readFileSync(join(root, "build/wasm/tutti-core.wasm"))).length / 1000, "kB brotli", 350);
  figure("kiosk.program", statSync(join(root, "build/release/bin/tutti-kiosk")).size / 1e6, "MB");
}

await empty_hub();
await county();
shipped();
