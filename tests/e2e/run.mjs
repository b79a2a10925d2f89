// run.mjs: reads the options, sets the stage, plays the acts in order, and prints what passed.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

const { values: options } = parseArgs({ options: { screens: { type: 'string' }, only: { type: 'string' }, bin: { type: 'string' }, learners: { type: 'string', default: '2000' }, kills: { type: 'string', default: '5' } } });
// The demonstration's module reads where the programs are when it is loaded.
if (options.bin) process.env.TUTTI_BIN = resolve(options.bin);
if (options.screens) mkdirSync(options.screens, { recursive: true });

const { Stage } = await import('./stage.mjs');
const acts = [
  ['enrol', (await import('./enrol.mjs')).enrol],
  ['register', (await import('./register.mjs')).register],
  ['amend', (await import('./amend.mjs')).amend],
  ['learner', (await import('./learner.mjs')).learner],
  ['carry', (await import('./carry.mjs')).carry],
  ['lessons', (await import('./lessons.mjs')).lessons],
  ['stories', (await import('./stories.mjs')).stories],
  ['codes', (await import('./codes.mjs')).codes],
  ['clock', (await import('./clock.mjs')).clock],
  ['cover', (await import('./cover.mjs')).cover],
  ['reconcile', (await import('./reconcile.mjs')).reconcile],
  ['office', (await import('./office.mjs')).office],
  ['keyboard', (await import('./keyboard.mjs')).keyboard],
  ['signin', (await import('./sign_in.mjs')).signin],
  ['fleet', (await import('./fleet.mjs')).fleet],
  ['import', (await import('./import.mjs')).importLists],
  ['pwa', (await import('./pwa.mjs')).pwa],
  ['scan', (await import('./scan.mjs')).scan],
  ['cleared', (await import('./cleared.mjs')).cleared],
  ['kiosk', (await import('./kiosk.mjs')).kiosk],
  ['evacuation', (await import('./evacuation.mjs')).evacuation],
  ['door', (await import('./door.mjs')).door],
  ['absences', (await import('./absences.mjs')).absences],
  ['ask', (await import('./ask.mjs')).ask],
  ['visits', (await import('./visits.mjs')).visits],
  ['safeguarding', (await import('./safeguarding.mjs')).safeguarding],
  ['settings', (await import('./settings.mjs')).settings],
  ['reports', (await import('./reports.mjs')).reports],
  ['partners', (await import('./partners.mjs')).partners],
  ['plan', (await import('./plan.mjs')).plan],
  ['help', (await import('./help.mjs')).help],
  ['away', (await import('./away.mjs')).away],
];

const stage = await Stage.set({ screens: options.screens ?? null, learners: Number(options.learners), kills: Number(options.kills) });
for (const [name, act] of acts) {
  // Enrolment is where everything begins; the other acts stand on it alone.
  if (options.only && name !== 'enrol' && !options.only.split(',').includes(name)) continue;
  const from = Date.now();
  try {
    await act(stage);
  } catch (error) {
    stage.failed(`${name}: the act could not go on`, error);
  }
  console.log(`── ${name}: ${Math.round((Date.now() - from) / 1000)} s`);
}
await stage.strike();
console.log(`${stage.passedCount} passed, ${stage.failedCount} failed`);
process.exit(stage.failedCount === 0 && stage.passedCount > 0 ? 0 : 1);
