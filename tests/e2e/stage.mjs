// stage.mjs: a hub, a kiosk and a browser for the acts; what a person does there; and the look every screen must stand.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Demo, free_port as freePort, pause, root, until } from '../../deploy/demo/demo.mjs';
import { axe, glance, launch, openPage, openPages, patienceMs, viewports } from '../lib/chromium.mjs';

/** How long a look waits for what it is to see: a busy machine is slow. */
const seesMs = patienceMs;
/** What took longer than this says so: it may have waited for something that nobody meant. */
const slowSeconds = 20;
const screenSizes = ['phone', 'small', 'large', 'narrow', 'upright', 'tablet', 'desktop', 'wide'];

/** Runs in the page: controls that are too small for a finger, or pages that are too wide for their window. */
function measure({ targetPx }) {
  const small = [];
  for (const element of document.querySelectorAll('button, input:not([type=radio]):not([type=file]), select, textarea, a[href]')) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.bottom < 0 || element.closest('.skip')) continue;
    const narrow = element.tagName === 'BUTTON' && box.width < targetPx - 0.5;
    if (box.height < targetPx - 0.5 || narrow) small.push(`${element.tagName} "${(element.getAttribute('aria-label') ?? element.textContent).slice(0, 30)}" ${Math.round(box.width)}×${Math.round(box.height)}`);
  }
  return { small: small.slice(0, 5), overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth };
}

/** Runs in the page: of lines below a row's name those whose value lies over the word that says what it is. */
function coveredWords(lines) {
  const isCovered = (line) => {
    const element = line.firstElementChild, word = document.createRange(), value = document.createRange();
    if (!element || element === line.firstChild) return false;
    word.setStart(line, 0);
    word.setEndBefore(element);
    value.selectNodeContents(element); // its letters: a link has more room above and below, for fingers
    const isOver = (one) => (other) => one.right > other.left + 1 && one.left + 1 < other.right && one.bottom > other.top + 1 && one.top + 1 < other.bottom;
    return [...value.getClientRects()].some((letters) => [...word.getClientRects()].some(isOver(letters)));
  };
  return lines.filter(isCovered).map((line) => line.textContent);
}

/** Runs in the page: a button that has just become one to press is still on its way from one colour to the other. */
function settled() {
  return Promise.all(document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished.catch(() => undefined)));
}

/** Runs in the page: from now on it is written down what the keyboard reaches, and what of that shows no ring around itself. */
function beginWalk() {
  document.removeEventListener('focusin', window.walk?.listen);
  const walk = { reached: new Set(), ringless: [] };
  walk.listen = ({ target }) => {
    const style = getComputedStyle(target);
    const ring = target.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    if (!ring && !walk.reached.has(target) && target.tabIndex >= 0) walk.ringless.push(walk.name(target));
    walk.reached.add(target);
  };
  walk.name = (element) => `${element.tagName} "${(element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent ?? '').trim().slice(0, 40)}"`;
  window.walk = walk;
  document.addEventListener('focusin', walk.listen);
  document.activeElement?.blur();
}

/** Runs in the page: what can be acted on and was not reached. Of radio buttons one is enough: the arrows do the rest. */
function notWalked() {
  const within = document.querySelector('dialog[open]') ?? document;
  const actions = [...within.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  const can = (element) => !element.disabled && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true });
  const another = (element) => element.type === 'radio' && !element.checked && within.querySelector(`input[type=radio][name="${element.name}"]:checked`);
  const left = actions.filter((element) => can(element) && !another(element) && !window.walk.reached.has(element));
  return { all: actions.filter(can).length, left: left.map(window.walk.name), ringless: window.walk.ringless };
}

/** More stops than any page has. */
const stopsMax = 1500;

export class Stage {
  passedCount = 0;
  failedCount = 0;
  pins = new Map();
  taps = 0;

  /** `say` takes each line that a person is to read. */
  static async set({ screens, learners, kills, say }) {
    const stage = new Stage();
    stage.say = say;
    stage.screens = screens;
    stage.kills = kills;
    stage.folder = mkdtempSync(join(tmpdir(), 'tutti-e2e-'));
    stage.demo = new Demo({ data: stage.folder, port: await freePort(), kiosk_port: await freePort(), learners, seed: 1, quiet: true });
    stage.demo.make_hub();
    await stage.demo.start_hub();
    // A code typed by hand has no room for the hub's address; the kiosk is told it.
    await stage.demo.start_kiosk('--hub', `wss://localhost:${stage.demo.port}/sync`);
    stage.browser = await launch();
    return stage;
  }

  async strike() {
    await this.browser?.close();
    await this.demo.stop();
    if (this.failedCount > 0) this.say(this.demo.logs());
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What expired or was not so, where in the acts, and what every page that is open shows. */
  async failed(name, error) {
    this.failedCount += 1;
    const said = stripVTControlCharacters(String(error?.message ?? error)).split('\n').filter((line) => line.trim()).slice(0, 14);
    const [where] = /[a-z_]+\.mjs:\d+/.exec(String(error?.stack).split('\n').find((line) => /tests\/e2e\/(?!stage|lane)/.test(line))) ?? [];
    if (where) said.push(`at tests/e2e/${where}`);
    this.say([`FAILED ${name}`, ...said, ...(await this.seen())].join('\n       '));
  }

  /** A line a page, with its picture's place: those that are open, and those that the act has ended. */
  async seen() {
    const folder = join(root, 'build/test-logs/e2e');
    mkdirSync(folder, { recursive: true });
    const open = await Promise.all(openPages().filter((page) => page.url() !== 'about:blank').map(glance));
    return [...open, ...(this.demo.ended ?? [])].map(({ url, words, picture }, index) => {
      const path = join(folder, `${process.pid}-${this.failedCount}-${index}.png`);
      if (picture) writeFileSync(path, picture);
      return `on ${url} (${picture ? relative(root, path) : 'no picture'}): "${words}"`;
    });
  }

  /** One thing that must be so. The act goes on after a failure: the next thing may still tell something. */
  async shows(name, check) {
    const began = Date.now();
    try {
      const said = await check();
      const seconds = Math.round((Date.now() - began) / 1000);
      this.passedCount += 1;
      this.say(`ok     ${name}${typeof said === 'string' ? `: ${said}` : ''}${seconds > slowSeconds ? ` (after ${seconds} s)` : ''}`);
    } catch (error) {
      await this.failed(name, error);
    }
  }

  /** The same of what only looks: it is looked again until it is so, for what a page shows may come a moment later. */
  async sees(name, look) {
    await this.shows(name, async () => {
      for (const end = Date.now() + seesMs; ; await pause(100)) {
        try {
          return await look();
        } catch (error) {
          if (Date.now() > end) throw error;
        }
      }
    });
  }

  /** The hub again, after it was down. The kiosk, which tries it every few minutes only by now, is told: the acts that come find it on its line. */
  async startHub() {
    await this.demo.start_hub();
    await this.demo.ask('sync.now');
    await until('the kiosk to find the hub again', async () => (await this.demo.ask('sync.status')).line === 'online');
  }

  get kioskUrl() {
    return `http://127.0.0.1:${this.demo.kiosk_port}`;
  }
  get officeUrl() {
    return `https://localhost:${this.demo.port}`;
  }

  /** The field app on a phone; one page for the whole evening, as on a stand. */
  async field() {
    if (!this.fieldPage) this.fieldPage = await openPage(this.browser, this.kioskUrl, { viewport: viewports.phone });
    return this.fieldPage;
  }
  async openOffice(name = 'office') {
    const page = await openPage(this.browser, this.officeUrl, { viewport: viewports.desktop });
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(this.demo.secrets()[name]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    return page;
  }
  /** One page of the office for the whole evening, unless an act ended its sign-in. */
  async officePage() {
    const stays = this.office && (await this.office.request.get(`${this.officeUrl}/api/me`)).ok();
    if (this.office && !stays) await this.office.context().close();
    if (!stays) this.office = await this.openOffice();
    return this.office;
  }

  async tap(locator) {
    this.taps += 1;
    await locator.click();
  }

  async unlock(page, name) {
    await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.getByLabel('PIN', { exact: true }).fill(this.pins.get(name));
    // An act before may have ended with wrong PINs: then the button says for how long it waits.
    await page.getByRole('button', { name: 'Unlock' }).click();
    // While the PIN is checked the button has another name: what goes is the field, when somebody is in.
    await page.getByLabel('PIN', { exact: true }).waitFor({ state: 'detached' });
  }

  /** Whoever is in, and wherever the page is: the list of names. */
  async toNames(page) {
    await page.goto(`${this.kioskUrl}/#/today`);
    await page.reload(); // somebody's PIN may be half typed
    const lock = page.getByRole('button', { name: 'Lock', exact: true });
    const who = page.getByRole('heading', { name: 'Who is this?' });
    await lock.or(who).first().waitFor();
    if (await lock.isVisible()) await lock.click();
    await who.waitFor();
  }

  /** Today, with somebody signed in: whoever is, or the first of them. */
  async toToday(page) {
    const [name] = this.pins.keys();
    await page.goto(`${this.kioskUrl}/#/today`);
    await page.reload(); // somebody's PIN may be half typed, with a wait after wrong ones
    const who = page.getByRole('heading', { name: 'Who is this?' });
    await who.or(page.getByRole('heading', { level: 1, name: 'Today' })).first().waitFor();
    if (await who.isVisible()) await this.unlock(page, name);
    await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
  }

  /** The register of whoever has a session today that says `wanted`, open; gives whose it is. `at` is 'first' or 'last'. */
  async toRegister(page, wanted = /players, not started/, at = 'first') {
    for (const name of this.pins.keys()) {
      await this.toNames(page);
      await this.unlock(page, name);
      await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
      const session = page.locator('.sess', { hasText: wanted })[at]();
      if ((await session.count()) === 0) continue;
      await session.locator('.sess-tap').click();
      await page.locator('.r').first().waitFor();
      return name;
    }
    throw new Error(`nobody has a session today that says ${wanted}`);
  }

  /** The line held down or let go, on the Sync page. */
  async hold(page, held) {
    const [now, then] = held ? ['Pause sending', 'Start sending again'] : ['Start sending again', 'Pause sending'];
    await page.goto(`${this.kioskUrl}/#/sync`);
    await page.getByRole('button', { name: now }).click();
    await page.getByRole('button', { name: then }).waitFor();
  }

  /** On the first learner of the first session; gives who that is. */
  async writeNote(page, text) {
    await page.goto(`${this.kioskUrl}/#/today`);
    // A class without names has nobody to write about, whether or not it was counted.
    await page.locator('.sess').filter({ hasNotText: /counted|Not started/ }).first().locator('.sess-tap').click();
    const learner = await page.locator('.r .nm b').first().textContent();
    await page.locator('.more').first().click();
    await page.getByRole('button', { name: 'Write a note' }).click();
    await page.getByLabel('How did it go?').fill(text);
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.getByText(/^Note on .*: saved here\.$/).waitFor();
    return learner;
  }

  /** Every screen: axe in light and dark, in sunlight too, targets, 320 px and 200 % text without loss; and its picture when asked for. */
  async look(page, name) {
    const before = page.viewportSize();
    const isOffice = page === this.office || name.startsWith('office');
    for (const colorScheme of ['light', 'dark']) {
      await this.shows(`${name}, ${colorScheme}: axe finds nothing`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(settled);
        const violations = await axe(page, { only: colorScheme === 'dark' ? 'colours' : undefined });
        if (violations.length > 0) throw new Error(violations.slice(0, 6).join('\n'));
      });
      if (!isOffice) await this.standsSunlight(page, name, colorScheme);
      if (this.screens) await this.draw(page, name, colorScheme);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(before);
    await this.shows(`${name}: targets are big enough`, async () => {
      const small = [];
      for (const size of isOffice ? [before] : [before, viewports.upright]) {
        await page.setViewportSize(size);
        small.push(...(await page.evaluate(measure, { targetPx: isOffice ? 44 : 48 })).small);
      }
      if (small.length > 0) throw new Error(small.join('\n'));
    });
    await this.shows(`${name}: 320 px and 200 % text lose nothing`, async () => {
      await page.setViewportSize(viewports.narrow);
      const narrow = await page.evaluate(measure, { targetPx: 0 });
      await page.setViewportSize(viewports.phone);
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      const large = await page.evaluate(measure, { targetPx: 0 });
      await page.evaluate(() => (document.documentElement.style.fontSize = ''));
      if (isOffice) {
        await page.setViewportSize(viewports.wide);
        const wide = await page.evaluate(measure, { targetPx: 0 });
        if (wide.overflow > 0) throw new Error(`wider than the window by ${wide.overflow} px at 1920 px`);
      }
      if (narrow.overflow > 0 || large.overflow > 0) throw new Error(`wider than the window by ${narrow.overflow} px at 320 px, by ${large.overflow} px at 200 %`);
    });
    await page.setViewportSize(before);
    await this.shows(`${name}: nothing was refused by the policy or thrown`, async () => {
      const errors = page.errors.splice(0).filter((text) => !/ERR_CONNECTION|WebSocket connection|status of 4\d\d|ERR_INCOMPLETE|ERR_EMPTY/.test(text));
      if (errors.length > 0) throw new Error(errors.slice(0, 4).join('\n'));
    });
  }

  /** A tablet held upright: whoever stands in a hall with it sees each row whole, and what has no column stands below the name. */
  async fits(page, name, words) {
    const before = page.viewportSize();
    await this.shows(`${name}: on a tablet held upright its table needs no scrolling sideways`, async () => {
      await page.setViewportSize(viewports.upright);
      const wider = () => page.locator('.scroll').evaluateAll((list) => list.map((box) => box.scrollWidth - box.clientWidth).filter((px) => px > 0));
      await until('the table to fit', async () => (await wider()).length === 0);
      if (words) expect((await page.locator('tbody th .below').allTextContents()).some((text) => text.startsWith(`${words}: `)), `nowhere stands "${words}: …"`);
    });
    if (this.screens) await page.screenshot({ path: join(this.screens, `${name}-upright-light.png`) });
    await page.setViewportSize(before);
  }

  /** A phone in the hand, in the office: nothing of a table is behind its edge, what has left its place is named below the row's name, and all of it stands axe and fingers. */
  async readsOnPhone(page, name, words) {
    const before = page.viewportSize();
    for (const size of ['phone', 'narrow'])
      await this.shows(`${name}: at ${viewports[size].width} px its table is read without scrolling sideways`, async () => {
        await page.setViewportSize(viewports[size]);
        const wider = () => page.locator('.scroll').evaluateAll((list) => list.filter((box) => box.scrollWidth > box.clientWidth).length);
        await until('the table to fit', async () => (await wider()) === 0);
        const below = await page.locator('tbody th .below').allTextContents();
        const lacking = words.filter((word) => !below.some((text) => text.startsWith(`${word}: `)));
        if (lacking.length > 0) throw new Error(`nowhere stands "${lacking[0]}: …"`);
        const covered = await page.locator('tbody th .below').evaluateAll(coveredWords);
        if (covered.length > 0) throw new Error(`its value covers what it is called: ${covered[0]}`);
        const { small, overflow } = await page.evaluate(measure, { targetPx: 44 });
        if (small.length > 0 || overflow > 0) throw new Error(`wider by ${overflow} px; too small: ${small.join(', ')}`);
      });
    await page.setViewportSize(viewports.phone);
    for (const colorScheme of ['light', 'dark'])
      await this.shows(`${name}, ${colorScheme}, on a phone: axe finds nothing`, async () => {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(settled);
        const violations = await axe(page);
        if (violations.length > 0) throw new Error(violations.slice(0, 6).join('\n'));
      });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(before);
  }

  /** The theme of whoever asks for more contrast. */
  async standsSunlight(page, name, colorScheme) {
    await this.shows(`${name}, ${colorScheme}, in sunlight: every text at 7:1`, async () => {
      await page.emulateMedia({ contrast: 'more' });
      const violations = await axe(page, { only: 'sunlight' });
      await page.emulateMedia({ contrast: 'no-preference' });
      if (violations.length > 0) throw new Error(violations.slice(0, 6).join('\n'));
    });
  }

  /** Without a mouse: Tab reaches everything that can be done on a page, and shows where it is. */
  async walks(page, name) {
    await this.shows(`${name}: the keyboard reaches everything, and shows where it is`, async () => {
      await page.evaluate(beginWalk);
      let found = await page.evaluate(notWalked);
      for (let stop = 1; stop < stopsMax && found.left.length > 0; stop += 1) {
        await page.keyboard.press('Tab');
        if (stop % 20 === 0 || stop > found.all) found = await page.evaluate(notWalked);
        if (stop > 2 * found.all + 40) break;
      }
      if (found.left.length > 0) throw new Error(`not reached: ${found.left.slice(0, 8).join(', ')}`);
      if (found.ringless.length > 0) throw new Error(`no ring: ${found.ringless.slice(0, 8).join(', ')}`);
      return `${found.all} stops`;
    });
  }

  async draw(page, name, colorScheme) {
    for (const size of screenSizes) {
      await page.setViewportSize(viewports[size]);
      await page.screenshot({ path: join(this.screens, `${name}-${size}-${colorScheme}.png`) });
    }
    await page.setViewportSize(viewports.phone);
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await page.screenshot({ path: join(this.screens, `${name}-text200-${colorScheme}.png`) });
    await page.evaluate(() => (document.documentElement.style.fontSize = ''));
  }
}

/** How much longer everything takes on a machine that has other work: as many as want a processor share it. */
export const slowness = () => Math.max(1, loadavg()[0] / cpus().length);

export function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}
