// pwa.mjs: the field app in a browser: enrolled from the hub inside the page, a day with the hub dead, Chromium killed in mid-write, two windows,
// an update that waits; and one contract for both doors.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, until } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { Phone } from '../lib/phone.mjs';
import { expect } from './stage.mjs';

const { buildSync } = createRequire(join(root, 'shared/ui/package.json'))('esbuild');
const deviceName = 'A tutor’s phone';
const pin = '605137';
const wrongPin = '605138';
const killAfterMs = [40, 400];
/** Of tests/contract/ui, for each way to a core. */
const contractPromises = 27;

/** The suite and its helpers, as one script for a page that carries nothing else. */
function doorsScript() {
  return buildSync({ entryPoints: [join(root, 'tests/contract/ui/doors.ts')], bundle: true, write: false, format: 'iife', nodePaths: [join(root, 'shared/ui/node_modules')] }).outputFiles[0].text;
}

// ---- before anything is enrolled ----

/** What a browser lacks, in its page or (as a script) in its worker, and what is said about it. */
const lacks = [
  ['without WebAssembly', () => delete window.WebAssembly, /WebAssembly is missing/],
  ['without workers of its own', () => delete Navigator.prototype.serviceWorker, /on its own in the background/],
  ['without files', () => delete StorageManager.prototype.getDirectory, /survives a flat battery/],
  ['whose files cannot be written at once', 'delete FileSystemFileHandle.prototype.createSyncAccessHandle', /survives a flat battery/],
];

async function refusals(stage, phone) {
  await stage.shows('a browser without Web Locks is refused before enrolment, with the reason', async () => {
    const page = await phone.profile.newPage();
    await page.addInitScript(() => delete Navigator.prototype.locks);
    await page.goto(phone.url);
    await page.getByRole('heading', { name: 'Not with this browser' }).waitFor();
    const words = await page.locator('.notice.bad p').textContent();
    expect(/only one window/.test(words) && (await page.getByLabel('Code or link').count()) === 0, `it says "${words}"`);
    await stage.look(page, 'pwa-unfit');
    await page.close();
    return words;
  });
  for (const [what, lack, reason] of lacks) {
    await stage.shows(`so is one ${what}`, async () => {
      const page = await phone.profile.newPage();
      if (typeof lack === 'string') phone.front.change = { name: 'worker.js', make: (script) => `${lack};${script}` };
      else await page.addInitScript(lack);
      try {
        await page.goto(phone.url);
        await page.getByRole('heading', { name: 'Not with this browser' }).waitFor();
        const words = await page.locator('.notice.bad p').textContent();
        expect(reason.test(words) && (await page.getByLabel('Code or link').count()) === 0, `it says "${words}"`);
        return words;
      } finally {
        phone.front.change = null;
        await page.close();
      }
    });
  }
  await stage.shows('Safari outside the home screen is told to put Tutti there first', async () => {
    const page = await phone.profile.newPage();
    await page.addInitScript(() => Object.defineProperty(navigator, 'standalone', { value: false }));
    await page.goto(phone.url);
    await page.getByText('Add to Home Screen').waitFor();
    await stage.look(page, 'pwa-home-screen');
    await page.close();
  });
}

/** What the browser answers when it is asked to keep the records. */
async function mayKeep(phone, setting) {
  const protocol = await phone.profile.context.newCDPSession(phone.page);
  await protocol.send('Browser.setPermission', { permission: { name: 'persistent-storage' }, setting, origin: new URL(phone.url).origin });
}

async function enrolPhone(stage, phone, office) {
  const { page } = phone;
  await mayKeep(phone, 'denied');
  await phone.open();
  await page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
  await stage.look(page, 'pwa-enrol-code');
  const digits = await phone.enter(phone.made(deviceName, 'S001').code.toLowerCase());
  await phone.confirm();
  await stage.shows('page and hub show the same six digits, and the hub knows it as a phone', async () => {
    const devices = await office.evaluate(() => fetch('/api/devices').then((answer) => answer.json()));
    const mine = (devices.devices ?? devices).find((one) => one.name === deviceName);
    expect(/^\d{6}$/.test(digits) && mine?.digits === digits && mine.kind === 'phone', `the page shows ${digits}, the hub ${mine?.digits} for a ${mine?.kind}`);
    return digits;
  });
  await stage.sees('a browser that does not promise to keep the records is spoken of before the first PIN, with what to do', async () => {
    const words = await page.locator('.notice', { hasText: 'Tutti’s records' }).textContent({ timeout: 1000 });
    expect(/may clear Tutti’s records when the device runs out of space\. .*send what you mark the same day/.test(words), `it says "${words}"`);
    return words.trim();
  });
  await stage.look(page, 'pwa-enrol-pins');
  phone.given = { name: phone.name, pin, wrongPin };
  await phone.settle();
  await until('the day’s lessons', async () => (await page.locator('.sess').count()) > 2);
}

// ---- registers ----

/** An ad-hoc session, so that the acts before this one and the kiosk's marks are not in the way. */
async function takeRegister(page, from, to) {
  await page.getByRole('button', { name: 'Ad-hoc session' }).click();
  await page.getByRole('heading', { level: 1, name: 'Ad-hoc session' }).waitFor();
  await page.locator('.options input').first().check();
  await page.getByLabel('From', { exact: true }).fill(from);
  await page.getByLabel('To', { exact: true }).fill(to);
  await page.getByRole('button', { name: 'Open the register' }).click();
  await page.locator('.r').first().waitFor();
  const name = await page.getByRole('heading', { level: 1 }).textContent();
  await page.getByRole('button', { name: /Mark the rest here/ }).click();
  await until('everyone to be marked', async () => (await page.locator('.m-none').count()) === 0);
  await page.getByRole('button', { name: /Finish register/ }).click();
  await page.getByText('is finished. Saved here.').waitFor();
  return name;
}

const badge = async (page) => (await page.locator('.sync').innerText()).replace(/\s+/g, ' ');

async function online(stage, phone, office) {
  const { page } = phone;
  await stage.look(page, 'pwa-today');
  await stage.shows('a register taken in the browser is sent and signed for', async () => {
    phone.first = await takeRegister(page, '06:00', '06:30');
    await until('"All sent"', async () => /All sent/.test(await badge(page)));
    return phone.first;
  });
  await stage.shows('the office page shows it', async () => {
    await office.getByRole('row', { name: new RegExp(`06:00.*${phone.first}`) }).filter({ hasText: 'Closed' }).first().waitFor();
  });
  await stage.shows('Sync tells of the receipt, the program and whether the records are kept', async () => {
    await page.locator('.sync').click();
    await page.getByText('Received').first().waitFor();
    await page.getByText('tutti-field').waitFor();
  });
  await stage.look(page, 'pwa-sync');
  await mayKeep(phone, 'granted');
  await page.reload();
  await stage.shows('once the browser promises, Sync says that it keeps them', async () => {
    await page.getByText('This browser keeps Tutti’s records until you remove them.').waitFor();
  });
  await page.goto(`${phone.url}#/today`);
  await phone.unlock();
}

async function offline(stage, phone) {
  const { page } = phone;
  await phone.cached();
  await stage.demo.end('hub', 'SIGKILL');
  await stage.shows('with the hub dead the page loads again, and opens', async () => {
    await page.reload();
    await phone.unlock();
    await until('the day’s lessons', async () => (await page.locator('.sess').count()) > 2);
  });
  await stage.shows('a register is taken without it, and the badge never says sent', async () => {
    phone.second = await takeRegister(page, '07:00', '07:30');
    await until('the register to be counted', async () => /Saved here.*1 register/.test(await badge(page)));
    return badge(page);
  });
  await stage.shows('a Chromium that is killed and started again still has it', async () => {
    await phone.profile.kill();
    await phone.start();
    await phone.open();
    await phone.unlock();
    await until('the badge to count it', async () => /Saved here.*1 register/.test(await badge(phone.page)));
  });
  await cutOff(stage, phone);
}

/** Phones end an app that is not in front, and nobody closed it: opened again at its own address it is where it was. */
async function cutOff(stage, phone) {
  await phone.page.locator('.sess', { hasText: /players, not started/ }).first().locator('.sess-tap').click();
  await phone.page.locator('.r').first().locator('.tap').click();
  await phone.page.locator('.r.m-P:not(.pending)').first().waitFor();
  const session = phone.page.url();
  await stage.shows('opened anew after it was cut off in a register, it comes back to that register, with its marks', async () => {
    await phone.profile.kill();
    await phone.start();
    await phone.open();
    await phone.unlock(phone.page, phone.page.locator('.r.m-P').first());
    expect(phone.page.url() === session, `it came back to ${phone.page.url()}`);
  });
  await stage.shows('left for Today, it begins there again', async () => {
    const { page } = phone;
    await page.getByRole('button', { name: /^Back/ }).first().click();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await phone.asked().waitFor();
    await phone.bare();
    await phone.open();
    await phone.unlock();
  });
}

// ---- the door alone: a page of this origin that carries nothing else ----

async function bareDoor(phone, script) {
  await phone.bare();
  await phone.page.evaluate(script);
  return phone.page.evaluate(async (given) => {
    window.doors = window.tuttiDoors.browser();
    return window.doors.largest(given);
  }, phone.given);
}
const codes = (phone) => phone.page.evaluate((session) => window.doors.codes(session), phone.session);

/** Whether `held` is what the register was at the start, and some whole number of marks after it, not fewer than were answered. */
function isAfter(held, start, answered) {
  const now = new Map(start);
  const rows = start.map(([learner]) => learner);
  const same = () => held.every(([learner, code]) => now.get(learner) === code);
  for (let n = 0; n <= answered + 200; n += 1) {
    if (n >= answered && same()) return true;
    now.set(rows[n % rows.length], (Math.floor(n / rows.length) + n % rows.length) % 2 ? 'AU' : 'P');
  }
  return false;
}

/** Kill -9 under a page that marks as fast as it can. */
async function killed(stage, phone, script) {
  let marks = 0;
  await stage.shows(`Chromium killed ${stage.kills} times in mid-write loses no mark that was answered`, async () => {
    for (let round = 0; round < stage.kills; round += 1) {
      const largest = await bareDoor(phone, script);
      phone.session = largest.id;
      const start = await codes(phone);
      let answered = 0;
      await phone.page.exposeFunction('said', () => void (answered += 1));
      phone.page.evaluate((session) => window.doors.markOn(session, window.said), phone.session).catch(() => undefined);
      await until('marks', () => answered > 3);
      await new Promise((done) => setTimeout(done, killAfterMs[0] + ((killAfterMs[1] - killAfterMs[0]) * round) / Math.max(1, stage.kills - 1)));
      await phone.profile.kill();
      marks += answered;
      await phone.start();
      await bareDoor(phone, script);
      const held = await codes(phone);
      expect(isAfter(held, start, answered), `after kill ${round + 1} the register is not what ${answered} answered marks made of it`);
      phone.held = held;
    }
    return `${marks} marks were answered`;
  });
}

async function storageFull(stage, phone, script) {
  await bareDoor(phone, script);
  const devtools = await phone.profile.context.newCDPSession(phone.page);
  const origin = new URL(phone.url).origin;
  const before = await codes(phone);
  let full = null;
  await stage.shows('a mark for which the browser has no room is refused in words', async () => {
    const { usage } = await phone.page.evaluate(() => navigator.storage.estimate());
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage });
    // What was marked before has left room in the file: the more kills, the more of it.
    full = await phone.page.evaluate((session) => window.doors.markUntilFull(session, 30000), phone.session);
    expect(full.code === 'FULL' && /storage/.test(full.text), `after ${full.marks} marks: ${full.code} ${full.text}`);
    return `after ${full.marks} marks: ${full.text}`;
  });
  await stage.shows('nothing that was answered is lost by it, and with room again work goes on', async () => {
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    const held = await codes(phone);
    const rows = held.length;
    for (const [index, [learner, code]] of held.entries()) {
      const turns = Math.ceil((full.marks - index) / rows);
      const wanted = turns <= 0 ? before[index][1] : turns % 2 ? 'L' : 'P';
      expect(code === wanted, `${learner} is ${code}, not ${wanted}`);
    }
    const more = await phone.page.evaluate((session) => window.doors.markUntilFull(session, 5), phone.session);
    expect(more.marks === 5, more.text);
    await bareDoor(phone, script);
    phone.held = await codes(phone);
  });
}

// ---- the hub is back ----

async function reconciled(stage, phone, office) {
  await stage.startHub();
  await phone.open();
  await phone.unlock();
  const { page } = phone;
  await stage.shows('with the hub back everything is sent and signed for', async () => {
    await until('"All sent"', async () => /All sent/.test(await badge(page)));
  });
  await stage.shows('each mark is at the hub once, as the device holds it', async () => {
    const all = parseCsv(stage.demo.run('tutti-server', ['export', 'registers', '--csv', '--data', stage.demo.path('hub')])).filter((row) => row.code !== '');
    const keys = new Set(all.map((row) => `${row.session} ${row.learner_id}`));
    expect(keys.size === all.length, `${all.length - keys.size} are doubled`);
    const held = new Map(all.filter((row) => row.session === phone.session).map((row) => [row.learner_id, row.code]));
    // Who is not marked on the device is not in the hub's list either.
    const lost = phone.held.filter(([learner, code]) => (held.get(learner) ?? '') !== code);
    expect(lost.length === 0, `${lost.length} of ${phone.held.length} differ: ${lost.map(([learner, code]) => `"${code}" is "${held.get(learner)}"`).join(', ')}`);
    return `lost=0 duplicated=0, ${phone.held.length} players`;
  });
  await stage.shows('the office page shows the register that was taken without it', async () => {
    await office.goto(`${stage.officeUrl}/today`);
    await office.getByRole('row', { name: new RegExp(`07:00.*${phone.second}`) }).filter({ hasText: 'Closed' }).first().waitFor();
  });
}

// ---- two windows, and an update ----

async function twoWindows(stage, phone) {
  await phone.rests();
  const second = await phone.profile.newPage();
  await stage.shows('a second window says that the first one has it', async () => {
    await second.goto(phone.url);
    await second.getByRole('heading', { name: 'Tutti is open in another window' }).waitFor();
  });
  await stage.look(second, 'pwa-elsewhere');
  await stage.shows('it takes over, and the first one says so at once', async () => {
    await second.getByRole('button', { name: 'Use Tutti here' }).click();
    await phone.unlock(second);
    await phone.page.getByRole('heading', { name: 'Tutti is open in another window' }).waitFor();
  });
  await stage.shows('when it is closed the first one goes on by itself', async () => {
    await second.close();
    await phone.unlock();
  });
}

async function update(stage, phone) {
  const { page } = phone;
  const notice = page.getByText('A newer Tutti is ready');
  await page.locator('.sess-tap').first().click();
  await page.locator('.r').first().waitFor();
  phone.front.change = { name: 'sw.js', make: (script) => `${script}\n// a newer build` };
  await stage.shows('a newer build waits, and is not spoken of in a register', async () => {
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await until('the newer build to wait', () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).waiting !== null));
    expect((await notice.count()) === 0, 'the register speaks of it');
  });
  await page.getByRole('button', { name: /^Back/ }).first().click();
  await notice.waitFor();
  await stage.look(page, 'pwa-update');
  await stage.shows('until it is applied, the old build goes on: what is marked is sent and signed for', async () => {
    await takeRegister(page, '08:00', '08:30');
    await until('"All sent"', async () => /All sent/.test(await badge(page)));
  });
  await stage.shows('from Today a tap applies it', async () => {
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Update', exact: true }).click();
    await loaded;
    await phone.unlock();
    await until('the notice to be gone', async () => (await notice.count()) === 0);
  });
}

async function selfTest(stage, phone) {
  const page = await phone.profile.newPage();
  await page.goto(`${phone.url}selftest.html`);
  await stage.shows('the self-test measures this browser and touches nothing enrolled', async () => {
    await page.locator('html[data-done]').waitFor();
    const figures = await page.locator('tr').evaluateAll((rows) => rows.map((row) => `${row.cells[0].textContent}: ${row.cells[1].textContent}`));
    expect(figures.some((one) => /every byte is the same/.test(one)), figures.join('; '));
    return figures.filter((one) => /\d ms/.test(one)).join('; ');
  });
  await stage.look(page, 'pwa-selftest');
  await page.close();
}

// ---- a forgotten PIN ----

/** The phone of one person: nobody beside them could let them choose another. */
async function forgotten(stage, phone) {
  const { page } = phone;
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await stage.shows('a phone of one person asks for the PIN at once: there is no name to choose', async () => {
    await page.getByRole('heading', { level: 1, name: phone.name }).waitFor();
    await page.getByLabel('PIN', { exact: true }).waitFor();
    expect((await page.locator('.person').count()) === 0 && (await page.getByRole('button', { name: 'Choose another name' }).count()) === 0, 'it lists names');
  });
  await stage.look(page, 'pwa-unlock');
  await page.getByRole('button', { name: 'Forgotten it?' }).click();
  await page.locator('#lease-challenge', { hasText: /^[0-9A-Z]{4}-[0-9A-Z]{4}$/ }).waitFor();
  await stage.look(page, 'pwa-forgotten');
  await stage.shows('who remembers it after all is back at the keypad', async () => {
    await page.getByRole('button', { name: 'I have remembered it' }).click();
    await page.getByLabel('PIN', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Forgotten it?' }).click();
    await page.locator('#lease-challenge', { hasText: /^[0-9A-Z]{4}-[0-9A-Z]{4}$/ }).waitFor();
  });
  const challenge = await page.locator('#lease-challenge').textContent();
  const said = stage.demo.run('tutti-server', ['devices', '--data', stage.demo.path('hub'), 'pin-code', deviceName, challenge]);
  const [code] = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(said) ?? [];
  await stage.shows('who forgot the only PIN of a phone chooses another by a code from the office, and the lessons come again', async () => {
    expect(code, `the office is told "${said}"`);
    await page.getByLabel('The code they read to you').fill(code.toLowerCase());
    await page.getByRole('button', { name: 'Choose a new PIN' }).click();
    await phone.settle();
    await until('the day’s lessons', async () => (await page.locator('.sess').count()) > 2);
  });
}

// ---- one contract ----

/** Every word of commands.def and of its parts. */
function commandsOfDoor() {
  const folder = join(root, 'client/core');
  const parts = readdirSync(folder).filter((name) => name.endsWith('.def'));
  return parts.flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/^COMMAND\(\w+, "([a-z._]+)"/gm)].map(([, word]) => word));
}

async function contract(stage, name, page, given, home, script) {
  await page.evaluate(script);
  const { shown, commands } = await page.evaluate(([home, given]) => window.tuttiDoors[home]().contract(given), [home, given]);
  for (const { name: what, failure } of shown) await stage.shows(`${name}: ${what}`, async () => expect(failure === null, failure));
  await stage.shows(`${name}: the whole contract was shown, with every command there is`, async () => {
    const left = commandsOfDoor().filter((word) => !commands.includes(word));
    expect(shown.length === contractPromises && left.length === 0, `${shown.length} of ${contractPromises}; not called: ${left.join(', ')}`);
    return `${commands.length} commands`;
  });
}

export async function pwa(stage) {
  const phone = new Phone(stage.demo, { pin });
  const script = doorsScript();
  const office = await stage.openOffice();
  await phone.stand();
  try {
    await refusals(stage, phone);
    await enrolPhone(stage, phone, office);
    await online(stage, phone, office);
    await offline(stage, phone);
    await killed(stage, phone, script);
    await storageFull(stage, phone, script);
    await reconciled(stage, phone, office);
    await twoWindows(stage, phone);
    await update(stage, phone);
    await selfTest(stage, phone);
    await forgotten(stage, phone);
    await phone.bare();
    await contract(stage, 'the worker’s door', phone.page, phone.given, 'browser', script);
    const kiosk = await stage.field();
    await kiosk.goto(`${stage.kioskUrl}/icon.svg`);
    await contract(stage, 'the kiosk’s door', kiosk, { name: phone.name, pin: stage.pins.get(phone.name), wrongPin }, 'kiosk', script);
    await kiosk.goto(stage.kioskUrl);
  } catch (error) {
    const page = await phone.page.locator('body').innerText({ timeout: 2000 }).catch(() => 'nothing');
    throw new Error(`${error.message}\nThe page shows: ${page.replace(/\s+/g, ' ').slice(0, 300)}; errors: ${phone.page.errors.join('; ').slice(0, 300)}`);
  } finally {
    await phone.end();
    await office.context().close();
  }
}
