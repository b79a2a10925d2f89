// codes.mjs: enrolment codes that do not do: mistyped, another hub's, used; and a PIN that was wrong too often, solved by a code on the telephone.
import { free_port as freePort, until } from '../../deploy/demo/demo.mjs';
import { setPin, Phone } from '../lib/phone.mjs';
import { expect } from './stage.mjs';

const pin = '605137';
const pinTries = 10;
const aloneName = 'The tutor’s own phone';
const hourMs = 3_600_000;

/** A code of a hub that this device has nothing to do with. */
async function foreignCode(demo) {
  const data = demo.path('otherham');
  const sample = demo.path('otherham-sample');
  demo.run('tutti-server', ['init', '--data', data, '--name', 'Otherham Music Hub', '--port', String(await freePort()), '--cert', demo.path('certs/server.pem'), '--key', demo.path('certs/server.key')]);
  demo.run('tutti-server', ['sample', '--seed', '1', '--learners', '200', '--weeks', '0', '--out', sample]);
  demo.run('tutti-server', ['import', '--data', data, '--apply', '--json', sample]);
  return JSON.parse(demo.run('tutti-server', ['enrol', '--data', data, '--name', 'Lost phone', '--kind', 'phone', '--staff', 'S001', '--json'])).code;
}

/** The last letter of a code is another one. */
function mistyped(code) {
  const last = code.at(-1);
  return code.slice(0, -1) + (last === 'A' ? 'B' : 'A');
}

async function refused(stage, page, what, code) {
  await stage.shows(`${what} is refused in words, and the device can be enrolled all the same`, async () => {
    await page.getByLabel('Code or link').fill(code);
    await page.getByRole('button', { name: 'Enrol', exact: true }).click();
    await page.locator('#code-word p').waitFor();
    const words = await page.locator('#code-word p').textContent();
    await page.getByRole('button', { name: 'Enrol', exact: true }).waitFor();
    expect(words.length > 20, `it says "${words}"`);
    return words;
  });
}

async function wrongCodes(stage, phone) {
  const { page } = phone;
  await phone.open();
  await page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
  const made = phone.made('The tutors’ phone', 'S009', 'S010').code;
  await refused(stage, page, 'a code with a letter mistyped', mistyped(made));
  await refused(stage, page, 'a code of another hub', await foreignCode(stage.demo));
  await stage.look(page, 'codes-foreign');
  await stage.shows('the right one is taken after them', async () => phone.enter(made));
  await phone.confirm();
  await phone.settle();
  return made;
}

async function usedCode(stage, made) {
  const second = new Phone(stage.demo, { folder: 'second-with-it', pin });
  await second.standBare();
  try {
    await second.open();
    await stage.shows('a code that was used on another device is refused in words, and asked for anew', async () => {
      await second.enter(made);
      await second.page.getByRole('button', { name: 'They are the same' }).click();
      await second.page.locator('#code-word p').waitFor();
      await second.page.getByLabel('Code or link').waitFor();
      const words = await second.page.locator('#code-word p').textContent();
      expect(/used/.test(words), `it says "${words}"`);
      return words;
    });
  } finally {
    await second.end();
  }
}

async function markOne(page) {
  await page.locator('.sess-tap').first().click();
  await page.locator('.r .tap').first().click();
  await page.locator('.r.m-P').first().waitFor();
}

/** A wrong PIN waits longer each time; nobody waits here: an hour goes by. */
async function spoilPin(phone) {
  const { page } = phone;
  await phone.toPin();
  for (let left = pinTries - 1; left >= 0; left -= 1) {
    await page.getByLabel('PIN', { exact: true }).fill('918273');
    await page.getByRole('button', { name: 'Unlock' }).click();
    const wanted = left > 0 ? new RegExp(`\\b${left} (try|tries) left`) : /is gone/;
    await until('the words after a wrong PIN', async () => wanted.test(await page.locator('#pin-word').innerText())).catch(async () => {
      throw new Error(`with ${left} tries left it says "${await page.locator('main').innerText()}"`);
    });
    if (left === 0) return page.locator('#pin-word p').textContent();
    await phone.timePasses(hourMs);
  }
  return '';
}

async function lock(phone) {
  const { page, url } = phone;
  await page.goto(`${url}#/today`);
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
}

async function forgotten(stage, phone) {
  const { page } = phone;
  await markOne(page);
  await lock(phone);
  await stage.shows('after ten wrong PINs it is gone, and the page says what to do', async () => spoilPin(phone));
  await page.getByRole('button', { name: 'Choose another name' }).click();
  await page.getByText('No PIN opens this device any more.').waitFor();
  await stage.look(page, 'unlock-gone');
  await stage.shows('what was marked is sent by the locked device', async () => {
    await until('"All sent"', async () => /All sent/.test(await phone.badge()));
  });
  await stage.shows('a new code, read out on the telephone, begins the device anew', async () => {
    await page.getByRole('button', { name: 'Enter the new code' }).click();
    await phone.enter(phone.made(aloneName, 'S009').code);
    await phone.confirm();
    await setPin(page, phone.name, pin);
    await page.getByRole('button', { name: new RegExp(`${phone.name}.*PIN set`) }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await phone.unlock();
  });
  await stage.shows('and the mark of before comes back from the office', async () => {
    await page.locator('.sess-tap').first().click();
    await page.locator('.r.m-P').first().waitFor();
  });
}

/** The device is one person's now: its way back is a code under the name, and that way alone is shown. */
async function forgottenAlone(stage, phone) {
  const { page } = phone;
  await lock(phone);
  await stage.shows('on the device of one person a PIN that is gone speaks of no colleague', async () => {
    const words = await spoilPin(phone);
    expect(!/colleague/.test(words), `it says "${words}"`);
    return words;
  });
  await page.locator('#lease-challenge').waitFor();
  await stage.look(page, 'unlock-gone-alone');
  await stage.shows('it shows one way back', async () => {
    const others = page.getByRole('button', { name: /Enter the new code|Choose another name/ });
    expect((await page.getByLabel('The code they read to you').count()) === 1 && (await others.count()) === 0, 'there is another way as well');
  });
  await stage.shows('and the office’s code by telephone lets the person choose a new PIN', async () => {
    await page.locator('#lease-challenge', { hasText: /^[0-9A-Z]{4}-[0-9A-Z]{4}$/ }).waitFor();
    const challenge = await page.locator('#lease-challenge').textContent();
    const said = stage.demo.run('tutti-server', ['devices', '--data', stage.demo.path('hub'), 'pin-code', aloneName, challenge]);
    await page.getByLabel('The code they read to you').fill(/[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(said)[0]);
    await page.getByRole('button', { name: 'Choose a new PIN' }).click();
    await phone.settle();
  });
}

export async function codes(stage) {
  const phone = new Phone(stage.demo, { folder: 'codes', pin });
  await phone.standBare();
  try {
    const made = await wrongCodes(stage, phone);
    await usedCode(stage, made);
    await forgotten(stage, phone);
    await forgottenAlone(stage, phone);
  } finally {
    await phone.end();
  }
}
