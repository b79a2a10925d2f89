// county.mjs: a small hub and kiosk for one test file, and how it looks at exit codes and sentences.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo, free_port, root, until } from "../../deploy/demo/demo.mjs";

export const bin = process.env.TUTTI_BIN ?? join(root, "build/release/bin");

export async function county(extra = {}) {
  const demo = new Demo({ data: mkdtempSync(join(tmpdir(), "tutti-faults-")), port: await free_port(), kiosk_port: await free_port(), learners: 700, seed: 7, quiet: true, ...extra });
  demo.say = () => {};
  return demo;
}
export async function finish(demo) {
  await demo.stop();
  rmSync(demo.data, { recursive: true, force: true });
}

/** {code, text}: text is standard error, which must be one sentence for an error. */
export function run(program, args, options = {}) {
  const r = spawnSync(join(bin, program), args, { encoding: "utf8", timeout: 30000, ...options });
  return { code: r.status, text: (r.stderr ?? "").trim(), out: (r.stdout ?? "").trim() };
}

/** An enrolled kiosk with the first person signed in and today's lessons there; gives the session with the most players. */
export async function ready(demo) {
  demo.make_hub();
  await demo.start_hub();
  await demo.start_kiosk();
  await demo.enrol_kiosk();
  const people = Object.keys(demo.secrets().pins);
  let staff;
  const sessions = await until("today's lessons", async () => {
    for (staff of people) {
      await demo.unlock(staff);
      const full = (await demo.ask("today")).sessions.filter((s) => s.totals.of > 10);
      if (full.some((s) => s.totals.of === 70) && full.length >= 3) return full;
    }
    return null;
  });
  sessions.sort((a, b) => b.totals.of - a.totals.of);
  return { staff, sessions };
}
