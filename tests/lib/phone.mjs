// phone.mjs: the field app on somebody's phone: a browser's profile of its own before a hub, enrolled and unlocked as a person does it.
import { readFileSync } from 'node:fs';
import { free_port as freePort } from '../../deploy/demo/demo.mjs';
import { glance, openProfile } from './chromium.mjs';
import { startFront } from './front.mjs';

/** On the page of a new device: the same PIN twice. */
export async function setPin(page, name, pin) {
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.getByLabel(`New PIN for ${name}`).fill(pin);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('The same PIN again').fill(pin);
  await page.getByRole('button', { name: 'Set this PIN' }).click();
}

export class Phone {
  /** `profile` is what openProfile takes beside the certificate. */
  constructor(demo, { folder = 'phone', pin, ...profile }) {
    this.demo = demo;
    this.pin = pin;
    this.folder = demo.path(folder);
    this.certificate = readFileSync(demo.path('certs/server.pem'));
    this.key = readFileSync(demo.path('certs/server.key'));
    this.options = profile;
  }
  /** Before the hub itself: its links name that address. */
  async standBare() {
    this.url = `https://localhost:${this.demo.port}/field/`;
    await this.start();
  }
  /** Behind a front that can change what it passes on. */
  async stand() {
    const port = await freePort();
    this.front = await startFront({ port, hubPort: this.demo.port, certificate: this.certificate, key: this.key });
    this.url = `https://localhost:${port}/field/`;
    await this.start();
  }
  async start() {
    this.profile = await openProfile(this.folder, { certificate: this.certificate, ...this.options });
    this.page = this.profile.page;
  }
  async open() {
    await this.page.goto(this.url);
  }
  /** A page of this origin that carries nothing else, in place of the one that is open. That is closed, not led on: on its way from the app to another
   * page Chromium's renderer dies now and then, with the core's worker and its files in it. */
  async bare() {
    const before = this.page;
    this.page = await this.profile.newPage();
    await before.close();
    await this.page.goto(`${this.url}icon-192.png`);
    this.page.errors.splice(0); // the browser's own page around a picture has styles that the policy refuses
  }
  /** A code that the office made for this phone, as `tutti-server enrol --json` tells it. */
  made(name, ...staff) {
    return JSON.parse(this.demo.run('tutti-server', ['enrol', '--data', this.demo.path('hub'), '--name', name, '--kind', 'phone', ...staff.flatMap((one) => ['--staff', one]), '--json']));
  }
  /** From the code to the six digits, which it gives. */
  async enter(code) {
    const { page } = this;
    await page.getByLabel('Code or link').fill(code);
    await page.getByRole('button', { name: 'Enrol' }).click();
    return this.digits();
  }
  async digits() {
    await this.page.getByRole('heading', { name: 'The same six digits?' }).waitFor();
    return (await this.page.locator('.digits').textContent()).trim();
  }
  async confirm() {
    await this.page.getByRole('button', { name: 'They are the same' }).click();
    await this.page.getByRole('heading', { name: 'Set the PINs' }).waitFor();
    [this.name] = await this.page.locator('.person b').allTextContents();
  }
  async settle() {
    const { page } = this;
    await setPin(page, this.name, this.pin);
    await page.getByRole('button', { name: new RegExp(`${this.name}.*PIN set`) }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await this.unlock();
  }
  /** What a locked device asks: which of several names, or at once the PIN of the only one. */
  asked(page = this.page) {
    return page.getByLabel('PIN', { exact: true }).or(page.getByRole('heading', { name: 'Who is this?' })).first();
  }
  /** The keypad of this phone's person. */
  async toPin(page = this.page) {
    await this.asked(page).waitFor();
    if (await page.getByRole('heading', { name: 'Who is this?' }).isVisible()) await page.getByRole('button', { name: new RegExp(this.name) }).click();
  }
  /** `lands` is what is there then. */
  async unlock(page = this.page, lands = page.getByRole('heading', { level: 1, name: 'Today' })) {
    await this.toPin(page);
    await page.getByLabel('PIN', { exact: true }).fill(this.pin);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await lands.waitFor();
  }
  /** Runs in the page and in the core's worker; it holds until the page is loaded anew. */
  async everywhere(change, ms) {
    await this.page.evaluate(change, ms);
    for (const worker of this.page.workers()) await worker.evaluate(change, ms);
  }
  /** Somebody sets the device's clock. */
  async clockJumps(ms) {
    await this.everywhere((by) => {
      const before = Date.now;
      Date.now = () => before() + by;
    }, ms);
  }
  /** Time goes by, for every clock there is. */
  async timePasses(ms) {
    await this.clockJumps(ms);
    await this.everywhere((by) => {
      const before = performance.now.bind(performance);
      performance.now = () => before() + by;
    }, ms);
  }
  /** The badge in one line. */
  async badge() {
    return (await this.page.locator('.sync').innerText()).replace(/\s+/g, ' ');
  }
  /** The whole build is in the cache: from here on it starts without the hub. */
  async cached() {
    await this.page.evaluate(() => navigator.serviceWorker.ready);
  }
  /** Chromium begins with what can wait, looking for a newer build among it, when a page in front has come to rest; or three minutes after its own
   * start, if that page lies behind another one by then. This waits for it, while the page is in front. */
  async rests() {
    await this.page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  }
  /** An act ends its phone on the way out of whatever failed: what it showed last is kept. */
  async end() {
    (this.demo.ended ??= []).push(await glance(this.page));
    await this.profile.kill();
    this.front?.stop();
  }
}
