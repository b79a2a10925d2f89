// fleet.mjs: the office enrols a phone with a code it makes itself, compares the digits, chooses who works on it, and revokes it with what that strands shown first.
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

async function enrolPhone(stage, page) {
  await page.getByRole('button', { name: 'Enrol a device' }).click();
  await page.getByLabel('What it is called').fill('Spare phone');
  await page.locator('.check').first().click();
  await stage.look(page, 'office-device-new');
  await page.getByRole('button', { name: 'Make a code' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await stage.look(page, 'office-device-code');
  const code = (await page.locator('.code-lines').textContent()).trim();
  const phone = await openPage(stage.browser, `${stage.officeUrl}/field/`, { viewport: viewports.phone });
  await phone.getByLabel('Code or link').fill(code);
  await phone.getByRole('button', { name: 'Enrol' }).click();
  await phone.getByRole('heading', { name: 'The same six digits?' }).waitFor();
  const shown = (await phone.locator('.digits').textContent()).replace(/\D/g, '');
  await phone.getByRole('button', { name: 'They are the same' }).click();
  await stage.sees('the office shows the six digits that the phone showed', async () => {
    await page.getByText('Does the device show these six digits?').waitFor();
    const here = (await page.locator('dialog .digits').textContent()).replace(/\D/g, '');
    expect(here === shown, `the office shows ${here}, the phone ${shown}`);
  });
  await stage.look(page, 'office-device-digits');
  await page.getByRole('button', { name: 'Yes, the same' }).click();
  await page.locator('tbody tr', { hasText: 'Spare phone' }).waitFor();
  return phone;
}

async function assign(stage, page) {
  await page.getByRole('button', { name: 'People of Spare phone' }).click();
  const sheet = page.getByRole('dialog', { name: 'Who works on Spare phone' });
  await sheet.locator('.check').nth(1).click();
  await stage.look(page, 'office-device-people');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await sheet.waitFor({ state: 'detached' });
  await stage.sees('who works on a device is changed from the office', async () => {
    const names = await page.locator('tbody tr', { hasText: 'Spare phone' }).locator('td').first().textContent();
    expect(names.split(',').length === 2, `it lists ${names}`);
  });
}

async function unlock(stage, page) {
  await page.getByRole('button', { name: 'Unlock Spare phone' }).click();
  await page.getByLabel('What the locked device shows').fill('7KQ2-M0XD');
  await stage.look(page, 'office-device-unlock');
  await page.getByRole('button', { name: 'Make the code to read out' }).click();
  await stage.sees('a code to read out on the telephone is made', async () => {
    expect(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/.test((await page.locator('dialog .digits').textContent()).trim()), 'it has another form');
  });
  await page.getByRole('button', { name: 'Close' }).click();
}

async function revoke(stage, page) {
  await page.getByRole('button', { name: 'Revoke Spare phone' }).click();
  const sheet = page.getByRole('dialog', { name: 'Revoke Spare phone' });
  await stage.shows('what revoking would strand is said before', async () => {
    await sheet.getByText(/would be stranded/).waitFor();
  });
  await stage.look(page, 'office-device-revoke');
  await sheet.getByRole('button', { name: 'Revoke it' }).click();
  await stage.shows('a revoked device is shown as one', async () => {
    await page.locator('tbody tr', { hasText: 'Spare phone' }).getByText('Revoked').waitFor();
  });
}

export async function fleet(stage) {
  const page = await stage.openOffice();
  await page.getByRole('link', { name: 'Devices' }).click();
  await page.locator('tbody tr', { hasText: 'Hall B kiosk' }).waitFor();
  const phone = await enrolPhone(stage, page);
  await assign(stage, page);
  await unlock(stage, page);
  await revoke(stage, page);
  await phone.context().close();
  await page.context().close();
}
