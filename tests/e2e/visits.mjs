// visits.mjs: a school visit written with no line, kept at every tap, finished, and on the office's page of the school; corrected there.
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';


/** The office says that visiting schools is somebody's work. */
async function makeVisitor(stage, office, name) {
  await office.goto(`${stage.officeUrl}/people`);
  await office.getByRole('button', { name, exact: true }).click();
  const sheet = office.getByRole('dialog', { name });
  await sheet.getByText('Name, e-mail and roles').click();
  await sheet.locator('.check', { hasText: 'Office: visits schools' }).click();
  await sheet.getByRole('button', { name: 'Save' }).click();
  await office.locator('tbody tr', { hasText: name }).getByText(/Office/).first().waitFor();
}

async function write(stage, page) {
  await page.getByLabel('School', { exact: true }).fill('e');
  const school = page.locator('.person', { has: page.locator('.ic') }).first();
  await stage.look(page, 'visits');
  const name = await school.locator('b').textContent();
  await school.dblclick(); // one visit all the same: Today counts the drafts below
  await page.getByRole('button', { name: 'Finish…' }).waitFor();
  for (const [item, colour] of [['Curriculum music', 'Green'], ['Inclusion', 'Red'], ['Singing and ensembles', 'Amber']]) {
    const button = page.getByRole('group', { name: new RegExp(`^${item}`) }).getByRole('button', { name: colour });
    await button.click();
    await until('the colour to be kept', async () => (await button.getAttribute('aria-pressed')) === 'true');
  }
  await page.getByLabel('Priority 1').fill('A choir for everyone');
  await page.getByRole('button', { name: 'Bronze' }).click();
  await until('the award to be kept', async () => (await page.getByRole('button', { name: 'Bronze' }).getAttribute('aria-pressed')) === 'true');
  return name;
}

export async function visits(stage) {
  const page = await stage.field();
  await stage.toToday(page);
  const visitor = (await page.locator('.greet').textContent()).replace(/(Autumn|Spring|Summer|Christmas).*$/, '').trim();
  const office = await stage.officePage();
  const [name] = [...stage.pins.keys()].filter((one) => visitor.startsWith(one));
  await stage.shows('whoever is no visitor has no visits on Today; the office makes somebody one, and there they are', async () => {
    expect((await page.getByRole('button', { name: /^School visits/ }).count()) === 0, 'visits are there already');
    await makeVisitor(stage, office, name);
    await page.getByRole('button', { name: /^School visits/ }).waitFor();
  });
  await stage.hold(page, true);
  await page.goto(`${stage.kioskUrl}/#/visits`);
  let school = '';
  await stage.shows('with no line a school is found and every tap is kept', async () => {
    school = await write(stage, page);
  });
  await stage.look(page, 'visit-form');
  await stage.shows('a reload comes back to the same draft, and Today says that there is one', async () => {
    await page.reload();
    await page.getByRole('button', { name: 'Finish…' }).waitFor();
    expect((await page.getByLabel('Priority 1').inputValue()) === 'A choir for everyone', 'the priority is gone');
    await page.goto(`${stage.kioskUrl}/#/today`);
    await page.getByRole('button', { name: /School visits.*1 draft/ }).click();
    await page.locator('.person', { hasText: 'Draft' }).click();
  });
  await page.getByRole('button', { name: 'Finish…' }).click();
  await stage.look(page, 'visit-finish');
  await stage.shows('finishing asks about what has no colour yet, and then it is saved here', async () => {
    await page.getByRole('button', { name: 'Finish with 3 items left open' }).click();
    await page.locator('.person', { hasText: 'Saved here' }).waitFor();
  });
  await stage.hold(page, false);
  await page.goto(`${stage.kioskUrl}/#/visits`);
  await stage.shows('once the hub has it, it is at the office', async () => {
    await page.locator('.person', { hasText: 'At the office' }).click();
    await page.getByText('Left open').first().waitFor();
  });
  await stage.look(page, 'visit-done');
  await office.goto(`${stage.officeUrl}/schools`);
  await office.getByLabel('Find by name or URN').fill(school);
  await stage.look(office, 'office-schools');
  await stage.readsOnPhone(office, 'office-schools', ['Phase', 'Last visit']);
  await stage.shows('the office finds the school, and sees what was seen there', async () => {
    await office.getByRole('link', { name: school, exact: true }).first().click();
    await office.getByText('A choir for everyone').waitFor();
    await office.locator('.rag-list .pill.bad', { hasText: 'Red' }).waitFor();
  });
  await stage.look(office, 'office-school');
  await stage.shows('a correction of the office reaches the visitor', async () => {
    await office.getByRole('button', { name: /^Correct the visit/ }).click();
    await office.getByRole('dialog').getByLabel('Inclusion').selectOption('amber');
    await stage.look(office, 'office-visit-correct');
    await office.getByRole('dialog').getByRole('button', { name: 'Correct' }).click();
    await office.getByRole('dialog').waitFor({ state: 'detached' });
    await until('the correction', async () => (await page.locator('.facts div', { hasText: 'Inclusion' }).textContent()).includes('Amber'));
  });
  await stage.shows('a school that was visited is covered, and the report leads to it', async () => {
    await office.goto(`${stage.officeUrl}/reports/coverage/school`);
    await office.getByRole('link', { name: school, exact: true }).first().click();
    await office.getByText('A choir for everyone').waitFor();
  });
  await page.goto(`${stage.kioskUrl}/#/today`);
}
