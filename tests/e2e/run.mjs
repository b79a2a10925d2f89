// run.mjs: reads the options, plays the acts in lanes side by side, and prints each act whole, then what passed.
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { acts } from './acts.mjs';

const { values: options } = parseArgs({
  options: { screens: { type: 'string' }, only: { type: 'string' }, bin: { type: 'string' }, learners: { type: 'string', default: '2000' }, kills: { type: 'string', default: '5' }, jobs: { type: 'string' } },
});
// The demonstration's module reads where the programs are when it is loaded.
if (options.bin) process.env.TUTTI_BIN = resolve(options.bin);
if (options.screens) mkdirSync(options.screens, { recursive: true });

/** More lanes than this wait for each other's processors. */
const lanesMost = 2;
const first = 'enrol';
const only = options.only?.split(',');
/** What is played in one lane without a break, in its order. */
const waiting = [];
for (const [name, , , from] of acts) {
  if (name === first || (only && !only.includes(name))) continue;
  const scene = waiting.find((one) => one.includes(from));
  if (scene) scene.push(name);
  else waiting.push([name]);
}
const wanted = Number(options.jobs ?? Math.min(lanesMost, cpus().length));
if (!(wanted >= 1)) throw new Error('--jobs takes a number of lanes');
const lanes = Math.max(1, Math.min(wanted, waiting.length));
const stageOptions = JSON.stringify({ screens: options.screens ?? null, learners: Number(options.learners), kills: Number(options.kills) });
const sum = { passed: 0, failed: 0 };

/** Plays what waits, until nothing does. What an act says is kept until it is over, unless it is the only one. */
function openLane(index) {
  const child = fork(fileURLToPath(new URL('lane.mjs', import.meta.url)), [stageOptions]);
  const held = [];
  let playing = first;
  let scene = [];
  const say = (line) => (lanes === 1 ? console.log(line) : held.push(line));
  const printHeld = () => held.splice(0).forEach((line) => console.log(line));
  const next = () => {
    if (scene.length === 0) scene = waiting.shift() ?? [];
    playing = scene.shift() ?? null;
    if (child.connected) child.send({ act: playing });
  };
  const over = ({ passed, failed, seconds }) => {
    // Every lane enrols; one of them shows it.
    if (playing === first && index > 0 && failed === 0) held.length = 0;
    else {
      sum.passed += passed;
      sum.failed += failed;
      say(`── ${playing}: ${seconds} s`);
      printHeld();
    }
    next();
  };
  child.on('message', ({ line, end }) => {
    if (line !== undefined) say(line);
    if (end) over(end);
  });
  child.send({ act: first });
  return new Promise((struck) =>
    child.on('disconnect', () => {
      for (const name of playing ? [playing, ...scene] : []) {
        sum.failed += 1;
        say(`FAILED ${name}: its lane ended`);
      }
      printHeld();
      struck();
    }),
  );
}

await Promise.all(Array.from({ length: lanes }, (_, index) => openLane(index)));
for (const name of waiting.flat()) {
  sum.failed += 1;
  console.log(`FAILED ${name}: no lane was left to play it`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
