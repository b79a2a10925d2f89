// evacuation.mjs: who is in the building, one tap from the register and from Today, counted at the assembly point with no line.
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const hereCount = 4;
const namesPerPage = 50;

async function markSome(page) {
  if ((await page.locator('.m-none').count()) < hereCount) return;
  for (let index = 0; index < hereCount; index += 1) await page.locator('.r').nth(index).locator('.tap').click();
  await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /Mark the rest here/ }).click();
  await until('everyone to be marked', async () => (await page.locator('.m-none').count()) === 0);
}

const figures = async (page) => {
  await page.locator('.t-here').getByText(/of \d+ counted/).waitFor();
  const [, total] = /of (\d+) counted/.exec(await page.locator('.t-here dt').textContent());
  return { total: Number(total), counted: Number(await page.locator('.t-here dd').textContent()) };
};

export async function evacuation(stage) {
  const page = await stage.field();
  await stage.toRegister(page, /\d\d players, not started|\d\d here,/);
  await markSome(page);
  const marked = await page.locator('.r.m-P, .r.m-L').count();
  await stage.shows('one tap from the register: explicit marks only, and the sections come to the total', async () => {
    await page.getByRole('button', { name: 'Evacuation list' }).click();
    await page.getByRole('heading', { level: 1, name: 'Evacuation' }).waitFor();
    const { total } = await figures(page);
    const sections = await page.locator('.hall:not(.door) .sec h3 small').allTextContents();
    const sum = sections.reduce((all, text) => all + Number(/of (\d+)/.exec(text)[1]), 0);
    expect(total >= marked && sum === total, `${marked} marked here, ${total} on the list, ${sum} in its sections`);
    return `${total} people in ${sections.length} sections`;
  });
  await stage.sees('it says whether other devices are in it', async () => {
    const words = await page.locator('.ttl p').textContent();
    expect(/^(This device only|Combined at .*\d\d:\d\d)$/.test(words), `it says "${words}"`);
    return words;
  });
  await stage.shows('a tap counts somebody, another takes it back, and a reload keeps the count', async () => {
    const taps = page.locator('.evac .tap');
    for (const index of [0, 1, 2]) await taps.nth(index).click();
    await taps.nth(2).click();
    await page.reload();
    await page.locator('.evac .r').first().waitFor();
    await until('two to be counted', async () => (await figures(page)).counted === 2);
  });
  await stage.look(page, 'evacuation');
  await stage.shows('it prints, a page for each fifty names begun', async () => {
    const pages = (await page.pdf({ format: 'A4', ...(stage.screens ? { path: `${stage.screens}/evacuation.pdf` } : {}) })).toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    const { total } = await figures(page);
    expect(pages <= Math.ceil(total / namesPerPage), `${total} names take ${pages} pages`);
    return `${total} names, ${pages} page`;
  });
  await stage.shows('only who is missing is shown when asked for', async () => {
    const { total, counted } = await figures(page);
    await page.getByRole('button', { name: 'Only who is missing' }).click();
    const shown = page.locator('.hall:not(.door) .evac .r, .evac .hall:not(.door) .r');
    await until(`${total - counted} to be shown`, async () => (await shown.count()) === total - counted);
    await page.getByRole('button', { name: 'Show everyone' }).click();
  });
  await stage.shows('counting again asks first', async () => {
    await page.getByRole('button', { name: 'Count again' }).click();
    await page.getByRole('button', { name: 'Take the ticks away' }).click();
    await until('the ticks to go', async () => (await figures(page)).counted === 0);
  });
  await stage.shows('one tap from Today', async () => {
    await page.goto(`${stage.kioskUrl}/#/today`);
    await page.getByRole('button', { name: 'Evacuation list' }).click();
    await page.getByRole('heading', { level: 1, name: 'Evacuation' }).waitFor();
    await page.locator('.t-here').getByText(/of \d+ counted/).waitFor();
  });
  await stage.look(page, 'evacuation-from-today');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
