// alone.mjs: a device that is left alone or put away locks, says so before, and takes no word of a half-written note with it; whoever signs in next
// begins on Today. What was entered by mistake is taken back.
import { until } from '../../deploy/demo/demo.mjs';
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

const minute = 60_000;
const half = 'Half a sentence about her bow';

const asked = (page) => page.getByRole('heading', { name: 'Who is this?' });
const written = (page) => page.getByLabel('How did it go?').inputValue();

/** As a telephone's button does it: hidden, and shown again after so long. */
async function putAway(page, ms) {
  const turn = (hidden) => page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await turn(true);
  await page.clock.fastForward(ms);
  await turn(false);
}

async function begin(stage, page) {
  await page.locator('.more').first().click();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByLabel('How did it go?').fill(half);
  await page.keyboard.press('Tab'); // whoever leaves the field has it kept at once
  const [, learner] = /learner\/([0-9a-f]+)/.exec(page.url());
  await until('the core to keep it', async () => (await stage.demo.ask('learner.get', { learner })).draft?.includes(half));
}

async function halfWritten(stage, page, name) {
  await begin(stage, page);
  await stage.shows('a note that was begun is there after the page was closed', async () => {
    await page.reload();
    await page.getByText('You began this note before.').waitFor();
    expect((await written(page)) === half, `it says "${await written(page)}"`);
  });
  await stage.look(page, 'learner-begun');
  await stage.shows('put away for a moment it stays open', async () => {
    await putAway(page, minute);
    await page.getByLabel('How did it go?').waitFor();
  });
  await stage.shows('put away for longer it is locked when it is taken out again; a PIN brings the note back', async () => {
    await putAway(page, 6 * minute);
    await asked(page).waitFor();
    await stage.unlock(page, name);
    await page.getByLabel('How did it go?').waitFor();
    expect((await written(page)) === half, `it says "${await written(page)}"`);
  });
}

async function leftAlone(stage, page, name) {
  await stage.shows('left alone it says that it locks, and a tap puts that off', async () => {
    await page.clock.runFor(14 * minute + 2000);
    await page.getByText(/Tutti locks in \d+ s/).waitFor();
    await stage.look(page, 'locks-soon');
    await page.getByRole('button', { name: 'More time' }).dispatchEvent('click'); // a mouse on its way there is a sign already
    await page.clock.runFor(2 * minute);
    await page.getByLabel('How did it go?').waitFor();
  });
  await stage.shows('then it locks, with no name on the screen', async () => {
    await page.clock.runFor(16 * minute);
    await asked(page).waitFor();
    expect((await page.locator('.learner').count()) === 0, 'the sheet is still there');
  });
  const other = [...stage.pins.keys()].find((one) => one !== name);
  await stage.shows('a colleague who signs in begins on Today, not in somebody else’s note', async () => {
    await stage.unlock(page, other);
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  });
}

async function takenBack(stage, page, name) {
  await stage.toNames(page);
  await stage.unlock(page, name);
  await stage.writeNote(page, 'On the wrong child.');
  await stage.shows('a note of one’s own is taken back', async () => {
    await page.locator('.last-note', { hasText: 'On the wrong child.' }).getByRole('button', { name: /^Take it back/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Note taken back. Saved here.').waitFor();
    await until('the note to go', async () => (await page.getByText('On the wrong child.').count()) === 0);
  });
  await page.goto(`${stage.kioskUrl}/#/adhoc`);
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Open the register' }).click();
  await page.getByRole('button', { name: /Finish register/ }).waitFor();
  await page.goto(`${stage.kioskUrl}/#/today`);
  const now = page.locator('.sess.now', { hasText: 'Ad hoc' });
  await stage.sees('what is on now is in sight on Today, however late in the day', async () => {
    const { y, height } = await now.boundingBox();
    expect(y >= 0 && y + height <= page.viewportSize().height, `it stands at ${y} of ${page.viewportSize().height}`);
  });
  await stage.shows('an ad-hoc session that was opened by mistake is taken away', async () => {
    await now.locator('.sess-tap').click();
    await page.getByRole('button', { name: 'Opened by mistake: take it away' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    await until('it to be gone', async () => (await page.getByText('Ad hoc').count()) === 0);
  });
}

export async function alone(stage) {
  const field = await stage.field();
  const name = await stage.toRegister(field);
  const page = await openPage(stage.browser, null, { viewport: viewports.phone });
  await page.clock.install();
  await page.goto(field.url());
  await page.locator('.r').first().waitFor();
  await halfWritten(stage, page, name);
  await leftAlone(stage, page, name);
  await page.context().close();
  await takenBack(stage, field, name);
}
