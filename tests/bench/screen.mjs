// screen.mjs: figures of the field app as a thumb meets it: real Chromium, a page slowed down four times, the hub dead. The core runs in a
// worker, which Chromium does not slow down.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Demo, free_port as freePort, pause, root, until } from '../../deploy/demo/demo.mjs';
import { viewports } from '../lib/chromium.mjs';
import { Phone } from '../lib/phone.mjs';
import { figure } from './figure.mjs';

const opens = Number(process.argv[2] ?? 5);
const tapCount = Number(process.argv[3] ?? 200);
const slowdown = 4;
// What Chromium does for itself after its start is not the app's.
const browserSettlesMs = 2000;
const frameMs = 1000 / 60;
const scrollPxPerSecond = 2000;
const smallBand = { name: 'Sixty Strings', players: 60, away: 4, late: 2 };
const largeBand = { name: 'Eighty Winds', players: 80 };

const median = (values) => percentile(values, 50);
function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

// ---- a county with two more bands, which meet today ----

const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(new Date());

function addBand(sample, ref, band, starts) {
  const learner = (n) => `L${String(n + 1).padStart(5, '0')}`;
  const sections = ['Violins', 'Violas', 'Cellos', 'Basses'];
  const add = (file, cells) => appendFileSync(join(sample, file), `${cells.map((cell) => `"${cell}"`).join(',')}\n`);
  add('activities.csv', [ref, band.name, 'ensemble', 'out_of_school', 'strings', 'Orchestral', 'mixed', '', 'Hall A', '']);
  add('grants.csv', ['S001', ref, 'leader', '2020-09-01', '']);
  add('timetable.csv', [ref, today(), starts, '23:00', 'S001', 'Hall A']);
  for (let n = 0; n < band.players; n += 1) {
    const section = sections[Math.floor((n * sections.length) / band.players)];
    add('enrolments.csv', [learner(n), ref, '2020-09-01', '', section.slice(0, -1), section]);
  }
}

async function county() {
  const demo = new Demo({ data: mkdtempSync(join(tmpdir(), 'tutti-screen-')), port: await freePort(), kiosk_port: await freePort(), learners: 2000, seed: 1, quiet: true });
  demo.say = () => {};
  const hub = demo.path('hub');
  execFileSync(join(root, 'certs/make-dev-ca.sh'), [demo.path('certs')], { stdio: 'pipe' });
  demo.run('tutti-server', ['init', '--data', hub, '--name', 'County', '--port', String(demo.port), '--cert', demo.path('certs/server.pem'), '--key', demo.path('certs/server.key')]);
  demo.run('tutti-server', ['sample', '--seed', '1', '--learners', '2000', '--out', demo.path('sample')]);
  addBand(demo.path('sample'), 'A90060', smallBand, '20:00');
  addBand(demo.path('sample'), 'A90080', largeBand, '21:00');
  demo.import_sample();
  await demo.start_hub();
  return demo;
}

async function enrolled(demo) {
  const phone = new Phone(demo, { pin: '605137', viewport: viewports.phone });
  await phone.stand();
  await phone.open();
  await phone.enter(phone.made('A phone', 'S001').code);
  await phone.confirm();
  await phone.settle();
  await phone.page.locator('.sess', { hasText: largeBand.name }).waitFor();
  await phone.cached();
  return phone;
}

async function slow(phone) {
  const protocol = await phone.profile.context.newCDPSession(phone.page);
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return protocol;
}

// ---- from nothing to the names, or to the keypad of a phone's only person ----

/** Runs in the page, before anything of it: when somebody can begin. */
function watchFirstScreen() {
  window.firstScreen = new Promise((done) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.person, .keypad')) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
}

async function firstScreen(phone) {
  const times = [];
  for (let n = 0; n < opens; n += 1) {
    await phone.profile.close();
    await phone.start();
    await pause(browserSettlesMs);
    await phone.page.addInitScript(watchFirstScreen);
    await phone.page.addInitScript(watchAnswers);
    const protocol = await slow(phone);
    await phone.page.goto(phone.url, { waitUntil: 'commit' });
    // Not by Playwright's own waiting: it brings 330 kB of script, and the slowed page would read that before it starts its worker.
    const { result } = await protocol.send('Runtime.evaluate', { expression: 'window.firstScreen', awaitPromise: true, returnByValue: true });
    times.push(result.value);
  }
  figure('field.first_screen', median(times), 'ms', 1000);
}

// ---- a tap ----

/** Runs in the page before anything of it: when the answer to the latest call came into its memory. A call and its answer begin with the same number;
 * an event's is nought. */
function watchAnswers() {
  const numberOf = (bytes) => (bytes[1] < 0x80 ? bytes[1] : bytes.slice(2, 2 + (1 << (bytes[1] - 0xcc))).reduce((sum, byte) => sum * 256 + byte, 0));
  const { port1 } = Object.getOwnPropertyDescriptors(MessageChannel.prototype);
  const post = MessagePort.prototype.postMessage;
  const watched = new WeakSet();
  let asked = 0;
  Object.defineProperty(MessageChannel.prototype, 'port1', {
    get() {
      const port = port1.get.call(this);
      if (watched.has(port)) return port;
      watched.add(port);
      port.addEventListener('message', ({ data }) => {
        if (data instanceof Uint8Array && numberOf(data) === asked) window.answeredAt = performance.now();
      });
      port.postMessage = (bytes) => {
        asked = numberOf(bytes);
        return post.call(port, bytes);
      };
      return port;
    },
  });
}

/** Runs in the page: taps rows one after the other; from the event until the answer of the core is here, which it gives when the mark is durable, and
 * until the row shows it. */
async function tapRows({ count, pauseMs }) {
  const rows = [...document.querySelectorAll('.r')];
  const marked = (row, before) =>
    new Promise((done) => {
      const look = () => row.className !== before && !row.classList.contains('pending') && (observer.disconnect(), done());
      const observer = new MutationObserver(look);
      observer.observe(row, { attributes: true, attributeFilter: ['class'] });
    });
  const taps = { answered: [], shown: [] };
  for (let n = 0; n < count; n += 1) {
    const row = rows[n % rows.length];
    const from = performance.now();
    const done = marked(row, row.className);
    row.querySelector('.tap').click();
    await done;
    taps.shown.push(performance.now() - from);
    taps.answered.push(window.answeredAt - from);
    await new Promise((rest) => setTimeout(rest, pauseMs));
  }
  return taps;
}

async function openRegister(phone, band) {
  await phone.page.locator('.sess', { hasText: band.name }).locator('.sess-tap').click();
  await phone.page.locator('.r').first().waitFor();
}

async function tap(phone) {
  await openRegister(phone, largeBand);
  const { answered, shown } = await phone.page.evaluate(tapRows, { count: tapCount, pauseMs: 60 });
  figure('field.tap', percentile(shown, 95), 'ms', 16);
  figure('field.tap.p50', median(shown), 'ms');
  figure('field.tap.durable', percentile(answered, 95), 'ms', 16);
  figure('field.tap.durable.p50', median(answered), 'ms');
}

// ---- eighty rows under a thumb ----

/** Runs in the page: what passes between frames, until it is told to stop. */
function watchFrames() {
  const frames = [];
  let last = 0;
  let on = true;
  const frame = (at) => {
    if (last) frames.push(at - last);
    last = at;
    if (on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.stopFrames = () => {
    on = false;
    return frames;
  };
}

async function scroll(phone, protocol) {
  const { page } = phone;
  const { width, height } = viewports.phone;
  await page.evaluate(() => window.scrollTo(0, 0));
  const distance = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  await page.evaluate(watchFrames);
  for (const way of [-1, 1]) {
    await protocol.send('Input.synthesizeScrollGesture', { x: width / 2, y: height / 2, yDistance: way * distance, speed: scrollPxPerSecond, gestureSourceType: 'touch', preventFling: true });
  }
  const frames = await page.evaluate(() => window.stopFrames());
  figure('field.scroll80', Math.max(...frames), 'ms', 50);
  figure('field.scroll80.dropped', (100 * frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / frameMs) - 1), 0)) / frames.length, '%');
}

// ---- sixty players, one thumb ----

async function sixty(phone) {
  const { page } = phone;
  let taps = 0;
  const thumb = async (locator) => {
    taps += 1;
    await locator.click();
  };
  const rows = page.locator('.r');
  await openRegister(phone, smallBand);
  const from = performance.now();
  await thumb(page.getByRole('button', { name: /Mark the rest here/ }));
  await until('everyone to be marked', async () => (await page.locator('.r.m-none').count()) === 0);
  for (let n = 0; n < smallBand.away; n += 1) await thumb(rows.nth(7 + n * 11).locator('.tap'));
  for (let n = 0; n < smallBand.late; n += 1) {
    await thumb(rows.nth(3 + n * 20).locator('.more'));
    await thumb(page.getByRole('button', { name: 'Mark late' }));
  }
  await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' });
  const tally = (await page.locator('.tally').innerText()).replace(/\s+/g, ' ');
  await thumb(page.getByRole('button', { name: /Finish register/ }));
  await page.getByText('is finished. Saved here.').waitFor();
  const wanted = new RegExp(`of ${smallBand.players} here ${smallBand.players - smallBand.away - smallBand.late} .*Late ${smallBand.late} .*Away ${smallBand.away}`, 'i');
  if (!wanted.test(tally)) throw new Error(`the register says "${tally}"`);
  figure('field.taps60', taps, 'taps', 10);
  figure('field.taps60.time', (performance.now() - from) / 1000, 's', 60);
}

const demo = await county();
const phone = await enrolled(demo);
try {
  await demo.end('hub', 'SIGKILL');
  await firstScreen(phone);
  await phone.unlock();
  const protocol = await slow(phone);
  await tap(phone);
  await scroll(phone, protocol);
  await phone.page.getByRole('button', { name: 'Back to today' }).first().click();
  await sixty(phone);
} finally {
  await phone.end();
  await demo.stop();
  rmSync(demo.data, { recursive: true, force: true });
}
