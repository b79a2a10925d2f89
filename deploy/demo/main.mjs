// main.mjs: the demonstration: reads the options, then shows (show.mjs) or checks (check.mjs).
import { parseArgs } from "node:util";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo, expect_free, free_port, root } from "./demo.mjs";
import { check } from "./check.mjs";
import { show } from "./show.mjs";

function number(name, text, low, high) {
  const n = Number(text);
  if (!Number.isInteger(n) || n < low || n > high) fail(`${name} ${text} is not a whole number between ${low} and ${high}`, 2);
  return n;
}
function fail(sentence, code = 1) {
  console.error(`demo: ${sentence}`);
  process.exit(code);
}

function options() {
  try {
    return parseArgs({ options: { check: { type: "boolean" }, data: { type: "string" }, port: { type: "string" }, "kiosk-port": { type: "string" },
      learners: { type: "string", default: "16000" }, seed: { type: "string", default: "1" } } }).values;
  } catch (e) {
    fail(`${e.message}; deploy/demo.sh --help lists the options`, 2);
  }
}

const o = options();
const temporary = o.check && o.data === undefined;
const ports = [o.port ? number("--port", o.port, 1, 65535) : o.check ? await free_port() : 8443,
  o["kiosk-port"] ? number("--kiosk-port", o["kiosk-port"], 1, 65535) : o.check ? await free_port() : 8444];
const sizes = { learners: number("--learners", o.learners, 100, 90000), seed: number("--seed", o.seed, 0, Number.MAX_SAFE_INTEGER) };
let demo;
// A terminal that is closed takes both along as well: to the hub alone a hang-up means that its keys are new.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, async () => {
    await demo?.stop();
    process.exit(signal === "SIGINT" && !o.check ? 0 : 1);
  });
}
let code = 1;
try {
  await expect_free(ports[0], undefined, "--port");
  await expect_free(ports[1], "127.0.0.1", "--kiosk-port");
  const data = o.data ?? (temporary ? mkdtempSync(join(tmpdir(), "tutti-check-")) : join(root, "build/demo"));
  // To look at, a county has a term behind it; what is checked begins with no record at all.
  const past = o.check ? {} : { weeks: 12, history: true };
  demo = new Demo({ data, port: ports[0], kiosk_port: ports[1], ...sizes, ...past, quiet: o.check });
  code = await (o.check ? check(demo) : show(demo));
} catch (e) {
  console.error(`demo: ${e.message}`);
  if (temporary && demo) console.error(demo.logs());
}
await demo?.stop();
if (temporary && demo) rmSync(demo.data, { recursive: true, force: true });
process.exit(code);
