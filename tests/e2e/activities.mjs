// activities.mjs: the office enters an activity, says who teaches it, who comes and when; the tutor's device has it; it is changed, moved out of, given
// another time and closed with what that does. Two people on one form, a sign-in that ends in the middle, and an address of nothing.
import { until } from '../../deploy/demo/demo.mjs';
import { list as listOf, shownName } from './lists.mjs';
import { expect } from './stage.mjs';

const called = 'Steel pans, Saturdays';
const renamed = 'Steel pans, beginners';
const iso = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('en-CA', { timeZone: 'Europe/London' });
const dialog = (page) => page.getByRole('dialog').last();
const shut = (page) => page.getByRole('dialog').waitFor({ state: 'detached' });
const card = (page, name) => page.getByRole('region', { name, exact: true });
const press = (page, name) => dialog(page).getByRole('button', { name }).click();

/** By a part of the name, in a sheet. */
async function pick(page, label, text, name) {
  const group = dialog(page).getByRole('group', { name: label });
  await group.getByRole('textbox').fill(text);
  await group.getByRole('button', { name }).first().click();
  await dialog(page).getByRole('button', { name: `Another for ${label}` }).waitFor();
}

async function lists(stage, page) {
  await page.goto(`${stage.officeUrl}/today`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Activities' }).click();
  const rows = page.locator('tbody tr');
  await stage.shows('everything that meets is a list, with its tutors and how many come', async () => {
    await until('the list', async () => (await rows.count()) > 5);
    expect(/^[\d,]+ activities$/.test(await page.locator('.hd p[role=status]').textContent()), 'it does not say how many');
  });
  await stage.look(page, 'office-activities');
  await stage.fits(page, 'office-activities');
  await stage.shows('it is narrowed by mode, and that stands in the address; a word finds school, tutor and name', async () => {
    await page.getByLabel('Mode').selectOption({ label: 'Ensemble' });
    await until('the ensembles alone', async () => (await rows.count()) > 0 && (await rows.filter({ hasNotText: 'Ensemble' }).count()) === 0);
    expect(new URL(page.url()).searchParams.get('mode') === 'ensemble', page.url());
    await page.getByLabel('Name, school or tutor').fill('no such thing anywhere');
    await page.getByRole('heading', { name: 'No activity is like that' }).waitFor();
    expect(!page.url().includes('such'), `what was typed stands in ${page.url()}`);
  });
  await stage.look(page, 'office-activities-none');
  await stage.shows('it is a file for a spreadsheet, and for an import', async () => {
    await page.getByLabel('Name, school or tutor').fill('');
    await page.getByLabel('Meets in').selectOption({ index: 1 });
    const from = await page.getByLabel('Meets in').inputValue();
    await until('a file of that term', async () => (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')).includes(`from=${from}`));
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    expect(/^activities.*\.csv$/.test(download.suggestedFilename()), download.suggestedFilename());
  });
  await stage.walks(page, '/activities');
}

async function enter(stage, page, tutor) {
  await page.getByRole('button', { name: 'Add an activity' }).click();
  await dialog(page).getByLabel('Name', { exact: true }).fill(called);
  await dialog(page).getByLabel('Mode').selectOption({ label: 'Small group' });
  await dialog(page).getByLabel('Setting').selectOption({ label: 'Out of school' });
  await dialog(page).getByLabel('Place').fill('Pan yard');
  await dialog(page).getByLabel('Your number for it').fill('PAN1');
  await stage.look(page, 'office-activity-form');
  await stage.shows('what is typed and not chosen is not lost with the form: neither Enter nor Add sends it', async () => {
    const school = dialog(page).getByRole('group', { name: /^School/ }).getByRole('textbox');
    await school.fill('no such school');
    await dialog(page).getByText('Nothing here is called that.').waitFor();
    await school.press('Enter');
    await press(page, 'Add');
    expect(await school.evaluate((field) => field.validationMessage.length > 10), 'nothing is said of it');
    await school.fill('');
  });
  await press(page, 'Add');
  await page.getByRole('heading', { level: 1, name: called }).waitFor();
  await stage.sees('a new activity says what it lacks', async () => {
    await card(page, 'Who teaches it').getByText(/^Nobody/).waitFor();
    await card(page, 'When it meets').getByText('Nothing is planned from today on.').waitFor();
  });
  await page.getByRole('button', { name: 'Grant it' }).click();
  await pick(page, 'Who', tutor, tutor);
  await stage.look(page, 'office-activity-grant');
  await press(page, 'Grant');
  await card(page, 'Who teaches it').locator('b', { hasText: tutor }).waitFor();
  await shut(page);
  await notYet(stage, page, tutor);
  await page.getByRole('button', { name: 'Plan meetings' }).click();
  await dialog(page).getByLabel(/^Last day/).fill(iso(21));
  await dialog(page).getByLabel('Begins').fill('23:10');
  await dialog(page).getByLabel('Ends').fill('23:40');
  await stage.look(page, 'office-activity-plan');
  await press(page, /^Plan every/);
  await stage.shows('weekly meetings are planned in one act', () => card(page, 'When it meets').locator('b', { hasText: '23:10 to 23:40' }).waitFor());
  await shut(page);
}

/** Given for a day to come, and taken back before it. */
async function notYet(stage, page, tutor) {
  const other = listOf(stage, 'staff').find(({ name }) => name !== tutor).name;
  const line = card(page, 'Who teaches it').getByRole('listitem').filter({ hasText: other });
  await page.getByRole('button', { name: 'Grant it' }).click();
  await pick(page, 'Who', other, other);
  await dialog(page).getByLabel(/^From/).fill(iso(30));
  await press(page, 'Grant');
  await shut(page);
  await line.getByText(/from \d/).waitFor();
  await page.getByRole('button', { name: 'Grant it' }).click();
  await pick(page, 'Who', other, other);
  await stage.sees('whoever has it already is said to have it, before it is written over', () => dialog(page).getByText(`${other} has it already`).waitFor());
  await press(page, 'Close');
  await line.getByRole('button', { name: /^End/ }).click();
  await press(page, 'End');
  await stage.shows('a grant that has not begun is taken back', async () => {
    await shut(page);
    await line.waitFor({ state: 'hidden' });
  });
}

/** The hub's answer to the letters that were typed last is still on its way. */
async function enterTooSoon(stage, page, learner) {
  const searches = '**/api/learners/search';
  let release = () => undefined;
  const held = new Promise((done) => {
    release = done;
  });
  await page.getByRole('button', { name: 'Enrol somebody' }).click();
  const field = dialog(page).getByRole('group', { name: 'Learner' }).getByRole('textbox');
  await field.fill(shownName(learner));
  await until('them alone', async () => (await dialog(page).locator('.check-list button').count()) === 1);
  await page.route(searches, async (route) => {
    await held;
    await route.continue();
  });
  await stage.shows('Enter chooses nobody whom the letters before had found', async () => {
    await field.fill('Nobody of that name');
    await field.press('Enter');
    release();
    await dialog(page).getByText('Nothing here is called that.').waitFor();
    expect((await dialog(page).getByRole('button', { name: 'Another for Learner' }).count()) === 0, 'somebody was chosen');
  });
  await page.unroute(searches);
  await stage.shows('nor while the hub cannot be asked', async () => {
    await field.fill(shownName(learner));
    await until('them alone', async () => (await dialog(page).locator('.check-list button').count()) === 1);
    await page.route(searches, (route) => route.abort('connectionrefused'));
    await field.fill('Nobody either');
    await field.press('Enter');
    await dialog(page).locator('.notice.bad').waitFor();
    await page.unroute(searches);
    expect((await dialog(page).getByRole('button', { name: 'Another for Learner' }).count()) === 0, 'somebody was chosen');
  });
  await stage.shows('and whom all of them find it does, once they are here', async () => {
    await field.fill(shownName(learner));
    await field.press('Enter');
    await dialog(page).getByRole('button', { name: 'Another for Learner' }).waitFor();
  });
  await press(page, 'Close');
  await shut(page);
}

async function enrol(stage, page, learners) {
  await enterTooSoon(stage, page, learners[0]);
  for (const learner of learners) {
    await page.getByRole('button', { name: 'Enrol somebody' }).click();
    await pick(page, 'Learner', shownName(learner), new RegExp(shownName(learner).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    await dialog(page).getByLabel('Instrument').fill('Tenor pan');
    await press(page, 'Enrol');
    await shut(page);
  }
  await stage.shows('learners are enrolled from the activity’s page', async () => {
    await until('both in the table', async () => (await card(page, 'Learners').getByRole('link').count()) === learners.length);
  });
  await stage.look(page, 'office-activity');
  await stage.fits(page, 'office-activity');
  await stage.walks(page, 'an activity');
}

async function onDevice(stage, page, name) {
  await stage.shows('the tutor’s device has it by itself', async () => {
    await until('it on the kiosk', async () => {
      await stage.demo.ask('sync.now');
      return (await page.locator('.sess', { hasText: name }).count()) === 1;
    });
    await page.locator('.sess', { hasText: name }).getByText('2 players, not started').waitFor();
  });
}

/** A colleague changes it while a form is open; and the sign-in ends in the middle of the next one. */
async function twoAndNone(stage, page) {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await dialog(page).getByLabel('Genre').fill('Calypso');
  await other.getByRole('button', { name: 'Change', exact: true }).click();
  await dialog(other).getByLabel('Level').selectOption({ label: 'Beginner' });
  await press(other, 'Save');
  await shut(other);
  await other.close();
  await stage.shows('whoever saves a form from before is told, and what was typed stays', async () => {
    await press(page, 'Save');
    await dialog(page).getByText(/somebody has changed this since you opened it/i).waitFor();
    expect((await dialog(page).getByLabel('Genre').inputValue()) === 'Calypso', 'it is gone');
    expect(await dialog(page).getByRole('button', { name: 'Save' }).evaluate((button) => button === document.activeElement), 'the keyboard is elsewhere');
  });
  await press(page, 'Close');
  await card(page, 'About').getByText('Beginner').waitFor();
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await dialog(page).getByLabel('Name', { exact: true }).fill(renamed);
  await page.context().clearCookies();
  // The page may hear of it first, by what it asks on its own, and have its question above the form.
  await page.locator('dialog:not(.sign-again) button[type=submit]').dispatchEvent('click');
  await stage.shows('a sign-in that ends in the middle asks who is there, and the form goes on its way by itself', async () => {
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.getByLabel('Name').fill('office');
    await again.getByLabel('Password').fill(stage.demo.secrets().office);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: renamed }).waitFor();
    await shut(page);
  });
}

async function comesAndGoes(stage, page, [first, second]) {
  const learners = card(page, 'Learners');
  await learners.getByRole('button', { name: `Change ${shownName(first)}` }).click();
  await dialog(page).getByLabel('Part or section').fill('Double tenors');
  await press(page, 'Save');
  await shut(page);
  await learners.getByText('Double tenors').first().waitFor();
  await learners.getByRole('button', { name: `End ${shownName(first)}` }).click();
  await stage.sees('a place is not ended without a reason', async () => expect(await dialog(page).getByRole('button', { name: 'End', exact: true }).isDisabled(), 'it can be'));
  await dialog(page).getByLabel(/^First day without/).fill(iso(7));
  await dialog(page).getByLabel('Why?').fill('Moves away');
  await stage.look(page, 'office-activity-end');
  await dialog(page).getByRole('button', { name: 'End', exact: true }).click();
  await shut(page);
  await learners.getByRole('button', { name: `Move ${shownName(second)}` }).click();
  const [ensemble] = listOf(stage, 'activities').filter(({ mode }) => mode === 'ensemble');
  await pick(page, 'To', ensemble.name, ensemble.name);
  await dialog(page).getByLabel(/^First day there/).fill(iso(1));
  await dialog(page).getByLabel('Why?').fill('Ready for more');
  await press(page, 'Move');
  await stage.shows('a learner is moved to another activity, and stands here until then', async () => {
    await shut(page);
    await until('the day on which the place ends', async () => (await learners.locator('tbody tr', { hasText: shownName(second) }).getByText(new RegExp(new Date(`${iso(1)}T12:00:00Z`).getUTCFullYear())).count()) > 1);
  });
}

/** The learner's own page has all of it, and enrols them in another. */
async function onTheirPage(stage, page, learner) {
  const activity = page.url();
  await card(page, 'Learners').getByRole('link', { name: shownName(learner) }).click();
  const places = card(page, 'Activities');
  await places.getByRole('link', { name: renamed }).waitFor();
  const choir = listOf(stage, 'activities').filter(({ mode }) => mode === 'ensemble').at(-1);
  await places.getByRole('button', { name: 'Enrol' }).click();
  await pick(page, 'Activity', choir.name, choir.name);
  await stage.look(page, 'office-learner-enrol');
  await press(page, 'Enrol');
  await stage.shows('a learner’s own page says where they come, and enrols them in another', async () => {
    await shut(page);
    await places.getByRole('link', { name: choir.name }).waitFor();
  });
  await stage.look(page, 'office-learner-places');
  await page.goto(activity);
  await page.getByRole('heading', { level: 1, name: renamed }).waitFor();
}

/** From a day on in another room: two lines of one time, and one of them is taken off. */
async function anotherRoom(stage, page) {
  const times = card(page, 'When it meets');
  await times.getByRole('button', { name: /^Change .* 22:50/ }).click();
  await dialog(page).getByLabel(/^From/).fill(iso(8));
  await dialog(page).getByLabel(/^Place/).fill('The shed');
  await press(page, 'Change meetings to come');
  await shut(page);
  await until('two lines', async () => (await times.getByRole('listitem').count()) === 2);
  await times.getByRole('button', { name: /^Take off .* The shed/ }).click();
  await press(page, 'Take off');
  await stage.shows('of two rooms at one time of the week one is taken off, and the other stays', async () => {
    await shut(page);
    await times.getByRole('listitem').filter({ hasText: 'The shed' }).waitFor({ state: 'hidden' });
    await times.locator('b', { hasText: '22:50 to 23:20' }).waitFor();
  });
}

async function later(stage, page) {
  await page.getByRole('button', { name: 'Close it' }).click();
  await dialog(page).getByText(/from that day on/).waitFor();
  await stage.sees('of no day nothing is said', async () => {
    await dialog(page).getByLabel(/^First day without it/).fill('');
    await dialog(page).getByText(/from that day on/).waitFor({ state: 'hidden' });
  });
  await dialog(page).getByLabel(/^First day without it/).fill(iso(22));
  await dialog(page).getByLabel('Why?').fill('The term ends');
  await press(page, /^Close on/);
  await stage.shows('until the day on which it ends somebody may still come to it, and cover it', async () => {
    await shut(page);
    await page.getByRole('button', { name: 'Enrol somebody' }).waitFor();
    await page.getByRole('button', { name: 'Grant it' }).waitFor();
  });
  await page.getByRole('button', { name: 'Open again' }).click();
  await dialog(page).getByLabel('Why?').fill('It goes on');
  await press(page, 'Open it again');
  await shut(page);
}

async function closes(stage, page, field) {
  const times = card(page, 'When it meets');
  await times.getByRole('button', { name: /^Change .* 23:10/ }).click();
  await dialog(page).getByLabel('Begins').fill('22:50');
  await dialog(page).getByLabel('Ends').fill('23:20');
  await press(page, 'Change meetings to come');
  await stage.shows('meetings to come get another time', () => times.locator('b', { hasText: '22:50 to 23:20' }).waitFor());
  await shut(page);
  await stage.shows('the device has the new time', async () => {
    await until('it on the kiosk', async () => {
      await stage.demo.ask('sync.now');
      return (await field.locator('.sess', { hasText: renamed }).textContent()).includes('22:50');
    });
  });
  await anotherRoom(stage, page);
  await later(stage, page);
  await page.getByRole('button', { name: 'Close it' }).click();
  await stage.shows('before it is closed it says what that does, and which devices lose it', async () => {
    await dialog(page).getByText(/planned meetings from that day on are taken off the timetable/).waitFor();
    await dialog(page).getByText(/devices? loses? it|devices lose it/).waitFor();
  });
  await dialog(page).getByLabel('Why?').fill('The pan yard is sold');
  await stage.look(page, 'office-activity-close');
  await press(page, /^Close on/);
  await stage.shows('closed, it is gone from the timetable and from the device', async () => {
    await page.getByRole('button', { name: 'Open again' }).waitFor();
    await card(page, 'When it meets').getByText('Nothing is planned from today on.').waitFor();
    await until('the kiosk to lose it', async () => {
      await stage.demo.ask('sync.now');
      return (await field.locator('.sess', { hasText: renamed }).count()) === 0;
    });
  });
  await stage.look(page, 'office-activity-closed');
  await page.getByRole('button', { name: 'Open again' }).click();
  await dialog(page).getByLabel('Why?').fill('They found another yard');
  await press(page, 'Open it again');
  await stage.shows('opened again, who taught it has it back', async () => {
    await page.getByRole('button', { name: 'Close it' }).waitFor();
    await until('a grant that holds', async () => (await card(page, 'Who teaches it').getByText(/^Nobody/).count()) === 0);
  });
}

/** Two whose names are once in the county: of two of one name nobody knows which is meant. */
function onceNamed(stage) {
  const all = listOf(stage, 'learners').filter(({ status }) => !status || status === 'active');
  const often = new Map();
  for (const one of all) often.set(shownName(one), (often.get(shownName(one)) ?? 0) + 1);
  return all.filter((one) => often.get(shownName(one)) === 1).slice(-2);
}

export async function activities(stage) {
  const field = await stage.field();
  const page = await stage.officePage();
  const { name: tutor } = (await stage.demo.ask('device.status')).staff.find((one) => one.wait_ms === 0); // others may have to wait after wrong PINs
  const learners = onceNamed(stage);
  await lists(stage, page);
  await enter(stage, page, tutor);
  await enrol(stage, page, learners);
  await stage.toNames(field);
  await stage.unlock(field, tutor);
  await onDevice(stage, field, called);
  await twoAndNone(stage, page);
  await comesAndGoes(stage, page, learners);
  await onTheirPage(stage, page, learners[0]);
  await closes(stage, page, field);
  await page.goto(`${stage.officeUrl}/activities/${'0'.repeat(32)}`);
  await stage.sees('an address of nothing is said in words', () => page.getByText(/no activity with that id/i).waitFor());
  await stage.look(page, 'office-activity-unknown');
}
