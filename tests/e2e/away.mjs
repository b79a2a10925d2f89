// away.mjs: a device that was too long without the office closes, and a code by telephone opens it; a revoked one empties itself. The
// last act: nothing is left to sign in to.
import { expect } from './stage.mjs';

const kiosk = 'Hall B kiosk';

async function toLock(stage, page) {
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.reload();
  const lock = page.getByRole('button', { name: 'Lock', exact: true });
  const who = page.getByRole('heading', { name: 'Who is this?' });
  await lock.or(who).first().waitFor();
  if (await lock.isVisible()) await lock.click();
  await who.waitFor();
}

/** An order is heard with the next session: the line is closed, if no act before this one has done so, and opened. */
async function comeAgain(stage, page) {
  await page.goto(`${stage.kioskUrl}/#/sync`);
  const again = page.getByRole('button', { name: 'Start sending again' });
  const pause = page.getByRole('button', { name: 'Pause sending' });
  await again.or(pause).first().waitFor();
  if (await pause.isVisible()) await pause.click();
  await again.click();
  await pause.waitFor();
  await page.goto(`${stage.kioskUrl}/#/today`);
}

export async function away(stage) {
  const page = await stage.field();
  const devices = (...words) => stage.demo.run('tutti-server', ['devices', '--data', stage.demo.path('hub'), ...words]);
  await toLock(stage, page);
  devices('lease', kiosk, '--days', '4');
  await comeAgain(stage, page);
  await stage.shows('a device with few days left says so before anybody is locked out', async () => {
    await page.getByText('It opens for 4 more school days').waitFor();
  });
  await stage.look(page, 'unlock-lease');
  devices('lease', kiosk, '--days', '0');
  await comeAgain(stage, page);
  const challenge = page.locator('#lease-challenge');
  await stage.shows('without any it stays closed, and says that nothing is lost and what to do', async () => {
    await page.getByText('Everything marked is safe and can still be sent').waitFor();
    await page.locator('#lease-challenge', { hasText: /^[0-9A-Z]{4}-[0-9A-Z]{4}$/ }).waitFor();
  });
  await stage.look(page, 'unlock-closed');
  const code = page.getByLabel('The code they read to you');
  const open = page.getByRole('button', { name: 'Open this device' });
  await stage.shows('a wrong code is refused in words', async () => {
    await code.fill('AAAAA-AAAAA');
    await open.click();
    await page.locator('#lease-word', { hasText: /\w/ }).waitFor();
    return page.locator('#lease-word').textContent();
  });
  await stage.shows('the code the office reads opens it', async () => {
    const said = devices('lease-code', kiosk, await challenge.textContent(), '--days', '20');
    const [digits] = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(said) ?? [];
    expect(digits, `the office is told "${said}"`);
    await code.fill(digits.toLowerCase());
    await open.click();
    await page.locator('.person').first().waitFor();
  });
  devices('revoke', kiosk);
  await stage.sees('a revoked device hands everything over, empties itself and says so', async () => {
    await page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
    const words = await page.locator('.notice.bad p').first().textContent();
    expect(words.length > 20, `it says "${words}"`);
    return words;
  });
  await stage.look(page, 'revoked');
}
