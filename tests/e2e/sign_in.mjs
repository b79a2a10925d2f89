// sign_in.mjs: the second step of signing in, recovery, a sign-in that ends in the middle of a form, people, accounts, keys, the audit.
import { createHmac } from 'node:crypto';
import { openPage, viewports } from '../lib/chromium.mjs';
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

/** An app shows a code for so long. */
const stepOf = (at) => Math.floor(at / 30_000);

/** RFC 6238 once more, so that the hub's codes are checked by something that shares nothing with them. */
function totp(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(stepOf(at)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function fillIn(page, name, password) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function setUp(stage, page, state) {
  await page.getByRole('link', { name: /Your sign-in/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Your sign-in' }).waitFor();
  await stage.look(page, 'office-account');
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await stage.look(page, 'office-second-step');
  state.secret = (await page.locator('dialog b.typed').textContent()).replaceAll(' ', '');
  await stage.shows('a code of another moment is refused in words, and what was typed stays', async () => {
    await page.getByLabel('The six digits').fill(totp(state.secret, Date.now() - 3_600_000));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    const words = await page.locator('dialog .notice.bad p').textContent();
    expect(words.length > 20, `it says "${words}"`);
    return words;
  });
  await stage.shows('the app’s code turns it on, and ten recovery codes are shown once', async () => {
    state.used = Date.now();
    await page.getByLabel('The six digits').fill(totp(state.secret, state.used));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('list', { name: 'Recovery codes' }).waitFor();
    state.codes = await page.locator('.codes li').allTextContents();
    expect(state.codes.length === 10, `there are ${state.codes.length}`);
  });
  await stage.look(page, 'office-recovery-codes');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes left').waitFor();
}

async function comeBack(stage, page, state) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await stage.shows('the password alone asks for the code, and the code used before is refused', async () => {
    await fillIn(page, 'admin', state.password);
    await page.getByLabel('Code from your authenticator app').fill(totp(state.secret, state.used));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/used already/).waitFor();
  });
  await stage.look(page, 'office-sign-in-code');
  await stage.shows('the next code lets in', async () => {
    await until('the app to show another code', () => stepOf(Date.now()) > stepOf(state.used));
    await page.getByLabel('Code from your authenticator app').fill(totp(state.secret));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  });
}

/** Somebody types for a while, the sign-in ends, and nothing of it is lost. */
async function endInMidForm(stage, page, state) {
  await page.goto(`${stage.officeUrl}/accounts`);
  await page.getByRole('button', { name: 'Add an account' }).click();
  await page.getByLabel('Name to sign in with').fill('partner of the sample hub');
  await page.getByLabel('First password').fill('a first long password');
  await page.getByLabel(/^Office/).uncheck();
  await page.getByLabel(/^Hub lead/).check();
  await stage.look(page, 'office-account-add');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.waitFor();
  await stage.look(page, 'office-sign-in-again');
  await stage.shows('a sign-in that ends in mid-form is renewed above it, and the form goes on by itself', async () => {
    await again.getByLabel('Name').fill('admin');
    await again.getByLabel('Password').fill(state.password);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.getByLabel('Code from your authenticator app').fill(state.codes[0]);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'partner of the sample hub' }).waitFor();
  });
  await stage.look(page, 'office-accounts');
  await stage.readsOnPhone(page, 'office-accounts', ['Roles', 'Second step', 'Last sign-in']);
}

async function keys(stage, page) {
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('What it is for').fill('nightly figures');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.locator('.key-text').textContent();
  await stage.look(page, 'office-key');
  await page.getByRole('button', { name: 'Close' }).click();
  const ask = (path) => page.request.get(`${stage.officeUrl}${path}`, { headers: { authorization: `Bearer ${key}`, cookie: '' } });
  await stage.shows('a script asks with its key, within its role', async () => {
    expect((await ask('/api/today')).status() === 200, 'the day is refused');
    expect((await ask('/api/work')).status() === 403, 'rows are not refused');
  });
  await stage.shows('the interface describes itself', async () => {
    const { paths } = await (await ask('/api')).json();
    expect(Object.keys(paths).length > 40, `it names ${Object.keys(paths).length} addresses`);
  });
  await page.getByRole('listitem').filter({ hasText: 'nightly figures' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('nightly figures').waitFor({ state: 'detached' });
  await stage.shows('a revoked key is refused at once', async () => {
    expect((await ask('/api/today')).status() === 401, 'it still works');
  });
}

async function staff(stage, page) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Staff' }).click();
  await page.locator('tbody tr').first().waitFor();
  await stage.look(page, 'office-staff');
  await stage.readsOnPhone(page, 'office-staff', ['Roles', 'Activities']);
  await page.getByRole('button', { name: 'Add somebody' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Ut Queant');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Ut Queant' });
  await sheet.getByText('Grant an activity, or cover with dates').click();
  await sheet.locator('.check').first().click();
  await sheet.getByLabel('Until, for cover').fill('2099-07-20');
  await sheet.getByRole('button', { name: 'Grant as cover' }).click();
  await stage.shows('somebody new gets cover with its dates', async () => {
    await sheet.getByText(/until .*20 Jul/).waitFor();
  });
  await stage.look(page, 'office-staff-member');
  await stage.shows('a grant is ended by two presses, and a double click is one', async () => {
    await sheet.getByRole('button', { name: /^End / }).first().dblclick();
    await sheet.getByRole('button', { name: /^Yes, end it/ }).waitFor();
    expect((await sheet.getByText(/until .*20 Jul/).count()) === 1, 'it is ended');
  });
  await stage.shows('the question is not left armed: whoever goes on, or presses Escape, has not answered it', async () => {
    const grant = sheet.locator('.grants button').first();
    await grant.press('Escape');
    await sheet.getByRole('button', { name: /^End / }).first().waitFor();
    await grant.press('Enter');
    await sheet.getByRole('button', { name: /^Yes, end it/ }).waitFor();
    await page.keyboard.press('Tab');
    await sheet.getByRole('button', { name: /^End / }).first().waitFor();
  });
  await stage.shows('whoever has left holds no grant any more', async () => {
    await sheet.getByText('Ut Queant has left').click();
    await sheet.getByRole('button', { name: 'End from today' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.locator('tbody tr', { hasText: 'Ut Queant' }).getByText('Left').waitFor();
  });
}

async function audit(stage, page) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click();
  await page.locator('tbody tr').first().waitFor();
  await page.getByText(/follows? from the one before it/).waitFor();
  await stage.look(page, 'office-audit');
  await stage.readsOnPhone(page, 'office-audit', ['Who', 'About', 'From']);
  await stage.shows('the audit names who did what, from which address, and narrows to one kind', async () => {
    await page.getByLabel('Kind').selectOption('signing-in');
    await page.locator('tbody tr', { hasText: 'Set up the second step' }).waitFor();
    await page.locator('tbody tr', { hasText: 'Added a member of staff' }).first().waitFor({ state: 'detached' });
    expect(/127\.0\.0\.1|::1/.test(await page.locator('tbody tr').first().textContent()), 'no address is shown');
  });
  await stage.shows('an extract comes as a file', async () => {
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Extract as CSV' }).click();
    expect((await coming).suggestedFilename() === 'audit.csv', 'the file has another name');
  });
}

/** A second hub on this machine: what opens one is worth nothing at the other. */
async function otherHub(stage, page, state) {
  const { Demo, free_port: freePort } = await import('../../deploy/demo/demo.mjs');
  const other = new Demo({ data: stage.demo.path('other'), port: await freePort(), kiosk_port: 0, learners: 300, seed: 2, quiet: true, second_step: 'required' });
  other.make_hub();
  await other.start_hub();
  const there = `https://localhost:${other.port}`;
  await stage.shows('a cookie of one hub opens nothing at another on the same machine', async () => {
    expect((await page.request.get(`${stage.officeUrl}/api/me`)).status() === 200, 'it is not even signed in here');
    expect((await page.request.get(`${there}/api/me`)).status() === 401, 'the other hub takes it');
  });
  await stage.shows('a device of one hub is turned away by another', async () => {
    const file = stage.demo.path('for-the-other.tutti');
    stage.demo.run('tutti', ['export', '--port', String(stage.demo.kiosk_port), file]);
    try {
      other.run('tutti-server', ['import-bundle', '--data', other.path('hub'), file]);
    } catch (error) {
      expect(/another hub/.test(error.message), `it says "${error.message}"`);
      return error.message;
    }
    throw new Error('the other hub took its work');
  });
  const strict = await openPage(stage.browser, there, { viewport: viewports.desktop });
  await fillIn(strict, 'office', other.secrets().office);
  await stage.shows('where the second step is required, nothing is seen before it is set up', async () => {
    await strict.getByRole('heading', { name: 'One more step' }).waitFor();
    await strict.getByRole('img', { name: /QR code/ }).waitFor();
    const secret = (await strict.locator('b.typed').textContent()).replaceAll(' ', '');
    expect((await strict.request.get(`${there}/api/today`)).status() === 403, 'the day is shown');
    await strict.getByLabel('The six digits').fill(totp(secret));
    await strict.getByRole('button', { name: 'Turn it on' }).click();
    await strict.getByRole('button', { name: 'I have kept them' }).click();
    await strict.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  });
  await strict.context().close();
  await other.stop();
}

export async function signin(stage) {
  const state = { password: stage.demo.secrets().admin };
  const page = await openPage(stage.browser, stage.officeUrl, { viewport: viewports.desktop, acceptDownloads: true });
  await fillIn(page, 'admin', state.password);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  await setUp(stage, page, state);
  await comeBack(stage, page, state);
  await endInMidForm(stage, page, state);
  await keys(stage, page);
  await staff(stage, page);
  await audit(stage, page);
  await otherHub(stage, page, state);
  await page.context().close();
}
