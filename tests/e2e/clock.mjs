// clock.mjs: a device whose clock says 2099, and one on which a day goes by without the office: nothing is refused, nothing wins for ever, and
// yesterday's register says that it is yesterday's.
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { until } from '../../deploy/demo/demo.mjs';
import { Phone } from '../lib/phone.mjs';
import { expect } from './stage.mjs';

const pin = '605137';
const dayMs = 86_400_000;
const yearsMs = Date.UTC(2099, 5, 1) - Date.UTC(2026, 5, 1);

const codeOf = (stage, name) => parseCsv(stage.demo.run('tutti-server', ['export', 'registers', '--csv', '--data', stage.demo.path('hub')])).filter((row) => `${row.first_name} ${row.last_name}`.trim() === name && row.code !== '').map((row) => row.code);

async function enrolled(stage, folder, staff) {
  const phone = new Phone(stage.demo, { folder, pin });
  await phone.standBare();
  await phone.open();
  await phone.enter(phone.made(`Phone of ${staff}, ${folder}`, staff).code);
  await phone.confirm();
  await phone.settle();
  await until('the day’s sessions', async () => (await phone.page.locator('.sess').count()) > 0);
  return phone;
}

/** The first group: a lesson of one closes itself with its mark. */
async function openFirst(phone) {
  await phone.page.goto(`${phone.url}#/today`);
  await phone.page.locator('.sess', { hasText: /players, not started|\d marked/ }).first().locator('.sess-tap').click();
  await phone.page.locator('.r').first().waitFor();
  return phone.page.locator('.r .nm b').first().textContent();
}

const row = (phone) => phone.page.locator('.r').first();
const tap = (phone) => row(phone).locator('.tap').click();
const says = (phone, code) => until(`${code} on the device`, async () => (await row(phone).getAttribute('class')).includes(`m-${code}`));
const sent = (phone) => until('"All sent"', async () => /All sent/.test(await phone.badge()));

/** Set while the line is up: the hub is asked for the time, and whoever was signed in signs in again. */
async function to2099(stage, phone) {
  await stage.shows('a clock that is set to 2099 under an open line is put right by the office at once', async () => {
    await phone.clockJumps(yearsMs);
    await phone.page.locator('.sync').click(); // the next tap, whatever it is
    await phone.page.goto(`${phone.url}#/today`);
    await phone.asked().waitFor();
    await phone.unlock();
    await until('today’s sessions', async () => (await phone.page.locator('.sess').count()) > 0);
    expect(!/2099/.test(await phone.page.locator('main').innerText()), 'Today is in 2099');
  });
  await phone.page.locator('.sync').click();
  await stage.shows('Sync says how far the clock is off, and that nothing is wrong for it', async () => {
    const words = await phone.page.locator('.notice', { hasText: 'clock' }).innerText();
    expect(/73 years ahead/.test(words), `it says "${words}"`);
    return words.replace(/\s+/g, ' ');
  });
  await stage.look(phone.page, 'sync-clock');
}

async function nothingWins(stage, phone, other) {
  const learner = await openFirst(phone);
  await openFirst(other);
  await stage.shows('a mark made by it is taken, and shown for today', async () => {
    await tap(phone);
    await says(phone, 'P');
    await sent(phone);
    await says(other, 'P');
    expect(codeOf(stage, learner).includes('P'), `the hub has ${codeOf(stage, learner)}`);
  });
  await stage.shows('what a device with a right clock marks after it wins', async () => {
    await tap(other);
    await says(other, 'AU');
    await sent(other);
    await says(phone, 'AU');
    await until('away at the hub', () => codeOf(stage, learner).includes('AU'));
    expect((await other.page.getByText('Marked differently by two people').count()) === 0, 'somebody is to decide');
  });
  await tap(other); // told us, and then unmarked: as it was
}

async function board(stage) {
  const office = await stage.officePage();
  await office.goto(`${stage.officeUrl}/today`);
  await stage.shows('the office’s board names the device and how far its clock is off', async () => {
    await office.getByRole('button', { name: /Clocks off/ }).click();
    const line = office.locator('tr', { hasText: '73 years ahead' });
    await line.waitFor();
    return line.locator('th').innerText();
  });
  await stage.look(office, 'office-clock');
}

/** Far from the office, with a clock that ran ahead, it closes: no PIN opens it, and the words say what may be wrong. */
async function closedBy2099(stage, phone) {
  await stage.demo.end('hub');
  await stage.shows('set to 2099 without a line it closes, and names the clock', async () => {
    await phone.clockJumps(yearsMs);
    await phone.page.goto(`${phone.url}#/today`);
    await phone.page.getByRole('heading', { name: 'This device is closed' }).waitFor();
    const words = await phone.page.locator('main').innerText();
    expect(/2099: if that is not today, set the clock/.test(words), `it says "${words}"`);
  });
  await stage.look(phone.page, 'unlock-2099');
  await stage.shows('set right it opens, with no line', async () => {
    await phone.clockJumps(-yearsMs);
    await phone.page.goto(`${phone.url}#/sync`);
    await phone.page.goto(`${phone.url}#/today`);
    await phone.unlock();
  });
  await phone.clockJumps(yearsMs);
  await phone.page.goto(`${phone.url}#/sync`);
  await phone.page.goto(`${phone.url}#/today`);
  await phone.page.getByRole('heading', { name: 'This device is closed' }).waitFor();
  await stage.startHub();
  await stage.shows('the first contact opens it again', async () => {
    await phone.page.locator('.sync').click();
    await phone.page.getByRole('button', { name: 'Send now' }).click();
    await phone.page.goto(`${phone.url}#/today`);
    await phone.unlock();
  });
}

/** A day goes by without the office: today's open registers are yesterday's then. */
async function yesterday(stage, phone) {
  await openFirst(phone);
  const session = phone.page.url();
  await tap(phone);
  await sent(phone);
  await stage.demo.end('hub');
  await phone.clockJumps(dayMs);
  await phone.page.goto(`${phone.url}#/today`);
  await phone.unlock(); // nobody looked at it for a day
  await stage.shows('the day after, a register left open stands under “Still open from before”, with its date', async () => {
    await phone.page.getByRole('heading', { name: /Still open from before/ }).waitFor();
  });
  await stage.look(phone.page, 'today-before');
  await stage.shows('opened, it says whose day it is, and offers the session’s own times', async () => {
    await phone.page.goto(session);
    await phone.page.getByText(/This is the register of .*, not today’s\./).waitFor();
    const starts = /(\d\d:\d\d) to/.exec(await phone.page.locator('header .ttl p').innerText())[1];
    await phone.page.locator('.more').first().click();
    const offered = await phone.page.getByLabel('Arrived at', { exact: true }).inputValue();
    expect(offered === starts, `it offers ${offered} for a session from ${starts}`);
    await phone.page.getByRole('button', { name: 'Close', exact: true }).click();
  });
  await stage.look(phone.page, 'register-before');
  await stage.shows('whom to ring is told on the day alone', async () => {
    const id = session.split('/').at(-1);
    await phone.page.goto(`${phone.url}#/absences/${id}`);
    const words = await phone.page.locator('.notice.bad').first().innerText();
    expect(/on the day of the session only/.test(words), `it says "${words}"`);
    return words.replace(/\s+/g, ' ');
  });
  await stage.shows('an address of no session here says so', async () => {
    await phone.page.goto(`${phone.url}#/register/${'0'.repeat(31)}7`);
    const words = await phone.page.locator('.notice.bad').first().innerText();
    expect(/this session is not on this device/i.test(words), `it says "${words}"`);
    return words.replace(/\s+/g, ' ');
  });
  await stage.startHub();
}

export async function clock(stage) {
  const phone = await enrolled(stage, 'of-2099', 'S008');
  const other = await enrolled(stage, 'right', 'S008');
  try {
    await to2099(stage, phone);
    await nothingWins(stage, phone, other);
    await board(stage);
    await yesterday(stage, other);
    await closedBy2099(stage, other);
  } finally {
    await phone.end();
    await other.end();
  }
}
