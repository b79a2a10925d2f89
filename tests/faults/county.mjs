// county.mjs: a small hub and its kiosks for one test file, and how it looks at exit codes and sentences.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo, free_port, root, until } from "../../deploy/demo/demo.mjs";

export const bin = process.env.TUTTI_BIN ?? join(root, "build/release/bin");

export async function county(extra = {}) {
  const demo = new Demo({ data: mkdtempSync(join(tmpdir(), "tutti-faults-")), port: await free_port(), kiosk_port: await free_port(), learners: 700, seed: 7, quiet: true, ...extra });
  demo.say = () => {};
  return demo;
}
/** One kiosk more of the same hub, in a folder of its own; not started yet. */
export async function beside(demo, name) {
  const other = new Demo({ data: demo.path(name), port: demo.port, kiosk_port: await free_port(), quiet: true });
  other.say = () => {};
  for (const shared of ["hub", "certs"]) symlinkSync(demo.path(shared), other.path(shared));
  return other;
}
export async function finish(demo) {
  await demo.stop();
  rmSync(demo.data, { recursive: true, force: true });
}

/** {code, text}: text is standard error, which must be one sentence for an error. */
export function run(program, args, options = {}) {
  const r = spawnSync(join(bin, program), args, { encoding: "utf8", timeout: 120_000, ...options });
  return { code: r.status, text: (r.stderr ?? "").trim(), out: (r.stdout ?? "").trim() };
}

/** Enrols a running kiosk and waits for its lessons; gives somebody who is signed in and has three large ones, the largest first. */
export async function sign_in(demo) {
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
/** A hub and an enrolled kiosk, both running. */
export async function ready(demo) {
  demo.make_hub();
  await demo.start_hub();
  await demo.start_kiosk();
  return sign_in(demo);
}

/* ---- disks: whoever is root can make one that is small, or that goes read-only under a program ---- */

export const is_root = process.getuid() === 0;
export const mount = (...args) => spawnSync("mount", args, { stdio: "ignore" }).status === 0;
export const unmount = (folder) => spawnSync("umount", ["-l", folder], { stdio: "ignore" }).status === 0;
/** An ext4 of its own at `folder`, kept in `image`; false where this machine has no loop devices for us. */
export function mount_image(image, folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  spawnSync("truncate", ["-s", "64M", image]);
  const made = spawnSync("mkfs.ext4", ["-q", "-F", "-E", "root_owner", image], { stdio: "ignore" }).status === 0;
  return made && mount("-o", "loop", image, folder);
}
