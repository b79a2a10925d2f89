// cleared.mjs: a browser's storage cleared with unsent work in it: the next start says how much may be lost, and the office sees that a device
// was enrolled anew where another fell silent.
import { Phone } from '../lib/phone.mjs';
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

/** Runs in a page that carries nothing else: what a browser removes when it makes room, and what scripts wrote if that goes too. */
async function forget({ all }) {
  for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  const files = await navigator.storage.getDirectory();
  for await (const name of files.keys()) await files.removeEntry(name, { recursive: true });
  if (all) localStorage.clear();
}

/** A browser makes room among sites that nobody has open. */
async function clear(phone, what) {
  await phone.bare();
  // The app's worker, whose page was closed, may hold its files for a moment yet.
  await until('the storage to be cleared', () => phone.page.evaluate(forget, what).then(() => true, () => false));
  await phone.open();
  await phone.page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
}

/** Leaves a note that is not sent. */
async function writeNote(page) {
  await page.locator('.sync').click();
  await page.getByRole('button', { name: 'Pause sending' }).click();
  await page.getByRole('button', { name: 'Start sending again' }).waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  await page.locator('.sess-tap').first().click();
  await page.locator('.more').first().click();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByLabel('How did it go?').fill('Before the storage was cleared.');
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByText(/^Note on .*: saved here\.$/).waitFor();
  await until('the badge to count it', async () => /1 note to send/.test(await page.locator('.sync').innerText()));
  // client/browser/lost.ts: a moment after it is shown.
  await until('the count to be noted apart from the records', () => page.evaluate(() => /^\d+\.1\.\d+$/.test(localStorage.getItem('tutti-waits') ?? '')));
}

export async function cleared(stage) {
  const phone = new Phone(stage.demo, { folder: 'cleared', pin: '605137' });
  await phone.standBare();
  const office = await stage.officePage();
  const notice = () => phone.page.getByText('This browser’s storage was cleared.');
  const words = () => phone.page.locator('.notice.bad p', { has: notice() }).textContent();
  try {
    await phone.open();
    await phone.enter(phone.made('The phone before', 'S002').code);
    await phone.confirm();
    await phone.settle();
    await until('the day’s lessons', async () => (await phone.page.locator('.sess').count()) > 0);
    await writeNote(phone.page);
    await clear(phone, { all: false });
    await stage.sees('a browser that made room says at the next start that one note may be lost', async () => {
      await notice().waitFor();
      expect(/still had 1 note to send: that may be lost/.test(await words()), `it says "${await words()}"`);
      return words();
    });
    await stage.look(phone.page, 'cleared');
    await stage.shows('so does one that cleared what scripts wrote and kept the cookies', async () => {
      await clear(phone, { all: true });
      await notice().waitFor();
      return words();
    });
    const { page } = phone;
    await page.getByLabel('Code or link').fill(phone.made('The phone after', 'S002').code);
    await page.getByRole('button', { name: 'Enrol' }).click();
    await phone.digits();
    await phone.confirm();
    await phone.settle();
    await stage.shows('the office is told that one device fell silent when the other was enrolled', async () => {
      await office.goto(`${stage.officeUrl}/devices`);
      const row = office.getByRole('row', { name: /The phone before/ });
      await row.getByText(/Silent since “The phone after” was enrolled for the same person/).waitFor();
    });
    await stage.look(office, 'office-devices-replaced');
    await stage.shows('a device that was emptied on purpose says nothing of the kind', async () => {
      await page.getByRole('button', { name: 'Settings and help' }).click();
      await page.getByRole('button', { name: 'Empty this device' }).click();
      await page.getByRole('button', { name: 'Empty it', exact: true }).click();
      await page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
      expect((await notice().count()) === 0, await words().catch(() => ''));
    });
  } finally {
    await phone.end();
    await office.goto(`${stage.officeUrl}/today`);
  }
}
