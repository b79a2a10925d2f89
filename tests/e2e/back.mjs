// back.mjs: coming back to a list: it stands where it was left, and the keyboard is on the row that was opened.
import { expect } from './stage.mjs';

/** Where the row stands in the window, and whether the keyboard is on it. */
const rowAt = (page, selector) => page.evaluate((of) => {
  const row = document.querySelector(of);
  const box = row?.getBoundingClientRect();
  return { there: row !== null, has: row !== null && row === document.activeElement, y: box?.y ?? -1, seen: box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight };
}, selector);

async function comesBack(stage, page, name, selector, left) {
  await stage.sees(name, async () => {
    const now = await rowAt(page, selector);
    expect(now.there && now.has && now.seen && Math.abs(now.y - left.y) < 4, `it stood at ${left.y}: ${JSON.stringify(now)}`);
  });
}

async function toRegisterAndBack(stage, page) {
  await page.goto(`${stage.kioskUrl}/#/today`);
  const last = page.locator('.sess-tap').last();
  const id = await last.getAttribute('data-to');
  await last.scrollIntoViewIfNeeded();
  const left = await rowAt(page, `[data-to="${id}"]`);
  await last.click();
  await page.getByRole('button', { name: 'Back to today' }).first().click();
  await comesBack(stage, page, 'back from a register, Today stands where it was, at that session', `[data-to="${id}"]`, left);
}

async function toLearnerAndBack(stage, page) {
  const more = page.locator('.r .more').nth(40);
  const id = await more.getAttribute('data-to');
  await more.evaluate((row) => row.scrollIntoView({ block: 'center' }));
  const left = await rowAt(page, `[data-to="${id}"]`);
  await more.click();
  await page.getByRole('button', { name: 'Open learner' }).click();
  await page.getByRole('heading', { name: 'Last note' }).waitFor();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await comesBack(stage, page, 'back from a learner’s sheet, the register stands where it was, at that row', `[data-to="${id}"]`, left);
  return page.locator('.r .nm b').nth(40).textContent();
}

async function toSearchAndBack(stage, page, name) {
  await page.goto(`${stage.kioskUrl}/#/find`);
  await page.getByLabel('Name').fill([...name].slice(0, 3).join(''));
  const found = page.locator('.person').first();
  await found.waitFor();
  const id = await found.getAttribute('data-to');
  await found.click();
  await page.getByRole('heading', { name: 'Last note' }).waitFor();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await stage.sees('back from a learner’s sheet, a search has its letters and its names, and the keyboard is on the one', async () => {
    expect((await page.getByLabel('Name').inputValue()).length > 0 && (await rowAt(page, `[data-to="${id}"]`)).has, 'it began anew');
  });
  await stage.shows('whoever signs in next finds nothing of it', async () => {
    await stage.toNames(page);
    await stage.unlock(page, [...stage.pins.keys()][0]);
    await page.goto(`${stage.kioskUrl}/#/find`);
    expect((await page.getByLabel('Name').inputValue()) === '', 'the letters are still there');
  });
}

export async function back(stage) {
  const page = await stage.field();
  await stage.toRegister(page, /[4-9]\d (players|here|marked)/); // whether or not it was taken before
  await page.locator('.r').nth(40).waitFor();
  const name = await toLearnerAndBack(stage, page);
  await toSearchAndBack(stage, page, name);
  await toRegisterAndBack(stage, page);
  await stage.shows('a register that the page began with is come back to, and its Back leads on to Today', async () => {
    await page.locator('.sess-tap').first().click();
    await page.locator('.r').first().waitFor();
    await page.evaluate(() => history.replaceState(null, ''));
    await page.reload();
    await page.locator('.r .more').first().click();
    await page.getByRole('button', { name: 'Open learner' }).click();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.locator('.r').first().waitFor();
    await page.getByRole('button', { name: 'Back to today' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  });
}
