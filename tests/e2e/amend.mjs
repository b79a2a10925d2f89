// amend.mjs: a closed register opens only with a reason; Finish with unmarked players asks; a walk-in is found by name.
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

async function toToday(page) {
  const home = page.getByRole('heading', { level: 1, name: 'Today' });
  if (!(await home.isVisible())) await page.getByRole('button', { name: /^Back/ }).first().click();
  await home.waitFor();
}

export async function amend(stage) {
  const page = await stage.field();
  await toToday(page);
  const closed = page.locator('.sess', { hasText: stage.register ?? /here, \d+ away/ }).first();
  await closed.locator('.sess-tap').click();
  await page.getByText('Closed.', { exact: true }).waitFor();
  await stage.look(page, 'register-closed');
  await stage.shows('a tap in a closed register asks for a reason instead of marking', async () => {
    const before = await page.locator('.r').nth(5).getAttribute('class');
    await page.locator('.tap').nth(5).click();
    await page.getByRole('heading', { name: 'Amend this register' }).waitFor();
    expect((await page.locator('.r').nth(5).getAttribute('class')) === before, 'it marked');
  });
  await stage.look(page, 'register-amend');
  await stage.shows('with a reason it opens again, takes the mark, and closes', async () => {
    await page.getByRole('button', { name: 'Arrived after the register was taken' }).click();
    await page.getByRole('button', { name: 'Open the register again' }).click();
    await page.getByText(/Opened again/).waitFor();
    await page.locator('.r').nth(5).locator('.tap').click();
    await page.locator('.r.pending').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByText('is finished. Saved here.').waitFor();
  });
  await walkIn(stage, page);
}

async function walkIn(stage, page) {
  await toToday(page);
  const open = page.locator('.sess', { hasText: /players, not started/ }).first();
  if ((await open.count()) === 0) return;
  const visitorName = await someLearner(stage, page);
  await toToday(page);
  await open.locator('.sess-tap').click();
  await page.locator('.r').first().waitFor();
  const count = await page.locator('.r').count();
  await stage.shows('a walk-in is found by name and marked here', async () => {
    await page.getByRole('button', { name: 'Find a name or add a visitor' }).click();
    await page.getByLabel('Name').fill(visitorName.slice(0, 4));
    const others = page.getByRole('list', { name: 'Not on this register' }).getByRole('button');
    await others.first().waitFor();
    await stage.look(page, 'register-find');
    await others.first().click();
    await until('the visitor on the register', async () => (await page.locator('.r').count()) === count + 1, 5);
    await page.getByText('Visitor').first().waitFor();
  });
  await stage.shows('Finish with unmarked players asks, and going back changes nothing', async () => {
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByText(/still unmarked/).waitFor();
    await stage.look(page, 'register-finish-asks');
    await page.getByRole('button', { name: 'Go back' }).click();
    expect((await page.locator('.r.m-none').count()) === count, 'going back marked somebody');
  });
  await page.getByRole('button', { name: 'Back to today' }).click();
}

/** A name from the big register: on this device, but not on a small one. */
async function someLearner(stage, page) {
  await page.locator('.sess', { hasText: stage.register ?? '' }).first().locator('.sess-tap').click();
  await page.locator('.r').first().waitFor();
  const name = await page.locator('.r .nm b').nth(30).textContent();
  await page.getByRole('button', { name: 'Back to today' }).first().click();
  return name;
}
