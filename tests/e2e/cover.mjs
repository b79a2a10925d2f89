// cover.mjs: a tutor who stands in for a day, and loses sight when it is over, offline too; and a learner who left while a device was away.
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { until } from '../../deploy/demo/demo.mjs';
import { Phone } from '../lib/phone.mjs';
import { list, office, rowOf, shownName } from './lists.mjs';
import { expect } from './stage.mjs';

const pin = '605137';
const dayMs = 86_400_000;
const [standIn, tutor] = ['S011', 'S012'];

const dayOf = (time) => new Date(time).toLocaleDateString('en-CA', { timeZone: 'Europe/London' });
const today = () => dayOf(Date.now());
const marksOf = (stage, learner) => parseCsv(stage.demo.run('tutti-server', ['export', 'registers', '--csv', '--data', stage.demo.path('hub')])).filter((row) => `${row.first_name} ${row.last_name}`.trim() === learner && row.code !== '');

/** After a while without a hub a device tries it every few minutes only, unless its network tells it that it is back. */
const sent = (phone) => until('"All sent"', async () => {
  await phone.page.evaluate(() => window.dispatchEvent(new Event('online')));
  return /All sent/.test(await phone.badge());
});

async function open(phone, what) {
  await phone.page.goto(`${phone.url}#/today`);
  await phone.page.locator('.sess', { hasText: what }).first().locator('.sess-tap').click();
  await phone.page.locator('.r').first().waitFor();
}

async function markFirst(phone) {
  const row = phone.page.locator('.r.m-none').first();
  const learner = await row.locator('.nm b').textContent();
  await row.locator('.tap').click();
  await phone.page.locator('.r.m-P', { hasText: learner }).waitFor();
  return learner;
}

async function standsIn(stage, phone, activity) {
  const { page } = phone;
  await stage.shows('whoever stands in sees the session of the day', async () => {
    await until('the session', async () => (await page.locator('.sess', { hasText: activity.name }).count()) > 0);
  });
  await stage.demo.end('hub');
  await open(phone, activity.name);
  const address = page.url();
  const learner = await markFirst(phone);
  await stage.shows('the day after, offline, it is gone: from Today, from the search, and under its address', async () => {
    await phone.clockJumps(dayMs);
    await page.goto(`${phone.url}#/today`);
    await phone.unlock(); // nobody looked at it for a day
    await page.getByRole('heading', { name: /Still open from before/ }).waitFor();
    expect((await page.locator('.sess', { hasText: activity.name }).count()) === 0, 'Today still lists it');
    await page.goto(`${phone.url}#/find`);
    await page.getByRole('searchbox').or(page.getByLabel('Name')).first().fill(learner);
    await page.getByText(/Nobody/).first().waitFor();
    await page.goto(address);
    await page.getByText(/no longer\) assigned to/).waitFor();
    return (await page.locator('.notice.bad').first().innerText()).replace(/\s+/g, ' ');
  });
  await stage.look(page, 'cover-over');
  await stage.shows('what was written before is not gone: it is sent with the next line', async () => {
    await page.goto(`${phone.url}#/today`);
    await until('the badge to count it', async () => /1 register to send/.test(await phone.badge()));
    await stage.startHub();
    await sent(phone);
    expect(marksOf(stage, learner).some((row) => row.code === 'P'), 'the hub does not have it');
  });
}

/** Own sessions of the one who stands in: a learner of one of them leaves while the line is held. */
async function left(stage, phone, own) {
  const { page } = phone;
  await page.goto(`${phone.url}#/sync`);
  await page.getByRole('button', { name: 'Pause sending' }).click();
  await page.getByRole('button', { name: 'Start sending again' }).waitFor();
  await open(phone, own.name);
  const learner = await markFirst(phone);
  await page.locator('.r', { hasText: learner }).first().locator('.more').click();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByLabel('How did it go?').fill('Written without knowing that they had left.');
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByText(/^Note on .*: saved here\.$/).waitFor();
  const enrolled = new Set(list(stage, 'enrolments').filter((one) => one.activity_ref === own.ref).map((one) => one.learner_ref));
  const { ref } = list(stage, 'learners').find((one) => enrolled.has(one.ref) && shownName(one) === learner);
  office(stage, 'learners', rowOf(ref, null, { status: 'left' }));
  office(stage, 'enrolments', rowOf(ref, own.ref, { ends: today() }));
  stage.demo.import_sample();
  await stage.shows('marks and notes on a learner who left meanwhile are taken, not refused', async () => {
    await page.goto(`${phone.url}#/sync`);
    await page.getByRole('button', { name: 'Start sending again' }).click();
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
    const last = list(stage, 'learners').find((one) => one.ref === ref).last_name;
    await until('the mark at the hub', () => parseCsv(stage.demo.run('tutti-server', ['export', 'registers', '--csv', '--data', stage.demo.path('hub')])).some((row) => row.last_name === last && row.code === 'P'));
  });
  await stage.shows('the register keeps the mark, as that of somebody who has left: their name went from the device', async () => {
    await open(phone, own.name);
    await page.locator('.r.m-P', { hasText: 'A learner who has left' }).waitFor();
    expect((await page.locator('.r', { hasText: learner }).count()) === 0, 'the name is still there');
  });
  await stage.look(page, 'register-left');
  await stage.shows('that does not make them a learner again: the office’s list finds nothing to change', async () => {
    const again = stage.demo.import_sample();
    expect(again.new === 0 && again.changed === 0, `${again.new} new and ${again.changed} changed rows`);
  });
}

/** The first group that somebody has today. */
function sessionOf(stage, staff) {
  const groups = new Map(list(stage, 'activities').filter((one) => one.mode !== 'individual').map((one) => [one.ref, one]));
  const session = list(stage, 'timetable').find((one) => one.staff_ref === staff && one.date === today() && groups.has(one.activity_ref));
  return groups.get(session.activity_ref);
}

export async function cover(stage) {
  const [activity, own] = [sessionOf(stage, tutor), sessionOf(stage, standIn)];
  office(stage, 'grants', (lines) => [...lines, `"${standIn}","${activity.ref}","tutor","${today()}","${dayOf(Date.now() + dayMs)}"`]);
  stage.demo.import_sample();
  const phone = new Phone(stage.demo, { folder: 'cover', pin });
  await phone.standBare();
  try {
    await phone.open();
    await phone.enter(phone.made('Phone of who stands in', standIn).code);
    await phone.confirm();
    await phone.settle();
    await standsIn(stage, phone, activity);
    await left(stage, phone, own);
  } finally {
    await phone.end();
  }
}
