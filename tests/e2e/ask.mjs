// ask.mjs: the office asks a tutor about a matter; the phone shows it on Today, takes the answer with no line, and the card has it, live.
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const question = 'Was that you, or the other tutor?';

export async function ask(stage) {
  const page = await stage.field();
  await stage.toToday(page);
  const greeting = await page.locator('.greet').textContent();
  const [name] = [...stage.pins.keys()].filter((one) => greeting.startsWith(one));
  const office = await stage.officePage();
  await office.goto(`${stage.officeUrl}/reconcile/duplicates`);
  await office.locator('.qi').first().click();
  await office.getByRole('button', { name: 'Ask the tutor' }).click();
  const whom = office.getByLabel('Whom');
  await whom.waitFor();
  await until('the tutors to be listed', async () => (await whom.locator('option', { hasText: name }).count()) > 0);
  await whom.selectOption({ label: name });
  await office.getByLabel(/^Question/).fill(question);
  await stage.look(office, 'office-ask');
  await stage.shows('a question stands on the card, with no answer yet', async () => {
    await office.getByRole('button', { name: 'Ask', exact: true }).click();
    await office.getByText('No answer yet').first().waitFor();
  });
  await stage.shows('it is on Today of whoever was asked, in nobody’s way', async () => {
    await page.getByText(question).waitFor();
    expect((await page.locator('.sess-tap').count()) > 0 && (await page.locator('dialog[open]').count()) === 0, 'it is in the way');
  });
  await stage.look(page, 'today-question');
  await stage.hold(page, true);
  await page.goto(`${stage.kioskUrl}/#/today`);
  await stage.shows('the answer is saved with no line, and the question is gone', async () => {
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByLabel('Your answer').fill('That was me, she came late');
    await stage.look(page, 'today-answer');
    await page.getByRole('button', { name: 'Save the answer' }).click();
    await page.getByText(question).waitFor({ state: 'detached' });
  });
  await stage.hold(page, false);
  await stage.shows('the card has the answer, live', async () => {
    await office.getByText('That was me, she came late').waitFor();
  });
  await stage.look(office, 'office-answered');
  await page.goto(`${stage.kioskUrl}/#/today`);
}
