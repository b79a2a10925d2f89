// day.mjs: a tutor's whole day on a phone whose hub is dead: every lesson and register of it, notes, a browser killed in the middle; with the hub back
// each mark and each note is there once. On a hub of its own, for the whole day is taken.
import { Demo, free_port as freePort, until } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { Phone } from '../lib/phone.mjs';
import { expect } from './stage.mjs';

const pin = '605137';
const tutor = 'S002';
/** Of the tutor's sessions; the browser is killed before this one. */
const killBefore = 8;
const notesWanted = 2;
const learners = 600;

const sessions = (phone) => phone.page.locator('.sess');
const firstOpen = (phone) => sessions(phone).filter({ hasNot: phone.page.locator('.pill.good, .pill.bad') }).first();

async function finished(phone) {
  const [, done, all] = /(\d+) of (\d+) finished/.exec(await phone.page.locator('.sec h2 small').first().innerText());
  return { done: Number(done), all: Number(all) };
}

/** A lesson of one, from Today: every fourth learner is away. */
async function lesson(phone, session, index, said) {
  const away = index % 4 === 3;
  const name = await session.locator('.what > b').textContent();
  const { done } = await finished(phone);
  await session.getByRole('button', { name: away ? 'Away' : 'Here', exact: true }).click();
  await until('the lesson to close', async () => (await finished(phone)).done === done + 1);
  said.push(`${name} ${away ? 'AU' : 'P'}`);
}

/** A group: the first is away, the rest are here. */
async function group(phone, session, said) {
  const { page } = phone;
  await session.locator('.sess-tap').click();
  const rows = page.locator('.r');
  await rows.first().waitFor();
  await rows.first().locator('.tap').click();
  await page.locator('.r.m-P:not(.pending)').first().waitFor();
  await rows.first().locator('.tap').click();
  await page.locator('.r.m-AU:not(.pending)').first().waitFor();
  if ((await rows.count()) > 1) await page.getByRole('button', { name: /Mark the rest here/ }).click();
  await until('everyone to be marked', async () => (await page.locator('.m-none').count()) === 0);
  said.push(...(await rows.evaluateAll((all) => all.map((row) => `${row.querySelector('.nm b').textContent} ${/m-(\w+)/.exec(row.className)[1]}`))));
  await page.getByRole('button', { name: /Finish register/ }).click();
  await page.getByRole('button', { name: 'Back to today' }).last().click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

/** On the learner of a lesson that is still open; back to Today. */
async function note(phone, session, text) {
  const { page } = phone;
  await session.getByRole('button', { name: 'Note' }).click();
  await page.getByLabel('How did it go?').fill(text);
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByText(/^Note on .*: saved here\.$/).waitFor();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

/** Until all that the day has are finished, and how many that is: some may have been still on their way when the page was drawn. */
async function wholeDay(phone, said) {
  let notes = 0;
  for (let index = 0; ; index += 1) {
    const { done, all } = await finished(phone);
    if (done === all && index > killBefore) return all;
    if (index === killBefore) {
      await phone.profile.kill();
      await phone.start();
      await phone.open();
      await phone.unlock();
      await sessions(phone).first().waitFor();
      expect((await finished(phone)).done === killBefore, `after the kill ${(await finished(phone)).done} are finished, not ${killBefore}`);
    }
    const session = firstOpen(phone);
    const isLesson = (await session.getByRole('button', { name: 'Note' }).count()) > 0;
    if (isLesson && notes < notesWanted) {
      notes += 1;
      await note(phone, session, `Note ${notes} of the day.`);
    }
    if (isLesson) await lesson(phone, session, index, said);
    else await group(phone, session, said);
  }
}

/** Sorted, so that two children of one name are two. */
const atTheHub = (demo) => {
  const day = new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/London' });
  const rows = parseCsv(demo.run('tutti-server', ['export', 'registers', '--csv', '--data', demo.path('hub')])).filter((row) => row.code !== '' && row.date === day);
  return rows.map((row) => `${`${row.first_name} ${row.last_name}`.trim()} ${row.code}`).sort();
};

export async function day(stage) {
  const demo = new Demo({ data: stage.demo.path('day'), port: await freePort(), kiosk_port: 0, learners, seed: 3, quiet: true });
  demo.make_hub();
  await demo.start_hub();
  const phone = new Phone(demo, { folder: 'phone', pin });
  const said = [];
  try {
    await phone.standBare();
    await phone.open();
    await phone.enter(phone.made('A tutor’s phone', tutor).code);
    await phone.confirm();
    await phone.settle();
    await sessions(phone).first().waitFor();
    await phone.cached();
    await until('"All sent" or nothing to send', async () => !/Sending/.test(await phone.badge()));
    await demo.end('hub', 'SIGKILL');
    await stage.shows('a whole day is taken with the hub dead, and the browser killed in the middle of it', async () => {
      const all = await wholeDay(phone, said);
      const words = `Saved here ${all} registers, ${notesWanted} notes to send`;
      await until(`the badge to say "${words}"`, async () => (await phone.badge()).includes(words));
      return `${all} sessions, ${said.length} marks, ${notesWanted} notes`;
    });
    await demo.start_hub();
    await stage.shows('with the hub back all of it is signed for', async () => {
      await phone.page.evaluate(() => window.dispatchEvent(new Event('online')));
      await until('"All sent"', async () => /All sent/.test(await phone.badge()));
    });
    await stage.shows('each mark of the day is at the hub once, and so is each note', async () => {
      const [here, there] = [[...said].sort(), atTheHub(demo)];
      expect(JSON.stringify(here) === JSON.stringify(there), `${here.length} were said, ${there.length} are there; first that differs: "${here.find((one, at) => one !== there[at])}"`);
      const { notes } = demo.status();
      expect(notes === notesWanted, `${notes} notes are there`);
      return `lost=0 duplicated=0, ${there.length} marks`;
    });
  } finally {
    await phone.end();
    stage.demo.ended = [...(stage.demo.ended ?? []), ...(demo.ended ?? [])];
    await demo.stop();
  }
}
