// absences.mjs: after Finish with somebody away and nobody told: whom to ring, what was said, and when that is not enough.
import { until } from '../../deploy/demo/demo.mjs';
import { list, office, rowOf, shownName } from './lists.mjs';
import { expect } from './stage.mjs';

/** Leaves a register finished with one away, not told, on screen; gives who that is, and whose register. */
export async function finishWithOneAway(stage, page) {
  await stage.toRegister(page, /players, not started/, 'last');
  const row = page.locator('.r').first();
  const away = await row.locator('.nm b').textContent();
  const register = await page.getByRole('heading', { level: 1 }).textContent();
  for (const mark of ['m-P', 'm-AU']) {
    await row.locator('.tap').click();
    await page.locator(`.r.${mark}:not(.pending)`).first().waitFor();
  }
  await page.getByRole('button', { name: /Mark the rest here/ }).click();
  await until('everyone to be marked', async () => (await page.locator('.m-none').count()) === 0);
  await page.getByRole('button', { name: /Finish register/ }).click();
  return { away, register };
}

async function note(page, outcome, words, taps = 1) {
  await page.getByRole('button', { name: 'What was said' }).first().click();
  await page.getByLabel('What was said, if anything').fill(words);
  await page.getByRole('button', { name: outcome }).click({ clickCount: taps });
  await page.locator('dialog').waitFor({ state: 'detached' });
}

/** The office learns that somebody must not be rung, and must not fetch the child. */
async function notToBeRung(stage, page, away) {
  const first = page.locator('.rung').first();
  const whom = await first.locator('b').textContent();
  for (const { ref } of list(stage, 'learners').filter((one) => shownName(one) === away)) office(stage, 'contacts', rowOf(ref, '1', { do_not_contact: 'yes', may_not_collect: 'yes' }));
  stage.demo.import_sample();
  await stage.shows('whom the office says not to contact is named and cannot be dialled; who may not collect is said', async () => {
    const rung = page.locator('.rung', { hasText: whom }).filter({ hasText: 'Do not contact' });
    await rung.getByText('May not collect').waitFor();
    expect((await rung.getByRole('link').count()) === 0 && (await rung.getByRole('button').count()) === 0, 'there is a number to dial');
    return whom;
  });
  await stage.look(page, 'absences-not');
}

/** As after a term that is over: no meeting on this device is called that. */
async function gone(stage, page) {
  await stage.toToday(page);
  for (const screen of ['register', 'absences']) {
    await page.goto(`${stage.kioskUrl}/#/${screen}/${'1'.repeat(32)}`);
    await stage.shows(`${screen}: a meeting that has left the device is said to be at the office`, () => page.getByRole('alert').getByText('those of a term that is over are at the office').waitFor());
    await stage.look(page, `${screen}-gone`);
    await stage.shows(`${screen}: from there it is one tap to Today`, async () => {
      await page.getByRole('main').getByRole('button', { name: 'Back to today' }).click();
      await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    });
  }
}

export async function absences(stage) {
  const page = await stage.field();
  await gone(stage, page);
  const { away, register } = await finishWithOneAway(stage, page);
  await stage.sees('Finish with somebody away and nobody told goes on to whom to ring', async () => {
    await page.getByRole('heading', { level: 1, name: 'Absences' }).waitFor();
    await page.getByRole('heading', { level: 2, name: away }).waitFor();
    await page.getByText('1 absence to explain').waitFor();
    const numbers = await page.locator('.rung a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(numbers.length > 0 && numbers.every((href) => /^tel:\d+$/.test(href)), `it dials ${numbers.join(', ')}`);
    return numbers.join(', ');
  });
  await stage.look(page, 'absences');
  await page.getByRole('button', { name: 'What was said' }).first().click();
  await stage.look(page, 'absences-call');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await stage.shows('a family that did not know: ring the safeguarding lead now, at this number', async () => {
    await note(page, 'They did not know', 'Left home at three');
    await page.getByText('Ring the safeguarding lead now').waitFor();
    await page.getByRole('link', { name: 'Ring 01632 960777' }).waitFor();
    await page.getByText('Left home at three').waitFor();
  });
  await stage.look(page, 'absences-missing');
  await stage.shows('an explanation ends it, and is noted once, however often it is tapped', async () => {
    await note(page, 'They explained it', '', 2);
    await page.getByText('All explained').waitFor();
    expect((await page.locator('.tl li', { hasText: 'They explained it' }).count()) === 1, 'it is noted twice');
  });
  await stage.shows('the finished register leads there again', async () => {
    await page.getByRole('button', { name: 'Back to today' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    await page.locator('.sess', { hasText: register }).filter({ hasText: /, 1 away/ }).last().locator('.sess-tap').click();
    await page.locator('.r').first().waitFor(); // Today has such buttons too
    await page.getByRole('button', { name: 'Whom to ring' }).click();
    await page.getByText('All explained').waitFor();
  });
  await notToBeRung(stage, page, away);
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
