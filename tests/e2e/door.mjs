// door.mjs: the kiosk at the door: one's own name found by three letters, in and out, "not me", and a PIN to lead it away.
import { until } from '../../deploy/demo/demo.mjs';
import { idles } from './idle.mjs';
import { expect } from './stage.mjs';
import { counting } from './twice.mjs';

const namesMax = 5;

/** What the door calls somebody of two names: the first, and the initial. */
const atTheDoor = (name) => name.replace(/^(\S+) (\p{L})\S*$/u, '$1 $2');

/** A register with somebody unmarked whom the door can be told apart from everybody else on it. */
async function toGroup(stage, page) {
  const leader = await stage.toRegister(page);
  const everybody = (await page.locator('.r .nm b').allTextContents()).map(atTheDoor);
  const unmarked = await page.locator('.r.m-none .nm b').allTextContents();
  const player = unmarked.find((name) => atTheDoor(name) !== name && everybody.filter((one) => one === atTheDoor(name)).length === 1);
  return { leader, session: page.url(), player };
}

const letters = (name) => [...name.normalize('NFD').replace(/\p{M}/gu, '')].slice(0, 3).join('').toLowerCase();

async function find(page, text) {
  await page.getByLabel('Your first name').fill(text);
  await page.locator('.at-door .person').first().waitFor();
}

async function leave(stage, page, name, pin) {
  await page.getByRole('button', { name: 'Staff' }).click();
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.getByLabel('PIN', { exact: true }).fill(pin);
  await page.getByRole('button', { name: 'Unlock' }).click();
}

/** A child who taps twice is signed in once, and is not asked anything the second tap could answer. */
async function twice(stage, page, called, asked) {
  await stage.shows('a name tapped twice signs in once, and the thanks stay', async () => {
    const before = [asked('door.sign'), asked('door.undo')];
    await find(page, letters(called.split(' ')[0]));
    await page.locator('.at-door .person', { hasText: called }).first().dblclick();
    await page.locator('.door-done [role=status]').waitFor();
    await page.waitForTimeout(600);
    expect(await page.locator('.door-done [role=status]').isVisible(), 'the second tap led away');
    expect(asked('door.sign') === before[0] + 1 && asked('door.undo') === before[1], `it asked ${asked('door.sign') - before[0]} times, and took back ${asked('door.undo') - before[1]}`);
    await page.getByRole('button', { name: 'Not me' }).click();
    await page.getByLabel('Your first name').waitFor();
  });
}

async function signIn(stage, page, called) {
  const [first] = called.split(' ');
  await stage.sees('three letters give at most five names, first name and initial, and nothing else', async () => {
    await find(page, letters(first));
    const names = await page.locator('.at-door .person b').allTextContents();
    expect(names.length <= namesMax && names.every((name) => /^\S.* \p{L}$/u.test(name)), `it shows ${names.join(', ')}`);
    expect(names.includes(called), `${called} is not among ${names.join(', ')}`);
    return names.join(', ');
  });
  await stage.look(page, 'door-find');
  await stage.shows('a tap signs in, and says when and for what', async () => {
    await page.locator('.at-door .person', { hasText: called }).first().click();
    const words = await page.locator('.door-done [role=status]').innerText();
    expect(new RegExp(`Welcome, ${first} .*Signed in at \\d\\d:\\d\\d`, 's').test(words), `it says "${words}"`);
    return words.replace(/\s+/g, ' ');
  });
  await stage.look(page, 'door-done');
  await stage.shows('"not me" goes back to the start', async () => {
    await page.getByRole('button', { name: 'Not me' }).click();
    await page.getByLabel('Your first name').waitFor();
    expect((await page.getByLabel('Your first name').inputValue()) === '', 'the name stays');
  });
}

export async function door(stage) {
  const page = await stage.field();
  const asked = counting(page);
  const { leader, session, player } = await toGroup(stage, page);
  const called = atTheDoor(player);
  await page.goto(`${stage.kioskUrl}/#/settings`);
  await page.getByRole('button', { name: 'Start signing in at the door' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await stage.look(page, 'door');
  await stage.shows('an address typed by hand shows nothing but the door', async () => {
    await page.goto(session);
    await page.reload();
    await page.getByLabel('Your first name').waitFor();
    expect((await page.locator('.r').count()) === 0, 'there is a register');
  });
  await signIn(stage, page, called);
  await twice(stage, page, called, asked);
  await idles(stage);

  stage.demo.run('tutti-server', ['collection', '--data', stage.demo.path('hub'), 'own_way']);
  await stage.shows('where the hub’s rule allows it, one may sign out too', async () => {
    await until('the rule to reach the door', async () => {
      await find(page, letters(called.split(' ')[0]));
      await page.locator('.at-door .person', { hasText: called }).first().click();
      if (await page.getByRole('button', { name: 'I am going home' }).isVisible()) return true;
      await page.getByRole('button', { name: 'Done' }).or(page.getByRole('button', { name: 'I am going home' })).first().waitFor();
      if (await page.getByRole('button', { name: 'I am going home' }).isVisible()) return true;
      await page.getByRole('button', { name: 'Not me' }).click();
      return false;
    });
  });
  await stage.look(page, 'door-way');
  await page.getByRole('button', { name: 'I am coming in' }).click();
  await page.getByRole('button', { name: 'Done' }).click();

  await stage.shows('a power cut brings the door back after a PIN', async () => {
    await stage.demo.end('kiosk', 'SIGKILL');
    await stage.demo.start_kiosk();
    await page.getByRole('heading', { name: 'The door is closed' }).waitFor();
    await stage.unlock(page, leader);
    await page.getByLabel('Your first name').waitFor();
  });
  await stage.shows('a wrong PIN leaves the door open', async () => {
    await leave(stage, page, leader, '999997');
    await page.locator('#pin-word p').waitFor();
    await page.getByRole('button', { name: 'Choose another name' }).click();
  });
  await stage.look(page, 'door-staff');
  await page.getByRole('button', { name: 'Back to signing in' }).click();
  await stage.shows('the right PIN leaves it', async () => {
    await leave(stage, page, leader, stage.pins.get(leader));
    await page.getByLabel('PIN', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Staff' }).waitFor({ state: 'detached' });
  });
  await stage.shows('the register shows the arrival, and a tap confirms it', async () => {
    await page.goto(session);
    const row = page.locator('.r', { hasText: player }).first();
    await row.getByText(/Signed in at the door \d\d:\d\d/).waitFor();
    await page.getByRole('button', { name: 'Mark 1 here' }).waitFor();
    await stage.look(page, 'register-from-door');
    await row.locator('.tap').click();
    await until('the mark', async () => (await row.getAttribute('class')).includes('m-P'));
    return row.locator('.nm').innerText();
  });
  await stage.look(page, 'register-after-door');
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
