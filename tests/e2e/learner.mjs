// learner.mjs: finding a learner, a note in three taps, progress, an ad-hoc session, and the first screen's speed.
import { openPage, viewports } from '../lib/chromium.mjs';
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const firstScreenMsMax = 1000;
const slowdown = 4;
const attempts = 5;

export async function learner(stage) {
  const page = await stage.field();
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  await page.locator('.sess-tap').first().click();
  await page.locator('.r').first().waitFor();
  stage.taps = 0;
  const name = await page.locator('.r .nm b').first().textContent();
  await stage.shows('a note is three taps and the text', async () => {
    await stage.tap(page.locator('.more').first());
    await stage.tap(page.getByRole('button', { name: 'Write a note' }));
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await page.keyboard.type('Even tone in the slow movement; “piano” is soft now.');
    await stage.tap(page.getByRole('button', { name: 'Save note' }));
    await page.getByText(`Note on ${name}: saved here.`).waitFor();
    expect(stage.taps === 3, `it took ${stage.taps}`);
  });
  stage.noted = name;
  await stage.shows('the last note is in view', async () => {
    await page.locator('.last-note', { hasText: 'Even tone in the slow movement' }).waitFor();
  });
  await stage.shows('a grade is kept as a fact of progress', async () => {
    await page.getByRole('button', { name: 'Grade', exact: true }).click();
    await page.getByLabel('Board').fill('ABRSM');
    await page.getByLabel('Grade', { exact: true }).fill('4');
    await page.getByRole('button', { name: 'Merit' }).click();
    await page.getByRole('button', { name: 'Save progress' }).click();
    await page.getByText(/Grade: ABRSM 4, Merit/).waitFor();
  });
  await sheet(stage, page, name);
  await stage.shows('what a leader wrote stays in view when the office has it', async () => {
    await until('everything to be sent', async () => (await stage.demo.ask('sync.status')).changes === 0);
    await page.reload();
    await page.locator('.last-note', { hasText: 'Shifts into third position' }).waitFor();
    await page.locator('.tl').getByText('Promoted to the next ensemble').waitFor();
  });
  await stage.look(page, 'learner');
  await page.goto(`${stage.kioskUrl}/#/find`);
  await stage.shows('a learner is found by three letters', async () => {
    await page.getByLabel('Name').fill(name.slice(0, 3));
    await page.getByRole('button', { name: new RegExp(name) }).first().waitFor();
  });
  await stage.look(page, 'find');
  await page.goto(`${stage.kioskUrl}/#/adhoc`);
  await page.getByRole('radio').first().waitFor();
  await stage.look(page, 'adhoc');
  await stage.shows('among many activities one is found by a part of its name, and its Enter opens nothing', async () => {
    const all = await page.getByRole('radio').count();
    const find = page.getByLabel('Find an activity');
    await find.fill((await page.locator('.option b').first().textContent()).slice(0, 5).toUpperCase());
    await find.press('Enter');
    await until('fewer activities', async () => (await page.getByRole('radio').count()) < all && (await page.getByRole('radio').count()) > 0);
    await find.fill('qqq');
    await page.getByText('None of yours is called that').waitFor();
    await find.fill('');
    await until('all of them', async () => (await page.getByRole('radio').count()) === all);
  });
  await stage.shows('an ad-hoc session opens its register at once', async () => {
    await page.getByRole('radio').nth(await smallestActivity(page)).check();
    await page.getByLabel('From', { exact: true }).fill('16:00');
    await page.getByLabel('To', { exact: true }).fill('17:00');
    await page.getByRole('button', { name: 'Open the register' }).click();
    await page.getByRole('button', { name: /Finish register/ }).waitFor();
  });
  await walkIn(stage, page);
  await speed(stage);
}

/** All that a sheet has a place for, each read back from where it stands then. */
async function sheet(stage, page, name) {
  const last = page.locator('.last-note');
  await stage.shows('areas, the next step and the learner’s own words stand with the note', async () => {
    await page.getByLabel('How did it go?').fill('Shifts into third position.');
    for (const area of ['Listening', 'Practice and independence']) await page.getByRole('button', { name: area }).click();
    await page.getByLabel('Next step').fill('The same, slower, with the eyes closed.');
    await page.getByLabel('In the learner’s own words').fill('“It stops being scary.”');
    await page.getByRole('button', { name: 'Save note' }).click();
    await last.getByText('Shifts into third position.').waitFor();
    const words = await last.innerText();
    for (const wanted of [/Listening, Practice and independence/, /Next step: The same, slower/, /In their words: “It stops being scary\.”/]) expect(wanted.test(words), `it says "${words}"`);
  });
  const progress = async (kind, choice) => {
    await page.getByRole('button', { name: kind, exact: true }).click();
    if (choice) await page.getByRole('button', { name: choice, exact: true }).click();
    await page.getByRole('button', { name: 'Save progress' }).click();
    await page.getByText(`${kind} for ${name}: saved here.`).waitFor();
  };
  await stage.shows('stage and Programme of Study are set, and stand at the head of the sheet', async () => {
    await progress('Stage', 'Advancing');
    await progress('Programme of Study', 'Level 3');
    const facts = page.locator('.facts');
    await facts.getByText('Advancing').waitFor();
    await facts.getByText('Level 3').waitFor();
  });
  await stage.shows('a learner is recommended for the next ensemble, and promoted to it', async () => {
    for (const kind of ['Recommended for the next ensemble', 'Promoted to the next ensemble']) {
      await progress(kind);
      await page.locator('.tl').getByText(kind).waitFor();
    }
  });
}

/** Which of the activities has the fewest learners: somebody is sure not to be in it. */
async function smallestActivity(page) {
  const sizes = (await page.locator('.option').allTextContents()).map((text) => Number(/(\d+) learners/.exec(text)?.[1] ?? 1)); // a lesson of one says who comes
  return sizes.indexOf(Math.min(...sizes));
}

async function walkIn(stage, page) {
  const count = await page.locator('.r').count();
  await stage.shows('a walk-in is found by a few letters and marked here', async () => {
    await page.getByRole('button', { name: 'Find a name or add a visitor' }).click();
    await page.getByLabel('Name', { exact: true }).fill('an');
    const others = page.getByRole('list', { name: /^Not on this register/ }).getByRole('button');
    await others.first().waitFor();
    await stage.look(page, 'register-find');
    await others.first().click();
    await until('the visitor on the register', async () => (await page.locator('.r').count()) === count + 1);
    await page.getByText(/^Visitor/).first().waitFor();
  });
  await stage.shows('an ad-hoc register is finished like any other', async () => {
    await page.getByRole('button', { name: /Finish register/ }).click();
    const rest = page.getByRole('button', { name: /away, not told, and finish/ });
    const done = page.getByText('is finished. Saved here.');
    await rest.or(done).first().waitFor();
    if (await rest.isVisible()) await rest.click();
    await done.waitFor();
  });
}

/** A cold open on a machine four times slower: what an old tablet feels like. */
async function coldOpenMs(stage) {
  const page = await openPage(stage.browser, null, { viewport: viewports.phone });
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (window.firstScreenMs === undefined && document.querySelector('h1')) window.firstScreenMs = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.goto(stage.kioskUrl, { waitUntil: 'commit' });
  await page.locator('h1').waitFor();
  const ms = await page.evaluate(() => window.firstScreenMs);
  await page.context().close();
  return ms;
}

// The best of a few: other work on the machine is not what is measured. The budget is a figure to look at, for a machine that does nothing else.
async function speed(stage) {
  await stage.shows('the first screen comes cold at a quarter of the speed', async () => {
    const times = [];
    for (let i = 0; i < attempts; i += 1) times.push(Math.round(await coldOpenMs(stage)));
    return `${Math.min(...times)} ms at best, of ${times.join(', ')}; at most ${firstScreenMsMax} are wanted`;
  });
}
