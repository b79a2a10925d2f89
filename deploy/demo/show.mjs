// show.mjs: starts everything and says where to click.
import { join } from "node:path";
import { pause } from "./demo.mjs";
import { make_lead } from "./lead.mjs";

export async function show(demo) {
  demo.make_hub();
  await demo.start_hub();
  make_lead(demo);
  await demo.start_kiosk();
  await demo.enrol_kiosk();
  await demo.ask("lock");
  const { office, admin, lead, safeguarding, safeguarding_key, pins } = demo.secrets();
  console.log(`
Tutti runs.

  The kiosk  http://127.0.0.1:${demo.kiosk_port}/      take a register; make the window as narrow as a phone's`);
  for (const { name, pin } of Object.values(pins)) console.log(`             ${name.padEnd(24)} PIN ${pin}`);
  console.log(`
  The office https://localhost:${demo.port}/      see it arrive
             sign in as "office", password ${office}
             accounts, keys and the audit: "admin", password ${admin}
             targets, and reports without small numbers: "lead", password ${lead}
             absences and concerns: "safeguarding", password ${safeguarding}; its key is ${demo.path("safeguarding-key.json")},
             opened by the words ${safeguarding_key}
             the certificate is this demonstration's own: trust ${join(demo.data, "certs/ca.pem")}, or accept the browser's warning

  A phone    https://localhost:${demo.port}/field/      this browser as a tutor's phone; it works without the hub from the second visit on
             enrol it with the code of: build/release/bin/tutti-server enrol --data ${demo.path("hub")} --kind phone --name Phone --staff S001

  Everybody in it is made up. Data: ${demo.data}. Ctrl-C stops all.`);
  await Promise.race(Object.entries(demo.children).map(([name, child]) => child.done.then(async () => {
    await pause(200); // our own signal may still be on its way
    if (demo.children[name] && !demo.stopping) throw new Error(`the ${name} stopped: ${demo.last_line(name)}`);
  })));
  await demo.stop();
  return 0;
}
