// keyboard.mjs: the office without a mouse: every page walked by Tab, the skip link, the focus after a page, a sheet, the list of pages and a decision.
import { until } from '../../deploy/demo/demo.mjs';
import { viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

const ofOffice = ['today', 'timetable', 'reconcile', 'reconcile/missing', 'safeguarding', 'learners', 'schools', 'activities', 'partners', 'people', 'devices', 'reports', 'reports/attendance/school', 'targets', 'owed', 'import', 'rollover', 'write-back', 'protection', 'account'];
const ofAdmin = ['accounts', 'audit'];

async function open(page, stage, path) {
  await page.goto(`${stage.officeUrl}/${path}`);
  await page.locator('h1').waitFor();
  // What the page asks for has come: nothing says "Asking" any more.
  await page.getByText('Asking…').first().waitFor({ state: 'detached' });
}

async function everyPage(stage, page, paths) {
  for (const path of paths) {
    await open(page, stage, path);
    await stage.walks(page, `/${path}`);
  }
}

/** Beyond the lists: the first school, learner, partner and register. */
async function everyDetail(stage, page) {
  for (const path of ['schools', 'activities', 'learners', 'partners', 'today']) {
    await open(page, stage, path);
    const link = page.locator('tbody th a').first();
    if ((await link.count()) === 0) continue;
    await link.press('Enter');
    await page.locator('.crumb').first().waitFor();
    await stage.walks(page, `one of /${path}`);
  }
}

async function skip(stage, page) {
  await open(page, stage, 'schools');
  await stage.shows('the first stop of a page leads past the list of pages', async () => {
    await page.keyboard.press('Tab');
    const first = page.getByRole('link', { name: 'Skip to the page' });
    expect(await first.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0), 'it is not first, or not to be seen');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement.closest('main') !== null), 'the next stop is not on the page');
  });
  await stage.shows('after a change of page the keyboard is on the new one', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Staff' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Staff' }).waitFor();
    await until('the page to have the keyboard', async () => page.evaluate(() => document.activeElement.id === 'main'));
  });
}

async function sheets(stage, page) {
  await open(page, stage, 'people');
  const opens = page.locator('tbody th button').first();
  await opens.press('Enter');
  const sheet = page.getByRole('dialog');
  await sheet.getByText('Grant an activity, or cover with dates').waitFor();
  await stage.walks(page, 'a sheet');
  await stage.shows('Esc closes a sheet, and the keyboard is where it was opened', async () => {
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await until('the button to have the keyboard', () => opens.evaluate((button) => button === document.activeElement));
  });
}

async function pagesOnPhone(stage, page) {
  await page.setViewportSize(viewports.phone);
  const button = page.getByRole('button', { name: 'Pages' });
  await button.press('Enter');
  await stage.shows('Esc closes the list of pages wherever in it the keyboard is, and gives it back to the button', async () => {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const schools = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Schools' });
    // The page listens for it a moment after the list is drawn.
    await until('the list to close', async () => {
      await page.keyboard.press('Escape');
      return !(await schools.isVisible());
    });
    await until('the button to have the keyboard', () => button.evaluate((one) => one === document.activeElement && one.getAttribute('aria-expanded') === 'false'));
  });
  await page.setViewportSize(viewports.desktop);
}

async function list(stage, page) {
  await open(page, stage, 'reconcile/missing');
  const lines = page.locator('.qi');
  await lines.nth(1).waitFor();
  await stage.shows('j and k take the keyboard along the list', async () => {
    await page.keyboard.press('j');
    await until('the second entry to have the keyboard', async () => lines.nth(1).evaluate((line) => line === document.activeElement && line.getAttribute('aria-current') === 'true'));
    await page.keyboard.press('k');
    await until('the first entry to have it', async () => lines.first().evaluate((line) => line === document.activeElement));
  });
  await stage.shows('after a reason is left the keyboard is where it was asked for', async () => {
    const opens = page.getByRole('button', { name: 'It did not take place' });
    const why = page.getByLabel('Why?');
    const common = page.getByRole('group', { name: 'Common reasons' }).getByRole('button').first();
    for (const from of [why, common]) {
      await opens.press('Enter');
      await until('the field to have the keyboard', async () => (await why.count()) > 0 && why.evaluate((field) => field === document.activeElement));
      await from.press('Escape');
      await until('the button to have the keyboard', async () => opens.evaluate((button) => button === document.activeElement));
    }
  });
}

async function sorting(stage, page) {
  await page.setViewportSize({ ...viewports.desktop, height: 420 }); // so that a list of few schools is longer than the window
  await open(page, stage, 'schools');
  await stage.shows('a table is sorted by the keyboard, says which way, and its head stays in sight', async () => {
    const head = page.getByRole('columnheader', { name: 'Activities' });
    await head.getByRole('button').press('Enter');
    await until('it is sorted', async () => (await head.getAttribute('aria-sort')) === 'ascending');
    await head.getByRole('button').press('Enter');
    await until('it is sorted the other way', async () => (await head.getAttribute('aria-sort')) === 'descending');
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await until('the head to be at the top', async () => head.evaluate((one) => window.scrollY > 0 && Math.abs(one.getBoundingClientRect().top) < 2));
  });
  await page.setViewportSize(viewports.desktop);
}

export async function keyboard(stage) {
  const page = await stage.officePage();
  await everyPage(stage, page, ofOffice);
  await everyDetail(stage, page);
  await skip(stage, page);
  await sheets(stage, page);
  await pagesOnPhone(stage, page);
  await list(stage, page);
  await sorting(stage, page);
  const admin = await stage.openOffice('admin');
  await everyPage(stage, admin, ofAdmin);
  await admin.context().close();
}
