// amend.mjs: a closed register opens only with a reason, takes the mark, and closes again.
import { expect } from './stage.mjs';

export async function amend(stage) {
  const page = await stage.field();
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  const closed = page.locator('.sess', { hasText: stage.register }).filter({ hasText: /, \d+ away/ }).first();
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
    await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByText('is finished. Saved here.').waitFor();
    await page.getByRole('button', { name: 'Back to today' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  });
}
