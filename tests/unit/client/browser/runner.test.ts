// runner.test.ts: events into a core and its actions out: ticks, restarts of a core that failed, and the end of one that is taken away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action, Door } from '../../../../client/browser/host.mjs';
import { action, event, Runner, type LinkEvents } from '../../../../client/browser/runner.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
const text = (of: Uint8Array): string => new TextDecoder().decode(of);
const act = (kind: number, id: number, what = '', at = 0): Action => ({ kind, id, at, bytes: bytes(what) });

/** A core that says what it was told; `answers` gives its actions, or makes it fail. */
function rig(answers: (kind: number, id: number) => Action[] = () => []) {
  const log: string[] = [];
  const timers = new Map<number, { run: () => void; ms: number }>();
  const state = { mono: 1000, opens: 0, openFails: '' };
  let nextTimer = 1;
  let lines: LinkEvents | null = null;
  const names = Object.keys(event);
  const runner = new Runner({
    openCore: async () => {
      state.opens += 1;
      if (state.openFails) throw new Error(state.openFails);
      const door: Door = {
        open: () => undefined,
        step: (kind, id, what) => {
          log.push(`${names[kind]} ${id}${what.length ? ` ${text(what)}` : ''}`);
          return answers(kind, id);
        },
        close: () => void log.push('closed'),
      };
      return door;
    },
    link: (events) => {
      lines = events;
      return {
        open: (id, url) => void log.push(`> open ${id} ${url}`),
        send: (id, what) => void log.push(`> send ${id} ${text(what)}`),
        close: (id) => void log.push(`> close ${id}`),
        drop: () => void log.push('> drop'),
      };
    },
    now: () => ({ wall: 0, mono: state.mono }),
    later: (run, ms) => {
      timers.set(nextTimer, { run, ms });
      return nextTimer++;
    },
    cancel: (timer) => void timers.delete(timer),
    reply: (page, what) => void log.push(`> reply ${page} ${text(what)}`),
    changed: (what) => void log.push(`> changed ${text(what)}`),
    running: (running) => void log.push(running ? '> running' : '> not running'),
    gaveUp: (why) => void log.push(`> gave up: ${why}`),
  });
  const runTimers = (): void => {
    for (const [timer, { run }] of [...timers]) if (timers.delete(timer)) run();
  };
  return { runner, log, timers, state, runTimers, lines: () => lines as LinkEvents };
}

/** Lets what waits for a promise go on. */
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

test('a core that opens is set going by a tick, and its actions go where they belong', async () => {
  const { runner, log, lines } = rig((kind, id) => {
    if (kind === event.call) return [act(action.reply, id, 'yes'), act(action.changed, 0, 'today'), act(action.linkOpen, 4, 'wss://hub/sync')];
    return kind === event.linkUp ? [act(action.linkSend, 4, 'hello'), act(action.linkClose, 4)] : [];
  });
  await runner.start();
  runner.call(7, bytes('ask'));
  lines().up(4);
  lines().bytes(4, bytes('frame'));
  lines().down(4, 'no signal');
  assert.deepEqual(log, ['> running', 'tick 0', 'call 7 ask', '> reply 7 yes', '> changed today', '> open 4 wss://hub/sync', 'linkUp 4', '> send 4 hello', '> close 4', 'linkBytes 4 frame', 'linkDown 4 no signal']);
});

test('a tick comes when it was asked for, in naps: a timer may sleep while the core’s time goes on', async () => {
  let asked = 100_000;
  const { runner, log, timers, state, runTimers } = rig((kind) => (kind === event.tick && asked ? [act(action.tickAt, 0, '', asked)] : []));
  await runner.start();
  assert.deepEqual([...timers.values()].map((one) => one.ms), [30_000]);
  state.mono = 31_000;
  runTimers();
  assert.equal(log.filter((line) => line === 'tick 0').length, 1, 'a nap is no tick');
  asked = 0;
  state.mono = 100_000;
  runTimers();
  assert.equal(log.filter((line) => line === 'tick 0').length, 2);
  assert.equal(timers.size, 0);
});

test('a later wish replaces the earlier one', async () => {
  let asked = 50_000;
  const { runner, timers } = rig(() => [act(action.tickAt, 0, '', asked)]);
  await runner.start();
  asked = 2_000;
  runner.call(1, bytes('x'));
  assert.deepEqual([...timers.values()].map((one) => one.ms), [1_000]);
});

test('a core that fails is made anew over the same files: the pages hear of both', async () => {
  let fail = false;
  const { runner, log, state } = rig(() => {
    if (fail) throw new Error('the core failed with error 31');
    return [];
  });
  await runner.start();
  fail = true;
  runner.call(1, bytes('x'));
  fail = false;
  await settle();
  assert.equal(state.opens, 2);
  assert.deepEqual(log, ['> running', 'tick 0', 'call 1 x', '> drop', 'closed', '> not running', '> running', 'tick 0']);
});

test('one that fails again and again is given up, in words', async () => {
  const { runner, log, state } = rig(() => {
    throw new Error('the core failed with error 31');
  });
  await runner.start();
  for (let i = 0; i < 20; i += 1) await settle();
  assert.equal(state.opens, 6);
  assert.equal(log.at(-1), '> gave up: the core failed with error 31');
  runner.call(1, bytes('x'));
  assert.equal(log.at(-1), '> gave up: the core failed with error 31');
});

test('files that do not open are said once and not tried again', async () => {
  const { runner, log, state } = rig();
  state.openFails = 'the outbox is damaged';
  await runner.start();
  assert.deepEqual(log, ['> gave up: the outbox is damaged']);
  assert.equal(state.opens, 1);
});

test('a hidden page seals, a core that is taken away seals and closes, and then does nothing more', async () => {
  const { runner, log } = rig();
  await runner.start();
  runner.hidden();
  runner.shown();
  runner.stop();
  runner.call(1, bytes('x'));
  assert.deepEqual(log, ['> running', 'tick 0', 'stop 0', 'tick 0', 'stop 0', '> drop', 'closed']);
});

test('one that is stopped while it opens is closed and never runs', async () => {
  const { runner, log } = rig();
  const started = runner.start();
  runner.stop();
  await started;
  assert.deepEqual(log, ['> drop', 'closed']);
});

test('one that is taken away while it opens, and then finds its files closed, complains of nothing', async () => {
  const { runner, log, state } = rig();
  state.openFails = 'the access handle was closed';
  const started = runner.start();
  runner.stop();
  await started;
  assert.deepEqual(log, ['> drop'], 'the page would say that the records cannot be opened, where another window has them');
});

/** A page asks how things are whenever a core is there, and gets an answer; then the line comes up, and the core fails at that. */
async function failAtTheLine(times: number, apartMs: number) {
  const made = rig((kind) => {
    if (kind === event.linkUp) throw new Error('the core failed with error 33');
    return [];
  });
  await made.runner.start();
  for (let i = 0; i < times; i += 1) {
    made.runner.call(1, bytes('device.status'));
    made.lines().up(4);
    await settle();
    made.state.mono += apartMs;
  }
  return made;
}

test('one that answers, and fails again as soon as the line is up, is given up too: it would lock its user out for ever', async () => {
  const { log, state } = await failAtTheLine(20, 2000);
  assert.equal(state.opens, 6);
  assert.equal(log.at(-1), '> gave up: the core failed with error 33');
});

test('failures hours apart do not add up', async () => {
  const { log, state } = await failAtTheLine(20, 3_600_000);
  assert.equal(state.opens, 21);
  assert.ok(!log.some((line) => line.startsWith('> gave up')));
});
