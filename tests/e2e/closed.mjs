// closed.mjs: a day on which a school is closed: the office enters it on the school's page, the tutor's device and the board say why beside the meeting,
// nothing is missing, and taken back it is; half term is entered beside the terms, and a term too.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { expect, slowness } from './stage.mjs';

const activity = 'Whole-class samba, Year 5';
/** A board that hears of nothing asks again after a minute; a machine with other work needs longer to draw what it heard. */
const liveMsMax = () => Math.min(45_000, 20_000 * slowness());
const today = () => new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/London' });
const dialog = (page) => page.getByRole('dialog');
const shut = (page) => dialog(page).waitFor({ state: 'detached' });

/** As the office imports them: a class at one school, over since the night, with nobody enrolled. */
function importClass(stage, urn) {
  const folder = join(stage.folder, 'samba-class');
  mkdirSync(folder);
  const list = (name, head, row) => writeFileSync(join(folder, `${name}.csv`), `${head}\n${row}\n`);
  list('activities', 'ref,name,mode,setting,school_urn,place', `WC2,"${activity}",whole_class,in_school,${urn},Music room`);
  list('grants', 'staff_ref,activity_ref,role,starts,ends', `S001,WC2,tutor,${today()},`);
  list('timetable', 'activity_ref,date,starts,ends,staff_ref,place', `WC2,${today()},00:00,00:01,S001,Music room`);
  stage.demo.run('tutti-server', ['import', '--data', stage.demo.path('hub'), '--apply', folder]);
}

/** Today of whoever of the kiosk's people the class was granted to. */
async function findClass(stage, page) {
  for (const name of stage.pins.keys()) {
    await stage.toNames(page);
    await stage.unlock(page, name);
    await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
    const session = page.locator('.sess', { hasText: activity });
    if ((await session.count()) > 0) return session;
  }
  throw new Error('the class is on nobody’s day');
}

async function onBoard(stage, office, words) {
  await office.goto(`${stage.officeUrl}/today`);
  const row = office.locator('tbody tr', { hasText: activity });
  await until(`the board to say ${words}`, async () => (await row.count()) === 1 && (await row.textContent()).includes(words));
  return row;
}

async function whomToAsk(stage, office) {
  const link = (page) => page.getByRole('link', { name: 'Where it may be, and whom to ask' });
  await stage.shows('a missing register leads on to where it may be, and nobody to what they may not see', async () => {
    const row = await onBoard(stage, office, 'Missing');
    await row.getByRole('link').first().click();
    await link(office).waitFor();
    const lead = await stage.openOffice('safeguarding');
    await lead.goto(office.url());
    await lead.getByText('Nobody has touched this register yet.', { exact: false }).waitFor();
    expect((await link(lead).count()) === 0, 'the safeguarding lead is sent to a page that refuses them');
    await lead.context().close();
  });
}

async function enter(page, reason, first, last) {
  await page.getByRole('button', { name: 'Add closed days' }).click();
  await dialog(page).getByLabel('First day').fill(first);
  if (last) await dialog(page).getByLabel(/^Last day/).fill(last);
  await dialog(page).getByLabel(/^Why/).fill(reason);
}

const save = async (page) => {
  await dialog(page).getByRole('button', { name: /^(Add|Save)$/ }).click();
  await shut(page);
};

async function school(stage, office, one) {
  await office.goto(`${stage.officeUrl}/schools`);
  await office.getByRole('link', { name: one.name, exact: true }).first().click();
  await office.getByRole('heading', { level: 1, name: one.name }).waitFor();
}

async function halfTerm(stage, office) {
  await office.goto(`${stage.officeUrl}/timetable`);
  await office.getByText('Terms and closed days', { exact: true }).click();
  await office.getByRole('heading', { level: 2, name: 'Closed' }).waitFor();
  const later = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  await stage.shows('days on which everything is closed are entered beside the terms, changed, and taken back', async () => {
    const card = office.getByRole('region', { name: 'Closed', exact: true });
    await enter(office, 'Snow', later, null);
    await save(office);
    await card.getByText('Snow', { exact: true }).waitFor();
    await card.getByRole('button', { name: /^Change Snow/ }).click();
    await dialog(office).getByLabel(/^Why/).fill('Ice');
    await save(office);
    await card.getByText('Ice', { exact: true }).waitFor();
    await stage.look(office, 'office-timetable-closed');
    await card.getByRole('button', { name: /^Take back Ice/ }).click();
    await dialog(office).getByRole('button', { name: 'Take back' }).click();
    await shut(office);
    await until('no more of it', async () => (await card.getByText('Ice', { exact: true }).count()) === 0);
  });
}

async function terms(stage, office) {
  const card = office.getByRole('region', { name: 'Terms', exact: true });
  await office.getByRole('button', { name: 'Add a term' }).click();
  await dialog(office).getByLabel(/^Name/).fill('Summer 2031');
  await dialog(office).getByLabel('First day').fill('2031-04-21');
  await dialog(office).getByLabel('Last day').fill('2031-07-22');
  await stage.look(office, 'office-term-form');
  await stage.shows('a term is entered beside the timetable, and put right there', async () => {
    await save(office);
    await card.getByText('21 Apr 2031 to 22 Jul 2031').waitFor();
    await card.getByRole('button', { name: 'Change Summer 2031' }).click();
    await dialog(office).getByLabel('First day').fill('2031-04-22');
    await save(office);
    await card.getByText('22 Apr 2031 to 22 Jul 2031').waitFor();
  });
  await stage.look(office, 'office-timetable-terms');
  await card.getByRole('button', { name: 'Take back Summer 2031' }).click();
  await stage.look(office, 'office-term-back');
  await stage.shows('a term is taken back, and stands again when it is entered once more', async () => {
    await dialog(office).getByRole('button', { name: 'Take it back' }).click();
    await shut(office);
    await until('no more of it', async () => (await card.getByText('Summer 2031', { exact: true }).count()) === 0);
    await office.getByRole('button', { name: 'Add a term' }).click();
    await dialog(office).getByLabel(/^Name/).fill('Summer 2031');
    await dialog(office).getByLabel('First day').fill('2031-04-23');
    await dialog(office).getByLabel('Last day').fill('2031-07-22');
    await save(office);
    await card.getByText('23 Apr 2031 to 22 Jul 2031').waitFor();
  });
}

export async function closed(stage) {
  const page = await stage.field();
  const office = await stage.officePage();
  const one = parseCsv(readFileSync(stage.demo.path('sample/schools.csv'), 'utf8'))[0];
  importClass(stage, one.urn);
  await until('the class to reach the kiosk', async () => {
    await stage.demo.ask('sync.now');
    return findClass(stage, page).then(() => true, () => false);
  });
  await whomToAsk(stage, office);
  // A colleague's board, which nobody touches.
  const board = await office.context().newPage();
  await onBoard(stage, board, 'Missing');
  await until('the board to be live', async () => (await board.getByText('Live', { exact: true }).count()) > 0);
  await school(stage, office, one);
  await stage.shows('the office enters an INSET day on the page of its school', async () => {
    await enter(office, 'INSET day', today(), null);
    await stage.look(office, 'office-closed-form');
    await save(office);
    await office.getByRole('region', { name: 'Closed', exact: true }).getByText('INSET day', { exact: true }).first().waitFor();
  });
  await stage.shows('every open board says so at once, and not with its next look', async () => {
    const row = board.locator('tbody tr', { hasText: activity });
    const until_ms = Date.now() + liveMsMax();
    await until('the board to say so', async () => Date.now() > until_ms || (await row.textContent()).includes('Closed: INSET day'));
    expect((await row.textContent()).includes('Closed: INSET day'), await row.textContent());
    await board.close();
  });
  await stage.look(office, 'office-school-closed');
  await stage.shows('the board says why nobody met, and that it is not missing', async () => {
    const row = await onBoard(stage, office, 'Closed: INSET day');
    expect(!/Missing/.test(await row.textContent()), 'it is missing all the same');
  });
  await stage.look(office, 'office-today-closed');
  await office.getByRole('link', { name: activity }).click();
  await office.getByRole('heading', { level: 1, name: activity }).waitFor();
  await stage.sees('its register says so too', async () => expect((await office.getByText('Closed: INSET day').count()) === 1, 'it does not'));
  await stage.shows('the tutor’s device says it beside the meeting', async () => {
    const session = page.locator('.sess', { hasText: activity });
    await until('the kiosk to hear of it', async () => {
      await stage.demo.ask('sync.now');
      return (await session.textContent()).includes('Closed today: INSET day');
    });
  });
  await stage.look(page, 'today-closed');
  await page.locator('.sess', { hasText: activity }).locator('.sess-tap').click();
  await stage.shows('its register says which school is closed and why, and can be taken all the same', async () => {
    await page.getByText(`Closed today: INSET day (${one.name}).`).waitFor();
    await page.getByText('If you meet all the same, take it as ever.').waitFor();
  });
  await stage.look(page, 'register-shut');
  await page.getByRole('button', { name: 'Back to today' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  await school(stage, office, one);
  await stage.shows('taken back, the register is missing after all', async () => {
    await office.getByRole('button', { name: /^Take back INSET day/ }).last().click();
    await dialog(office).getByRole('button', { name: 'Take back' }).click();
    await shut(office);
    await onBoard(stage, office, 'Missing');
  });
  await halfTerm(stage, office);
  await terms(stage, office);
}
