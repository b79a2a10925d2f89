// run.mjs: reads the options, plays the acts in lanes side by side, and prints each act whole, then what passed.
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { acts } from './acts.mjs';

const { values: options } = parseArgs({
  options: { screens: { type: 'string' }, only: { type: 'string' }, bin: { type: 'string' }, again: { type: 'boolean', default: false }, learners: { type: 'string', default: '2000' }, kills: { type: 'string', default: '5' }, jobs: { type: 'string' } },
});
// The demonstration's module reads where the programs are when it is loaded.
if (options.bin) process.env.TUTTI_BIN = resolve(options.bin);
if (options.screens) mkdirSync(options.screens, { recursive: true });

/** More lanes than this wait for each other's processors. */
const lanesMost = 2;
/** Where more scenes than this fail, it is not chance. */
const chanceMost = 3;
const first = 'enrol';
/** An act that is not over by then waits for something that has no limit of its own: its lane is ended. */
const actMinutesMax = 20;
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
/** Scenes in which something failed while every program went on: what each counted, to be taken back if it is played once more. */
const unsure = [];

/** Plays what waits, until nothing does. What an act says is kept until it is over, unless it is the only one. */
function openLane(index, alone) {
  const child = fork(fileURLToPath(new URL('lane.mjs', import.meta.url)), [stageOptions]);
  const held = [];
  let playing = first;
  const sceneOf = (acts) => ({ acts, left: [...acts], passed: 0, failed: 0, died: false });
  let scene = sceneOf([]);
  let late;
  let why = 'its lane ended';
  const say = (line) => (alone ? console.log(line) : held.push(line));
  const printHeld = () => held.splice(0).forEach((line) => console.log(line));
  const count = (passed, failed) => {
    sum.passed += passed;
    sum.failed += failed;
    scene.passed += passed;
    scene.failed += failed;
  };
  const next = () => {
    if (scene.left.length === 0) {
      if (scene.failed > 0 && !scene.died) unsure.push(scene);
      // Nothing stands on an enrolment that failed: the other lane plays the rest.
      scene = sceneOf((playing === first && scene.failed > 0 ? null : waiting.shift()) ?? []);
    }
    playing = scene.left.shift() ?? null;
    play();
  };
  const giveUp = () => {
    why = `it was not over after ${actMinutesMax} minutes`;
    child.disconnect();
  };
  const play = () => {
    clearTimeout(late);
    if (playing) late = setTimeout(giveUp, actMinutesMax * 60_000);
    if (child.connected) child.send({ act: playing });
  };
  const over = ({ passed, failed, died, seconds }) => {
    // Every lane enrols; one of them shows it.
    if (playing === first && index > 0 && failed === 0) held.length = 0;
    else {
      count(passed, failed);
      scene.died ||= died;
      say(`── ${playing}: ${seconds} s`);
      printHeld();
    }
    next();
  };
  child.on('message', ({ line, end }) => {
    if (line !== undefined) say(line);
    if (end) over(end);
  });
  play();
  return new Promise((struck) =>
    child.on('disconnect', () => {
      clearTimeout(late);
      for (const name of playing ? [playing, ...scene.left] : []) {
        sum.failed += 1;
        say(`FAILED ${name}: ${why}`);
      }
      printHeld();
      struck();
    }),
  );
}

/** On a machine that has other work a browser is now and then too late for what an act expects. It is played once more with a hub of its own, and
 * counts as it went then; what failed first stays on the page, with its pictures. Never where the hub or the kiosk ended: that is no matter of time. */
async function playAgain() {
  if (unsure.length > chanceMost) return;
  for (const { acts, passed, failed } of unsure.splice(0)) {
    const before = { ...sum };
    const names = acts.join(', ') || first;
    console.log(`── again: ${names}, of which ${failed} failed`);
    if (acts.length > 0) waiting.push(acts);
    await openLane(acts.length > 0 ? 1 : 0, true);
    const went = sum.failed === before.failed;
    if (went) {
      sum.passed -= passed;
      sum.failed -= failed;
    }
    console.log(`── again: ${names} ${went ? 'passed; look at what failed first' : 'failed as well'}`);
  }
}

await Promise.all(Array.from({ length: lanes }, (_, index) => openLane(index, lanes === 1)));
if (options.again) await playAgain();
for (const name of waiting.flat()) {
  sum.failed += 1;
  console.log(`FAILED ${name}: no lane was left to play it`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
