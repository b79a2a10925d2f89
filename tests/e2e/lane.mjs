// lane.mjs: one stage, with a hub, a kiosk and a browser of its own: plays the acts that run.mjs names one after the other, and tells it what they say.
import { on } from 'node:events';
import { acts } from './acts.mjs';
import { Stage } from './stage.mjs';

const orders = on(process, 'message');
const stage = await Stage.set({ ...JSON.parse(process.argv[2]), say: (line) => void (process.connected && process.send({ line })) });
// Nobody is left to tell.
const leave = () => stage.strike().finally(() => process.exit(1));
if (process.connected) process.once('disconnect', () => void leave());
else await leave();

async function play(name) {
  const [, file, act] = acts.find(([one]) => one === name);
  const from = Date.now();
  const before = { passed: stage.passedCount, failed: stage.failedCount };
  stage.demo.ended = [];
  try {
    await (await import(`./${file}`))[act](stage);
  } catch (error) {
    await stage.failed(`${name}: the act could not go on`, error);
  }
  const died = Object.values(stage.demo.children).some((child) => child.exitCode !== null || child.signalCode !== null);
  process.send({ end: { died, passed: stage.passedCount - before.passed, failed: stage.failedCount - before.failed, seconds: Math.round((Date.now() - from) / 1000) } });
}

for await (const [{ act }] of orders) {
  if (!act) break;
  await play(act);
}
await stage.strike();
// Only when that has gone out is all that was said before it.
process.send({ struck: true }, () => process.exit(0));
