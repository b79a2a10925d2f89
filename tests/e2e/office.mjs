// office.mjs: the office pages: signing in, the board, a register with its history, learners, devices.
import { until } from '../../deploy/demo/demo.mjs';
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

async function signIn(stage) {
  const page = await openPage(stage.browser, stage.officeUrl, { viewport: viewports.desktop });
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await stage.look(page, 'office-sign-in');
  await stage.shows('a wrong password is refused in words and the field is emptied', async () => {
    await page.getByLabel('Name').fill('office');
    await page.getByLabel('Password').fill('wrong horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const words = await page.locator('.notice.bad p').textContent();
    expect(words.length > 10 && (await page.getByLabel('Password').inputValue()) === '', `it says "${words}"`);
    return words.trim();
  });
  await stage.shows('without a session every address shows the way in', async () => {
    await page.goto(`${stage.officeUrl}/devices`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
  await page.context().close();
}

/** Where the heads have left, the order is chosen above the list. */
async function orderOnPhone(stage, page) {
  const names = () => page.locator('tbody th a').allTextContents();
  const compare = (a, b) => a.localeCompare(b, 'en-GB', { numeric: true });
  const inOrder = (list, way) => list.every((name, index) => index === 0 || way * compare(list[index - 1], name) <= 0);
  await page.setViewportSize(viewports.phone);
  await stage.shows('on a phone the board is put in order above it, and backwards', async () => {
    await page.getByLabel(/^In the order of/).selectOption('Register');
    await until('the names to be in order', async () => inOrder(await names(), 1));
    await page.getByRole('button', { name: 'Backwards' }).click();
    await until('the names to be in order backwards', async () => inOrder(await names(), -1));
    expect(new Set(await names()).size > 1, 'all of one name are in any order');
  });
  await page.setViewportSize(viewports.desktop);
}

async function board(stage, page) {
  await page.goto(`${stage.officeUrl}/today`);
  await page.locator('tbody tr').first().waitFor();
  await stage.look(page, 'office-today');
  await stage.fits(page, 'office-today', 'Where');
  await stage.readsOnPhone(page, 'office-today', ['Where', 'Who', 'Marked']);
  await orderOnPhone(stage, page);
  await stage.shows('the board sorts by a press on a head', async () => {
    await page.getByRole('columnheader', { name: 'Register' }).getByRole('button').click();
    await until('the names to be in order', async () => {
      const names = await page.locator('tbody th').allTextContents();
      return names.every((name, index) => index === 0 || names[index - 1].localeCompare(name, 'en-GB') <= 0);
    });
  });
  await stage.shows('the board is come back to as it was left, and "Today" begins it anew', async () => {
    const toCome = page.getByRole('button', { name: /To come|Missing/ }).filter({ hasNotText: /^0/ }).first();
    await toCome.click();
    await page.locator('tbody th a').first().click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.goBack();
    await page.locator('.tile[aria-pressed=true]').waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Today', exact: true }).click();
    await page.locator('.tile[aria-pressed=true]').waitFor({ state: 'detached' });
  });
}

/** No disk fails when it is asked to: the hub's answer is made to say that one did. */
async function stuck(stage, page) {
  const fleet = '**/api/fleet';
  await page.route(fleet, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), stuck_at: Date.now() - 3_600_000 } });
  });
  await page.goto(`${stage.officeUrl}/today`);
  await stage.shows('that the disk did not keep the database file stands above all figures of the day, with what to do', async () => {
    const said = page.getByRole('alert').filter({ hasText: 'The hub’s disk did not keep what was written' });
    await said.getByText(/Nothing is lost: .* restart/).waitFor();
    const [notice, tile] = await Promise.all([said.boundingBox(), page.locator('.tile').first().boundingBox()]);
    expect(notice.y + notice.height + 8 <= tile.y, `it ends at ${notice.y + notice.height}, the figures begin at ${tile.y}`);
  });
  await stage.look(page, 'office-today-stuck');
  await page.unroute(fleet);
  await page.goto(`${stage.officeUrl}/today`);
  await page.locator('tbody tr').first().waitFor();
}

/** Of a state that the day has none of. */
async function chosenState(stage, page) {
  await page.goto(`${stage.officeUrl}/today?day=2031-01-05&only=shut`);
  await stage.shows('what the board is narrowed to keeps its button, and is left by it, on a day that has none of it', async () => {
    await page.locator('.tile[aria-pressed=true]').click();
    await page.locator('.tile[aria-pressed=true]').waitFor({ state: 'detached' });
    expect(!page.url().includes('only'), page.url());
  });
  await page.goto(`${stage.officeUrl}/today`);
  await page.locator('tbody tr').first().waitFor();
}

async function timetable(stage, page) {
  await page.getByRole('link', { name: 'The week' }).click();
  await page.getByRole('heading', { level: 1, name: 'Timetable' }).waitFor();
  await page.locator('tr.group').first().waitFor();
  await stage.look(page, 'office-timetable');
  await stage.readsOnPhone(page, 'office-timetable', ['Where', 'Who', 'Learners']);
  await stage.shows('a week stands by its days; a name narrows it, and the next week is another one', async () => {
    const days = await page.locator('tr.group').allTextContents();
    expect(days.length >= 3 && /^Monday/.test(days[0].trim()), `it has ${days}`);
    const all = await page.locator('tbody tr:not(.group)').count();
    const tutor = (await page.locator('tbody tr:not(.group) td:nth-child(4)').first().textContent()).trim();
    await page.getByLabel('A tutor, school or activity').fill(tutor);
    await until('fewer meetings', async () => (await page.locator('tbody tr:not(.group)').count()) < all);
    expect(!page.url().includes('find'), `what was typed, which may be a child's name, stands in ${page.url()}`);
    for (const who of await page.locator('tbody tr:not(.group) td:nth-child(4)').allTextContents()) expect(who.includes(tutor), `${who} is not ${tutor}`);
    const monday = await page.getByLabel('Week of').inputValue();
    await page.getByRole('button', { name: 'Week after' }).click();
    await until('the next week', async () => Date.parse(await page.getByLabel('Week of').inputValue()) === Date.parse(monday) + 7 * 86_400_000);
    return `${all} meetings`;
  });
}

async function register(stage, page) {
  await page.goto(`${stage.officeUrl}/today`);
  await page.locator('tbody tr').first().waitFor();
  await page.locator('tbody tr', { hasText: stage.register }).filter({ hasText: 'Closed' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: stage.register }).waitFor();
  await stage.sees('a register says who marked whom, on which device', async () => {
    const first = page.locator('tbody tr').first();
    await first.waitFor();
    expect(/Hall B kiosk/.test(await first.textContent()), 'the device is not named');
  });
  await stage.shows('the history of a mark opens in place, by keyboard too', async () => {
    await page.getByRole('button', { name: /^History of/ }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('In use now').first().waitFor();
  });
  await stage.look(page, 'office-register');
}

async function devices(stage, page) {
  await page.getByRole('link', { name: 'Devices' }).click();
  await stage.sees('devices show when they were last heard', async () => {
    await page.locator('tbody tr', { hasText: 'Hall B kiosk' }).waitFor();
    expect(/Online|Offline/.test(await page.locator('tbody tr', { hasText: 'Hall B kiosk' }).textContent()), 'no state is shown');
  });
  await stage.look(page, 'office-devices');
  await stage.fits(page, 'office-devices');
  await stage.readsOnPhone(page, 'office-devices', ['People', 'Last contact']);
  await stage.shows('the keyboard is back where a sheet was opened', async () => {
    const opens = page.getByRole('button', { name: 'Enrol a device' });
    await opens.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await until('the button to have the keyboard', () => opens.evaluate((button) => button === document.activeElement));
  });
}

async function signOut(stage, page) {
  await stage.shows('signing out ends the session, and says so when the hub has not heard it yet', async () => {
    await page.route('**/api/sign-out', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const unheard = page.getByText('this browser is not signed out yet');
    await unheard.waitFor();
    await page.unroute('**/api/sign-out');
    await unheard.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
}

export async function office(stage) {
  await signIn(stage);
  const page = await stage.officePage();
  await board(stage, page);
  await chosenState(stage, page);
  await stuck(stage, page);
  await timetable(stage, page);
  if (stage.register) await register(stage, page);
  await learners(stage, page);
  await devices(stage, page);
  await pagesInLowWindow(stage, page);
  await pagesOnPhone(stage, page);
  await signOut(stage, page);
}

/** A window that is too low for the list. */
async function pagesInLowWindow(stage, page) {
  const side = page.getByRole('navigation', { name: 'Main' });
  const list = side.locator('#pages');
  const isSeen = (link) => link.evaluate((one) => {
    const [at, box] = [one.getBoundingClientRect(), one.closest('#pages').getBoundingClientRect()];
    return at.top >= box.top - 1 && at.bottom <= box.bottom + 1;
  });
  await page.setViewportSize({ width: 1280, height: 560 });
  await page.goto(`${stage.officeUrl}/today`);
  const last = list.getByRole('link').last();
  const name = (await last.locator('span').first().textContent()).trim();
  const below = side.getByRole('button', { name: /^Further down/ });
  await stage.shows('what a low window hides of the pages is said by name, and brought up by a press', async () => {
    await below.filter({ hasText: name }).waitFor();
    // The press that shows the last one takes the button away.
    await until('the last page to be seen', async () => {
      if (!(await isSeen(last))) await below.click({ timeout: 2000 }).catch(() => {});
      return isSeen(last);
    });
    await side.getByRole('button', { name: /^Further up.*Today/ }).waitFor();
  });
  await stage.look(page, 'office-side-low');
  await stage.shows('the keyboard brings up every page, each under the name of its group', async () => {
    for (const link of await list.getByRole('link').all()) {
      await link.focus();
      expect(await isSeen(link), `${await link.textContent()} is out of sight`);
    }
    expect((await list.getByRole('list', { name: 'Every day' }).getByRole('link').first().textContent()).startsWith('Today'), 'Today is not under "Every day"');
  });
  await stage.shows('the page that is shown is in sight in the list', async () => {
    await page.goto(`${stage.officeUrl}${await last.getAttribute('href')}`);
    await until('it to be seen', async () => (await list.locator('[aria-current]').count()) === 1 && (await isSeen(list.locator('[aria-current]'))));
  });
  await page.setViewportSize(viewports.wide);
  await stage.sees('where there is room for all of them nothing is said of it', () => side.getByRole('button', { name: /^Further/ }).first().waitFor({ state: 'detached' }));
  await page.setViewportSize(viewports.desktop);
}

async function pagesOnPhone(stage, page) {
  const pages = page.getByRole('navigation', { name: 'Main' });
  await page.setViewportSize(viewports.phone);
  await stage.shows('on a phone the pages are behind a button, and away again when one is chosen', async () => {
    await pages.getByRole('link', { name: 'Schools' }).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Pages' }).press('Enter');
    await pages.getByRole('link', { name: 'Schools' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Schools' }).waitFor();
    await pages.getByRole('link', { name: 'Schools' }).waitFor({ state: 'hidden' });
  });
  await page.getByRole('button', { name: 'Pages' }).click();
  await stage.look(page, 'office-pages');
  await page.getByRole('button', { name: 'Pages' }).click();
  await page.setViewportSize(viewports.desktop);
}

async function learners(stage, page) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Learners' }).click();
  await page.locator('tbody tr').first().waitFor();
  const addresses = [];
  page.on('request', (request) => addresses.push(request.url()));
  const name = (await page.locator('tbody th').first().textContent()).trim();
  const part = name.split(' ')[0];
  await stage.shows('a learner is found by name, and the name is in no address', async () => {
    await page.getByLabel('Find a name').fill(part);
    await page.getByText(/found/).waitFor();
    await page.locator('tbody th', { hasText: name }).first().waitFor();
    expect(!addresses.some((address) => decodeURIComponent(address).includes(part)), 'the name stands in an address');
  });
  await stage.look(page, 'office-learners');
  await page.locator('tbody th', { hasText: name }).first().getByRole('link').click();
  await page.getByRole('heading', { name: 'Attendance' }).waitFor();
  await stage.shows('an absence that a family told is noted on the learner\u2019s page, and taken back', async () => {
    await page.getByRole('button', { name: 'Add to Absences told' }).click();
    await page.getByLabel('Why').fill('Dentist');
    await page.getByLabel('Who told us').fill('their mother');
    await page.getByRole('button', { name: 'Note it' }).click();
    await page.getByText('Dentist, told by their mother').waitFor();
    await page.getByRole('button', { name: /^Take back the absence of/ }).click();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Dentist, told by their mother').waitFor({ state: 'detached' });
  });
  await stage.look(page, 'office-learner');
  if (stage.noted) await note(stage, page);
}

async function note(stage, page) {
  await until('the note to be sent', async () => (await stage.demo.ask('sync.status')).badge === 'sent');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Learners' }).click();
  await page.getByLabel('Find a name').fill(stage.noted);
  await stage.shows('the note written on the kiosk, and the grade, stand in the learner\u2019s profile', async () => {
    // Children may share a name: the one who was noted is among those found.
    const found = page.locator('tbody th', { hasText: stage.noted }).getByRole('link');
    await found.first().waitFor();
    const addresses = await found.evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    for (const address of addresses) {
      await page.goto(new URL(address, page.url()).href);
      await page.getByRole('heading', { name: 'Attendance' }).waitFor();
      if ((await page.getByText('Even tone in the slow movement').count()) > 0) break;
    }
    await page.getByText('Even tone in the slow movement').waitFor();
    await page.getByText('Grade: ABRSM 4, Merit').waitFor();
  });
  await stage.look(page, 'office-learner-notes');
}
