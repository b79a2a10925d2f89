// stories.mjs: a visitor nobody knows, names of every script, lessons that change places, and two leaders who mark one rehearsal, live.
import { readFileSync } from 'node:fs';
import { until } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { Phone } from '../lib/phone.mjs';
import { expect, slowness } from './stage.mjs';

const walkInSecondsMax = 20;
const names = ['Łucja Żółkiewska', 'שירה כהן', 'محمد الأمين', '王小明', 'ก้องภพ ใจดี', 'Zoe 🎻 Smith', `Wilhelmina ${'Anastasia-'.repeat(19)}`.slice(0, 200)];

const hubRows = (stage) => parseCsv(stage.demo.run('tutti-server', ['export', 'registers', '--csv', '--data', stage.demo.path('hub')]));

async function add(page, name) {
  await page.getByRole('button', { name: 'Find a name or add a visitor' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: `Add “${name}”` }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('.r .nm b', { hasText: name }).first().waitFor();
}

async function walkIns(stage, page) {
  const known = await page.locator('.r .nm b').first().textContent();
  const alike = `${known.slice(0, 3)}ella Newcomer`;
  await stage.shows('a visitor nobody knows is marked here in seconds; whom they look like is said and blocks nothing', async () => {
    const from = performance.now();
    await page.getByRole('button', { name: 'Find a name or add a visitor' }).click();
    await page.getByLabel('Name', { exact: true }).fill(alike);
    await page.getByText(/^Looks like .*: the office decides\.$/).waitFor();
    await page.getByRole('button', { name: `Add “${alike}”` }).click();
    await page.locator('.r.m-P', { hasText: alike }).waitFor();
    const seconds = (performance.now() - from) / 1000;
    expect(seconds < walkInSecondsMax * slowness(), `it took ${seconds.toFixed(1)} s`);
    return `${seconds.toFixed(1)} s by machine`;
  });
  await page.getByRole('button', { name: 'Find a name or add a visitor' }).click();
  await page.getByLabel('Name', { exact: true }).fill(alike.slice(0, 5));
  await page.getByRole('button', { name: `Add “${alike.slice(0, 5)}”` }).waitFor();
  await stage.look(page, 'register-walk-in');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await stage.shows('names of every script, with emoji or 200 characters long, stand on the register as they were typed', async () => {
    for (const name of names) await add(page, name);
    await page.reload();
    await page.locator('.r').first().waitFor();
    const held = await page.locator('.r .nm b').allTextContents();
    const lost = names.filter((name) => !held.includes(name));
    expect(lost.length === 0, `not as typed: ${lost.join(', ')}`);
  });
  await stage.look(page, 'register-names');
  await stage.shows('they reach the office byte for byte', async () => {
    // Another act may have had a visitor of such a name too.
    const arrived = () => {
      const there = new Set(hubRows(stage).filter((row) => row.code === 'P').map((row) => `${row.first_name} ${row.last_name}`.trim()));
      return names.every((name) => there.has(name));
    };
    await until('the visitors at the hub', arrived).catch(() => {
      throw new Error(`it has ${hubRows(stage).filter((row) => row.code === 'P').slice(-4).map((row) => JSON.stringify(row)).join(' ')}`);
    });
  });
  await stage.shows('undo takes the last visitor from the register', async () => {
    const count = await page.locator('.r').count();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await until('the row to go', async () => (await page.locator('.r').count()) === count - 1);
  });
}

/** Those that nobody has marked. */
const lessonsOf = (page) => page.locator('.sess', { has: page.locator('.solo').getByRole('button', { name: 'Here' }) });
const timeOf = (lesson) => lesson.locator('.when b').innerText();

async function swap(stage, page) {
  for (const name of stage.pins.keys()) {
    await stage.toNames(page);
    await stage.unlock(page, name);
    await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
    if ((await lessonsOf(page).count()) < 2) continue;
    await stage.hold(page, true);
    await page.goto(`${stage.kioskUrl}/#/today`);
    await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
    const [one, other] = [lessonsOf(page).nth(0), lessonsOf(page).nth(1)];
    const [who, whom] = [await one.locator('.what b').innerText(), await other.locator('.what b').innerText()];
    const [early, late] = [await timeOf(one), await timeOf(other)];
    await one.locator('.sess-tap').click();
    await page.getByRole('button', { name: 'Change the time' }).click();
    await page.getByRole('list', { name: 'Or swap its time with' }).getByRole('button').first().waitFor();
    await stage.look(page, 'register-move');
    await stage.shows('two lessons change times with no line, and Today shows them in their new order', async () => {
      await page.getByRole('list', { name: 'Or swap its time with' }).getByRole('button', { name: whom }).first().click();
      await page.getByText('The two change times. Saved here.').waitFor();
      await page.getByRole('button', { name: 'Back to today' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
      await until('the new times', async () => (await timeOf(page.locator('.sess', { hasText: who }).first())) === late && (await timeOf(page.locator('.sess', { hasText: whom }).first())) === early);
      return `${who} ${late}, ${whom} ${early}`;
    });
    await stage.hold(page, false);
    await stage.shows('the office takes the new times', async () => page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor());
    return;
  }
  await stage.shows('somebody has two lessons today', async () => expect(false, 'nobody has'));
}

/** A second device of the same leader, in the same rehearsal. */
async function twoLeaders(stage, page) {
  const leader = await stage.toRegister(page);
  const session = page.url().split('#')[1];
  const { ref } = parseCsv(readFileSync(stage.demo.path('sample/staff.csv'), 'utf8')).find((one) => one.name === leader);
  const phone = new Phone(stage.demo, { folder: 'second-desk', pin: '605137' });
  await phone.standBare();
  try {
    await phone.open();
    await phone.enter(phone.made('The second desk', ref).code);
    await phone.confirm();
    await phone.settle();
    await until('the rehearsal on the second device', async () => {
      await phone.page.goto(`${phone.url}#${session}`);
      return (await phone.page.locator('.r').count()) > 0;
    });
    const mark = (on, row) => on.locator('.r').nth(row).locator('.tap').click();
    await stage.shows('what one device marks, the other shows without a touch; their marks combine', async () => {
      await mark(page, 0);
      await mark(phone.page, 1);
      for (const on of [page, phone.page]) await until('both marks', async () => (await on.locator('.r.m-P').count()) === 2);
    });
    await stage.shows('late with a time after away is a correction: nobody has to decide', async () => {
      await mark(page, 2);
      await mark(page, 2);
      await until('away on the second device', async () => (await phone.page.locator('.r').nth(2).getAttribute('class')).includes('m-AU'));
      await phone.page.locator('.r').nth(2).locator('.more').click();
      await phone.page.getByRole('button', { name: 'Mark late' }).click();
      await until('late on the first', async () => (await page.locator('.r').nth(2).getAttribute('class')).includes('m-L'));
      expect((await page.getByText('Marked differently by two people').count()) === 0, 'it became a conflict');
    });
    await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' });
  } finally {
    await phone.end();
  }
}

export async function stories(stage) {
  const page = await stage.field();
  await twoLeaders(stage, page);
  await walkIns(stage, page);
  await swap(stage, page);
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
