// headcount.mjs: a whole class without names: its register asks how many were in the room, a number that cannot be is refused in words, and the office
// sees the one that counts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const activity = 'Whole-class recorders, Year 4';
const [miscounted, people] = ['27', '28'];
const today = () => new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/London' });

/** Lists as the office imports them: an activity of the first tutor's, today, with nobody enrolled. */
function importClass(stage) {
  const folder = join(stage.folder, 'whole-class');
  mkdirSync(folder);
  const list = (name, head, row) => writeFileSync(join(folder, `${name}.csv`), `${head}\n${row}\n`);
  list('activities', 'ref,name,mode,setting,family,genre,level,school_urn,place,partner_ref', `WC1,"${activity}",whole_class,in_school,woodwind,,beginner,,The hall,`);
  list('grants', 'staff_ref,activity_ref,role,starts,ends', `S001,WC1,tutor,${today()},`);
  list('timetable', 'activity_ref,date,starts,ends,staff_ref,place', `WC1,${today()},00:10,00:50,S001,The hall`);
  stage.demo.run('tutti-server', ['import', '--data', stage.demo.path('hub'), '--apply', folder]);
}

/** Whoever of the kiosk's people it was granted to, on its register. */
async function open(stage, page) {
  for (const name of stage.pins.keys()) {
    await stage.toNames(page);
    await stage.unlock(page, name);
    await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
    const session = page.locator('.sess', { hasText: activity });
    if ((await session.count()) === 0) continue;
    await session.locator('.sess-tap').click();
    await page.getByLabel('How many were in the room?').waitFor();
    return;
  }
  throw new Error('the class is on nobody’s day');
}

const numberField = (page) => page.getByLabel(/How many were in the room\?|Another number/);
async function count(page, number) {
  await numberField(page).fill(number);
  await page.getByRole('button', { name: 'Save the number' }).click();
}

export async function headcount(stage) {
  const page = await stage.field();
  importClass(stage);
  // The hub learns of another process's rows when it next looks; the kiosk is told then.
  await stage.demo.ask('sync.now');
  await until('the class to reach the kiosk', async () => {
    await stage.demo.ask('sync.now');
    return open(stage, page).then(() => true, () => false);
  });
  await stage.sees('a class without names is asked for a number, and for nobody’s mark', async () => {
    expect((await page.locator('.r').count()) === 0 && (await page.getByRole('button', { name: /Mark the rest/ }).count()) === 0, 'it lists people');
  });
  await stage.look(page, 'register-headcount');
  await stage.shows('a number that no room holds is refused in words', async () => {
    await numberField(page).fill('2001');
    const words = (await page.locator('#headcount-word').textContent()).trim();
    expect(/2001 is more than a room holds: from 0 to 2000/.test(words) && (await page.getByRole('button', { name: 'Save the number' }).isDisabled()), `it says "${words}"`);
    return words;
  });
  await stage.look(page, 'register-headcount-refused');
  await stage.shows('Finish without a number asks for it, and closes nothing', async () => {
    await numberField(page).fill('');
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByText('count the class first').waitFor();
    expect(await numberField(page).evaluate((field) => field === document.activeElement), 'the keyboard is not at the number');
  });
  await stage.shows('the number is kept, and the next one corrects it', async () => {
    await count(page, miscounted);
    await page.getByText(`${miscounted} in the room, counted without names.`).waitFor();
    await count(page, people);
    await page.getByText(`${people} in the room, counted without names.`).waitFor();
    await page.reload();
    await page.getByText(`${people} in the room, counted without names.`).waitFor();
  });
  await stage.look(page, 'register-counted');
  await stage.shows('finished, it says the number that was typed last, saved or not, here and on Today', async () => {
    await count(page, miscounted);
    await page.getByText(`${miscounted} in the room, counted without names.`).waitFor();
    await numberField(page).fill(people);
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    const pill = page.locator('.sess', { hasText: activity }).locator('.pill.good');
    expect((await pill.innerText()).trim() === `${people} counted`, `Today says "${await pill.innerText()}"`);
    await page.locator('.sess', { hasText: activity }).locator('.sess-tap').click();
    await page.getByText(`Closed. ${people} counted.`).waitFor();
  });
  await stage.look(page, 'register-counted-closed');
  const office = await stage.officePage();
  await office.goto(`${stage.officeUrl}/today`);
  await stage.shows('the office sees it closed, with the number', async () => {
    const row = office.getByRole('row', { name: new RegExp(activity) });
    await row.filter({ hasText: 'Closed' }).first().waitFor();
    await row.getByRole('link').first().click();
    await office.getByText(`${people} counted in the room, without names`).waitFor();
  });
  await office.goto(`${stage.officeUrl}/today`);
}
