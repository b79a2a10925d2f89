// settings.mjs: settings and help: read with no line, and a device that does not empty itself while the office lacks something.
import { expect } from './stage.mjs';

const phrase = 'Vier Hörner im Nebel';

/** On the sheet that asks for it twice. */
async function change(page, secret, words) {
  await page.goto(page.url().replace(/#.*/, '#/settings'));
  await page.getByRole('button', { name: 'Change my PIN' }).click();
  if (words) await page.getByRole('button', { name: 'Passphrase' }).click();
  await page.getByLabel(words ? /^New passphrase for/ : /^New PIN for/).fill(secret);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel(words ? 'The same passphrase again' : 'The same PIN again').fill(secret);
  await page.getByRole('button', { name: 'Set this PIN' }).click();
  await page.getByText(/^The PIN of .* is set\.$/).waitFor();
}

async function passphrase(stage, page) {
  const name = [...stage.pins.keys()].at(-1);
  await stage.toNames(page);
  await stage.unlock(page, name);
  await stage.shows('a passphrase of a few words does in place of a PIN: typed twice, and at the lock', async () => {
    await change(page, phrase, true);
    await stage.toNames(page);
    await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.getByRole('button', { name: 'Passphrase' }).click();
    await page.getByLabel('Passphrase', { exact: true }).fill(phrase);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  });
  await stage.shows('and the PIN of before is set again', async () => change(page, stage.pins.get(name), false));
}

async function toSettings(stage, page) {
  await stage.toToday(page);
  await page.getByRole('button', { name: 'Settings and help' }).click();
  await page.getByRole('heading', { level: 1, name: 'Settings and help' }).waitFor();
}

export async function settings(stage) {
  const page = await stage.field();
  await toSettings(stage, page);
  await stage.shows('help answers with no line', async () => {
    await page.getByText('Fire: who is in the building?').click();
    await page.getByText(/Tick people off as you see them/).waitFor();
  });
  await stage.look(page, 'settings');
  await stage.shows('one’s own PIN is changed here, and one that anybody would guess is not taken', async () => {
    await page.getByRole('button', { name: 'Change my PIN' }).click();
    await page.getByLabel(/^New PIN/).fill('123456');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('The same PIN again').fill('123456');
    await page.getByRole('button', { name: 'Set this PIN' }).click();
    const words = await page.locator('#set-pin-word p').textContent();
    expect(words.length > 10, `it says "${words}"`);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
  });
  await passphrase(stage, page);
  await stage.shows('emptying the device asks first, and says what the office still lacks', async () => {
    await stage.hold(page, true);
    await stage.writeNote(page, 'Not sent yet.');
    await page.goto(`${stage.kioskUrl}/#/settings`);
    await page.getByRole('button', { name: 'Empty this device' }).click();
    await page.getByRole('button', { name: 'Empty it', exact: true }).click();
    await page.getByText(/(has|have) not reached the office/).waitFor();
  });
  await stage.look(page, 'settings-empty');
  await stage.shows('nothing of it was removed', async () => {
    await page.getByRole('button', { name: 'Keep everything' }).click();
    await page.locator('.sync').click();
    await page.getByRole('button', { name: 'Start sending again' }).click();
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
  });
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
