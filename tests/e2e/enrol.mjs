// enrol.mjs: a new kiosk, from the typed code to the first PIN; and what is said to a wrong code and a wrong PIN.
import { until } from '../../deploy/demo/demo.mjs';
import { setPin } from '../lib/phone.mjs';
import { expect } from './stage.mjs';

const orchestra = 70;
const pins = ['274916', '830275'];

export async function enrol(stage) {
  const page = await stage.field();
  await page.getByRole('heading', { name: 'Enrol this device' }).waitFor();
  await stage.look(page, 'enrol-code');
  await stage.shows('a wrong code is refused in words', async () => {
    await page.getByLabel('Code or link').fill('not a code');
    await page.getByRole('button', { name: 'Enrol' }).click();
    const words = await page.locator('#code-word p').textContent();
    expect(words.length > 20, `it says "${words}"`);
    return words;
  });
  const made = JSON.parse(stage.demo.run('tutti-server', ['enrol', '--data', stage.demo.path('hub'), '--name', 'Hall B kiosk', '--kind', 'kiosk', '--staff', 'S001', '--staff', 'S002', '--json']));
  await stage.shows('the typed code brings six digits', async () => {
    await page.getByLabel('Code or link').fill(made.code);
    await page.getByRole('button', { name: 'Enrol' }).click();
    await page.getByRole('heading', { name: 'The same six digits?' }).waitFor();
    expect(/^\d{6}$/.test((await page.locator('.digits').textContent()).trim()), 'there are not six digits');
  });
  await stage.look(page, 'enrol-digits');
  await page.getByRole('button', { name: 'They are the same' }).click();
  await page.getByRole('heading', { name: 'Set the PINs' }).waitFor();
  await stage.look(page, 'enrol-pins');
  const names = await page.locator('.person b').allTextContents();
  expect(names.length === 2, `the kiosk lists ${names.length} people, not two`);
  await stage.shows('a PIN that anybody would guess is refused in words', async () => {
    await setPin(page, names[0], '111111');
    const words = await page.locator('#set-pin-word p').textContent();
    expect(words.length > 10, `it says "${words}"`);
    await page.getByRole('button', { name: 'Back to the names' }).click();
    return words;
  });
  for (const [index, name] of names.entries()) {
    await setPin(page, name, pins[index]);
    await page.getByRole('button', { name: new RegExp(`${name}.*PIN set`) }).waitFor();
    stage.pins.set(name, pins[index]);
  }
  await page.getByRole('button', { name: 'Done' }).click();
  await lockScreen(stage, page, names);
}

async function lockScreen(stage, page, names) {
  // After the setup somebody may still be in: the lock is what comes next.
  const today = page.getByRole('heading', { level: 1, name: 'Today' });
  const who = page.getByRole('heading', { name: 'Who is this?' });
  await today.or(who).first().waitFor();
  if (await today.isVisible()) await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await who.waitFor();
  await stage.look(page, 'unlock-names');
  await stage.shows('a wrong PIN says so, and how many tries are left', async () => {
    await page.getByRole('button', { name: new RegExp(names[0]) }).click();
    await page.getByLabel('PIN', { exact: true }).fill('999998');
    await page.getByRole('button', { name: 'Unlock' }).click();
    const words = await page.locator('#pin-word p').textContent();
    expect(/not right/.test(words) && /9 tries left/.test(words), `it says "${words}"`);
    return words;
  });
  await stage.look(page, 'unlock-pin');
  await stage.shows('the right PIN, typed on the big keys, opens Today', async () => {
    const keypad = page.getByRole('group', { name: 'Keypad' });
    for (const digit of stage.pins.get(names[0])) await keypad.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: 'Unlock' }).click();
    await today.waitFor();
  });
  await lessonsCome(stage, names[0]);
}

/** What the acts after this one count on is on the device: of both people's lessons the orchestra's comes last, whole. */
async function lessonsCome(stage, first) {
  const { staff } = await stage.demo.ask('device.status');
  const signIn = ({ id, name }) => stage.demo.ask('unlock', { staff: id, pin: stage.pins.get(name) });
  await until('today’s lessons of both people', async () => {
    for (const person of staff) {
      await signIn(person);
      if ((await stage.demo.ask('today')).sessions.some((one) => one.totals.of === orchestra)) return true;
    }
    return false;
  });
  await signIn(staff.find((one) => one.name === first));
}
