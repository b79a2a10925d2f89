// idle.mjs: at the door nobody's name stays on screen: the clock is shown, can be put off, and begins again.
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

const seconds = 1000;

/** On a page of its own, whose clock the test turns. */
export async function idles(stage) {
  const page = await openPage(stage.browser, stage.kioskUrl, { viewport: viewports.tablet });
  const field = page.getByLabel('Your first name');
  await page.clock.install();
  await page.reload();
  await field.waitFor();
  await stage.shows('a name half typed at the door is not left there: the clock is shown, and can be put off', async () => {
    await page.getByRole('button', { name: 'B', exact: true }).click();
    await page.clock.runFor(15 * seconds);
    await page.getByRole('button', { name: 'I', exact: true }).click(); // whoever types is not gone
    await page.clock.runFor(15 * seconds);
    expect((await page.getByRole('button', { name: 'More time' }).count()) === 0, 'the clock did not wait for the typing');
    await page.clock.runFor(7 * seconds);
    await page.getByText(/goes back to the start in \d+ s/).waitFor();
    await page.getByRole('button', { name: 'More time' }).click();
    await page.clock.runFor(15 * seconds);
    expect((await field.inputValue()) === 'BI', 'it was not put off');
    await page.clock.runFor(30 * seconds);
    expect((await field.inputValue()) === '', 'the letters stay');
  });
  await page.close();
}
