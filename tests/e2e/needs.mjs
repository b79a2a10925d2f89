// needs.mjs: the office writes what staff must know of a learner; the leader has it on the phone, with no line, on nobody's row, and it goes when it is ended.
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const words = 'Wheelchair user. Ring ahead for the ramp; leaves by the side door with one of us.';
const changed = 'Wheelchair user. The ramp is always out; leaves by the side door with one of us.';
const ofLesson = 'Hears with the left ear alone: sit to the left of her.';

const toKnow = /players? ha(s|ve) needs to know of/;

/** Of whoever stands first in the register that is open: name and id. */
async function firstPlayer(page) {
  const name = await page.locator('.r .nm b').first().textContent();
  const register = page.url();
  await page.locator('.more').first().click();
  await page.getByRole('button', { name: 'Open learner' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  const [id] = /[0-9a-f]{32}/.exec(new URL(page.url()).hash);
  await page.goto(register);
  await page.locator('.r').first().waitFor();
  return { name, id };
}

async function write(stage, office, { id, name }) {
  await office.goto(`${stage.officeUrl}/learners/${id}`);
  await office.getByRole('button', { name: 'Add a need' }).click();
  await office.getByLabel('Kind').selectOption({ label: 'Access' });
  await office.getByLabel('What staff must know, and do').fill(words);
  await stage.look(office, 'office-need-form');
  await office.getByRole('button', { name: 'Add it' }).click();
  await office.locator('.lines li', { hasText: words }).waitFor();
  await stage.look(office, 'office-needs');
  await stage.shows('the office changes what it wrote', async () => {
    await office.getByRole('button', { name: `Change Access: ${words}` }).click();
    await office.getByLabel('What staff must know, and do').fill(changed);
    await office.getByRole('button', { name: 'Save' }).click();
    await office.locator('.lines li', { hasText: changed }).waitFor();
    return name;
  });
}

async function reads(stage, page, name) {
  await stage.shows('with no line the register says at its head that there is something to know, and no row says what', async () => {
    await page.getByRole('button', { name: toKnow }).waitFor();
    const rows = await page.locator('.r').allTextContents();
    expect(rows.length > 0 && rows.every((text) => !text.includes('Wheelchair')), 'a row carries it');
  });
  await stage.look(page, 'needs-register');
  await page.getByRole('button', { name: toKnow }).click();
  await stage.sees('the list has everybody’s', async () => {
    const own = page.locator('dialog section', { hasText: name }).first();
    expect((await own.textContent()).includes(changed), await page.locator('dialog').textContent());
  });
  await stage.look(page, 'needs-list');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.locator('.more').first().click();
  await stage.sees('the sheet behind the three dots has that player’s', async () => expect(((await page.locator('dialog .needs').textContent()) ?? '').includes(changed), 'it has not'));
  await stage.look(page, 'needs-row');
  await page.getByRole('button', { name: 'Open learner' }).click();
  await stage.sees('so has the learner’s sheet', async () => expect(((await page.locator('.area-now .needs').textContent()) ?? '').includes(changed), 'it has not'));
  await stage.look(page, 'needs-learner');
}

/** Somebody with a lesson of one that is still to be marked, signed in on Today; null where nobody has one. */
async function lessonOfOne(stage, page) {
  for (const name of stage.pins.keys()) {
    await stage.toNames(page);
    await stage.unlock(page, name);
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    const { sessions } = await stage.demo.ask('today');
    const lesson = sessions.find((one) => one.solo && one.status === 'scheduled' && one.state !== 'closed');
    if (lesson) return lesson;
  }
  return null;
}

async function ofOne(stage, page, office) {
  const lesson = await lessonOfOne(stage, page);
  expect(lesson, 'nobody has a lesson of one to mark');
  const entry = page.locator('.sess').filter({ has: page.locator(`[data-to="${lesson.id}"]`) });
  await office.goto(`${stage.officeUrl}/learners/${lesson.solo}`);
  await office.getByRole('button', { name: 'Add a need' }).click();
  await office.getByLabel('Kind').selectOption({ label: 'Access' });
  await office.getByLabel('What staff must know, and do').fill(ofLesson);
  await office.getByRole('button', { name: 'Add it' }).click();
  await office.locator('.lines li', { hasText: ofLesson }).waitFor();
  await stage.shows('a lesson of one that is marked from Today says that there is something to know, and not what', async () => {
    await entry.getByText('Needs to know of').waitFor();
    expect(!(await page.locator('main').textContent()).includes(ofLesson), 'Today says what it is');
    return lesson.solo_name;
  });
  await stage.look(page, 'today-needs');
  await entry.locator('.sess-tap').click();
  await page.getByRole('button', { name: toKnow }).click();
  await stage.sees('opened, the lesson says what', async () => expect((await page.locator('dialog').textContent()).includes(ofLesson), 'it does not'));
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Back to today' }).click();
  await office.getByRole('button', { name: `End Access: ${ofLesson}` }).click();
  await office.getByRole('button', { name: 'End it' }).click();
  await stage.shows('ended by the office, the sign goes', () => entry.getByText('Needs to know of').waitFor({ state: 'detached' }));
}

export async function needs(stage) {
  const page = await stage.field();
  await stage.toRegister(page, /\d\d players, not started|\d\d here,/);
  const register = page.url();
  const player = await firstPlayer(page);
  const office = await stage.officePage();
  await write(stage, office, player);
  await page.getByRole('button', { name: toKnow }).click();
  await stage.sees('what the office wrote reaches the phone by itself', async () => expect((await page.locator('dialog').textContent()).includes(changed), 'it is not there'));
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await stage.hold(page, true);
  await page.goto(register);
  await page.locator('.r').first().waitFor();
  await reads(stage, page, player.name);
  await page.goto(register);
  const row = page.locator('.r').first();
  if (!/m-P|m-L/.test((await row.getAttribute('class')) ?? '')) await row.locator('.tap').click();
  await page.locator('.r.m-P, .r.m-L').first().waitFor();
  await page.getByRole('button', { name: 'Evacuation list' }).click();
  await stage.sees('who needs help to get out is on the evacuation list with it', async () => {
    const said = await page.locator('.evac .r', { hasText: player.name }).locator('.help').textContent();
    expect(said.includes(changed), `it says "${said}"`);
  });
  await stage.look(page, 'needs-evacuation');
  await stage.hold(page, false);
  await office.getByRole('button', { name: `End Access: ${changed}` }).click();
  await office.getByRole('button', { name: 'End it' }).click();
  await office.locator('.lines li', { hasText: changed }).waitFor({ state: 'detached' });
  await stage.shows('what the office ends is gone from the phone', async () => {
    await page.goto(register);
    await page.locator('.r').first().waitFor();
    await page.locator('.more').first().click();
    await page.getByRole('button', { name: 'Open learner' }).click();
    await until('it to go', async () => !(await page.locator('main').textContent()).includes(changed));
  });
  await ofOne(stage, page, office);
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
