// lead.mjs: the hub lead of the demonstration, and what they want of this school year: the five targets of a Local Plan, set as they would set them.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";

/** As the lead of such a county may set them: after one term some are met, and some are not yet. */
const targets = (learners) => [
  { report: "agreements", measure: "number", goal: 3, note: "Local Plan, aim 1" },
  { report: "school_groups", measure: "growth", goal: 10, baseline: Math.max(1, Math.round(learners * 0.085)), note: "On last year’s census" },
  { report: "tuition", measure: "number", goal: Math.round(learners * 0.4), note: "More than last year" },
  { report: "out_of_school", measure: "number", goal: Math.round(learners * 0.45), note: "Local Plan, aim 2" },
  { report: "disadvantaged", measure: "share", goal: 20, note: "The share in the county’s schools" },
];

/** One request in the lead's name, with a body a change; the cookie is kept beside the hub as long as this takes. */
function ask(demo, path, body, csrf) {
  const jar = demo.path("lead.cookies");
  const address = `https://localhost:${demo.port}`;
  const change = body ? ["-H", `Origin: ${address}`, "-H", "Content-Type: application/json", "-H", `X-Tutti-CSRF: ${csrf ?? ""}`, "--data-binary", "@-"] : [];
  return JSON.parse(execFileSync("curl", ["-fsS", "--cacert", demo.path("certs/ca.pem"), "-b", jar, "-c", jar, ...change, `${address}${path}`],
    { input: body ? JSON.stringify(body) : "", encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] }));
}

/** Once, with the hub running: a second start finds both there. */
export function make_lead(demo) {
  if (demo.secrets().lead) return;
  const password = randomBytes(9).toString("base64url");
  const today = new Date();
  const year = today.getFullYear() - (today.getMonth() < 8 ? 1 : 0);
  demo.run("tutti-server", ["user", "add", "--data", demo.path("hub"), "--name", "lead", "--role", "lead", "--password-stdin"], password + "\n");
  demo.secrets({ lead: password });
  try {
    ask(demo, "/api/sign-in", { name: "lead", password });
    const { csrf } = ask(demo, "/api/me");
    for (const target of targets(demo.learners)) ask(demo, "/api/targets/set", { ...target, year }, csrf);
  } finally {
    rmSync(demo.path("lead.cookies"), { force: true });
  }
}
