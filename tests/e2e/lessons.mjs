// lessons.mjs: lessons of one are marked on Today in a tap and close themselves; too many wrong PINs wait, in words.
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const wrongTries = 4;
const lessonsWanted = 12;
const lessonTapsMax = 2;
/** Why a session does not take place: what is owed then, and by whom, follows from it. */
const causes = ['School, with notice', 'School, at short notice', 'The hub', 'Tutor absent', 'Weather'];

async function solo(stage, page, name) {
  await stage.unlock(page, name);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  await until('the day\u2019s sessions', async () => (await page.locator('.sess').count()) > 0);
  const open = await page.locator('.solo').count();
  if (open === 0) return false;
  await stage.look(page, 'today-lessons');
  await stage.shows('a lesson of one is marked on Today in one tap and closes itself', async () => {
    await page.locator('.solo').first().getByRole('button', { name: 'Here' }).click();
    await page.getByText(/: here\. Saved here\./).waitFor();
    await until('the lesson to close', async () => (await page.locator('.solo').count()) === open - 1);
  });
  await stage.shows('a wrong tap is taken back by one more, and the lesson asks anew', async () => {
    await page.getByRole('button', { name: 'Undo' }).click();
    await until('the lesson to be open', async () => (await page.locator('.solo').count()) === open);
    const again = page.locator('.sess', { hasText: 'Opened again' });
    await again.getByRole('button', { name: 'Here' }).click();
    await until('the lesson to close', async () => (await page.locator('.solo').count()) === open - 1);
  });
  await stage.look(page, 'today-said');
  await cancel(stage, page);
  if (open > lessonsWanted) await twelve(stage, page);
  return true;
}

/** A tutor's day with no line: one lesson after the other, away for every fourth, from Today alone. */
async function twelve(stage, page) {
  await stage.hold(page, true);
  await page.goto(`${stage.kioskUrl}/#/today`);
  await until('the day\u2019s lessons', async () => (await page.locator('.solo').count()) >= lessonsWanted);
  const marks = page.locator('.solo').filter({ has: page.getByRole('button', { name: 'Here' }) });
  const open = await marks.count();
  await stage.shows(`${lessonsWanted} lessons are marked from Today with no line, at most ${lessonTapsMax} taps each, and close themselves`, async () => {
    stage.taps = 0;
    for (let done = 0; done < lessonsWanted; done += 1) {
      await stage.tap(marks.first().getByRole('button', { name: done % 4 === 3 ? 'Away' : 'Here' }));
      await until('the lesson to close', async () => (await marks.count()) === open - done - 1);
    }
    expect(stage.taps <= lessonsWanted * lessonTapsMax, `it took ${stage.taps} taps`);
    expect((await page.locator('.pill.good', { hasText: 'Away' }).count()) === 0, 'who is away stands there as good news');
    await page.locator('.sync', { hasText: new RegExp(`Saved here.*${lessonsWanted} registers to send`) }).waitFor();
    return `${stage.taps} taps`;
  });
  await stage.look(page, 'today-twelve');
  await stage.hold(page, false);
  await stage.shows('with the line back they are signed for', async () => page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor());
}

/** The next lesson is cancelled by the school, and then not. */
async function cancel(stage, page) {
  const lesson = page.locator('.sess', { has: page.locator('.solo') }).first();
  if ((await lesson.count()) === 0) return;
  await stage.shows('a lesson is cancelled with its cause, in two taps', async () => {
    await lesson.locator('.sess-tap').click();
    await page.getByRole('button', { name: 'It does not take place' }).click();
    for (const cause of causes) await page.getByRole('button', { name: cause, exact: true }).waitFor();
    await page.getByRole('button', { name: 'School, with notice' }).click();
    await page.getByRole('heading', { name: 'Cancelled: school, with notice' }).waitFor();
  });
  await stage.look(page, 'register-cancelled');
  await page.getByRole('button', { name: 'Back to today' }).click();
  await stage.shows('Today says why', async () => {
    await page.locator('.sess', { hasText: 'Cancelled: School, with notice' }).first().locator('.sess-tap').click();
    await page.getByRole('button', { name: 'It takes place after all' }).waitFor();
  });
  await stage.shows('it may take place after all', async () => {
    await page.getByRole('button', { name: 'It takes place after all' }).click();
    await page.locator('.r').first().waitFor();
  });
}

export async function lessons(stage) {
  const page = await stage.field();
  let found = false;
  for (const name of stage.pins.keys()) {
    await stage.toNames(page);
    found = (await solo(stage, page, name)) || found;
  }
  await stage.shows('somebody has lessons of one today', async () => expect(found, 'nobody has'));
  await stage.toNames(page);
  const [name] = stage.pins.keys();
  await stage.shows('after too many wrong PINs the page says how long to wait, and lets nobody try', async () => {
    await page.getByRole('button', { name: new RegExp(name) }).click();
    for (let i = 0; i < wrongTries; i += 1) {
      await page.getByLabel('PIN', { exact: true }).fill(`99999${i}`);
      await page.getByRole('button', { name: 'Unlock' }).click();
      await page.locator('#pin-word p', { hasText: `${10 - i - 1} tries left` }).waitFor();
    }
    const words = await page.locator('#pin-word p').textContent();
    expect(/Wait 30 seconds/.test(words), `it says "${words}"`);
    expect(await page.getByRole('button', { name: /^Wait \d+ second/ }).isDisabled(), 'it can be tried');
    return words;
  });
  await stage.look(page, 'unlock-wait');
}
