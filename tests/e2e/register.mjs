// register.mjs: a register of 70 on a phone with the line held, killed in the middle, finished, sent, and seen closed by the office.
import { until } from '../../deploy/demo/demo.mjs';
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect, slowness } from './stage.mjs';

const awayCount = 4;
const lateCount = 2;
const oneByOneCount = 10;
const secondsMax = 60;

const number = async (page, word) => Number(await page.locator('.tally div', { hasText: word }).locator('dd').textContent());

/** Finds the day's largest register among both people, and leaves its leader signed in on Today. */
async function toBigRegister(stage, page) {
  let best = null;
  for (const name of stage.pins.keys()) {
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await stage.unlock(page, name);
    await until('the day’s sessions', async () => (await page.locator('.sess').count()) > 0);
    for (const text of await page.locator('.sess').allTextContents()) {
      const size = Number(/(\d+) players, not started/.exec(text)?.[1] ?? 0);
      if (!best || size > best.size) best = { name, size };
    }
  }
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await stage.unlock(page, best.name);
  return best;
}

async function holdLine(page, hold) {
  await page.locator('.sync').click();
  await page.getByRole('button', { name: hold ? 'Pause sending' : 'Start sending again' }).click();
  await page.getByRole('button', { name: hold ? 'Start sending again' : 'Pause sending' }).waitFor();
}

async function waitIdle(page) {
  await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' });
}

const marksOn = (page) => page.locator('.r').evaluateAll((rows) => rows.map((row) => row.className.trim()));

/** A sheet in which something was written, while nothing can be saved. */
async function wordsStay(stage, page) {
  const sheet = page.getByRole('dialog');
  const comment = sheet.getByLabel('Comment on today');
  const words = 'Hurt her wrist, plays with the left hand alone';
  await page.locator('.r.m-P .more').first().click();
  await comment.fill(words);
  await stage.shows('a comment that is refused stays in its sheet, which says why', async () => {
    await sheet.getByRole('button', { name: 'Save comment' }).click();
    await sheet.getByRole('alert').getByText('It may not be saved').waitFor();
    expect((await comment.inputValue()) === words, `it says "${await comment.inputValue()}"`);
  });
  await stage.look(page, 'register-comment-refused');
  await sheet.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Find a name or add a visitor' }).click();
  await sheet.getByLabel('Name').fill('Viola Newsample');
  await stage.shows('so does a visitor’s name', async () => {
    await sheet.getByRole('button', { name: /Add “Viola Newsample”/ }).click();
    await sheet.getByRole('alert').getByText(/./).waitFor();
    expect((await sheet.getByLabel('Name').inputValue()) === 'Viola Newsample', 'the name is gone');
  });
  await sheet.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: /Finish register/ }).click();
  await stage.shows('a Finish that is refused says so in its sheet, and not behind it', async () => {
    await sheet.getByRole('button', { name: /here and finish/ }).click();
    await sheet.getByRole('alert').getByText(/starting/).waitFor();
  });
  await sheet.getByRole('button', { name: 'Close', exact: true }).click();
}

/** A power cut: the program is killed, and the screen that comes up after it begins anew, at its own address, as deploy/kiosk starts it. */
async function killAndRestart(stage, page, leader) {
  const before = await marksOn(page);
  await stage.demo.end('kiosk', 'SIGKILL');
  await stage.shows('a killed kiosk is announced without an overlay', async () => {
    await page.getByText('Tutti on this device is restarting…').waitFor();
  });
  await wordsStay(stage, page);
  await stage.demo.start_kiosk('--offline');
  await page.getByText('Tutti on this device is restarting…').waitFor({ state: 'detached' });
  const anew = await openPage(stage.browser, stage.kioskUrl, { viewport: viewports.phone });
  await stage.shows('a power cut comes back to the same session after a PIN, on a screen that began anew', async () => {
    await stage.unlock(anew, leader);
    await anew.locator('.r').first().waitFor();
    expect(anew.url() === page.url(), `it came back to ${anew.url()}, not to ${page.url()}`);
  });
  await stage.shows('every mark said to be saved survives kill -9', async () => {
    const after = await marksOn(anew);
    const lost = before.filter((mark, index) => mark !== after[index]).length;
    expect(after.length === before.length && lost === 0, `${lost} of ${before.length} rows differ`);
    return `${before.filter((mark) => mark !== 'r m-none').length} marks`;
  });
  await anew.context().close();
  await page.locator('.r').first().waitFor();
}

/** The first desk: who came late, and some one by one. */
async function markSome(stage, page) {
  const rows = page.locator('.r');
  for (let index = 0; index < lateCount; index += 1) {
    await stage.tap(rows.nth(10 + index).locator('.more'));
    await stage.tap(page.getByRole('button', { name: 'Mark late' }));
    await waitIdle(page);
  }
  for (let index = 0; index < oneByOneCount; index += 1) await stage.tap(rows.nth(index).locator('.tap'));
  await waitIdle(page);
}

async function markRest(stage, page) {
  const rows = page.locator('.r');
  const rest = page.getByRole('button', { name: /Mark the rest here/ });
  const { x, y, width, height } = await rest.boundingBox();
  await stage.tap(rest);
  await until('everyone to be marked', async () => (await page.locator('.m-none').count()) === 0);
  await stage.shows('whoever taps "Mark the rest here" twice has not finished the register', async () => {
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.getByRole('button', { name: 'Everyone is marked' }).waitFor();
    expect((await page.locator('.sess').count()) === 0 && (await page.getByRole('button', { name: /Finish register/ }).count()) === 1, 'it is finished');
  });
  for (let index = 0; index < awayCount; index += 1) {
    await stage.tap(rows.nth(20 + index * 5).locator('.tap'));
    await waitIdle(page);
  }
}

export async function register(stage) {
  const page = await stage.field();
  const office = await stage.officePage();
  const leader = await toBigRegister(stage, page);
  await stage.shows('the orchestra of the made-up county has 70 players', async () => expect(leader.size === 70, `the largest register has ${leader.size}`));
  await stage.look(page, 'today');
  await holdLine(page, true);
  await page.getByRole('button', { name: 'Back' }).click();

  await page.locator('.sess', { hasText: `${leader.size} players, not started` }).first().locator('.sess-tap').click();
  await page.locator('.r').first().waitFor();
  const name = await page.getByRole('heading', { level: 1 }).textContent();
  await stage.sees('everyone starts unmarked', async () => expect((await page.locator('.r.m-none').count()) === leader.size, 'somebody is marked already'));
  await stage.look(page, 'register-unmarked');
  await stage.shows('it prints on one A4 page, with lines for walk-ins', async () => {
    const path = stage.screens ? { path: `${stage.screens}/register.pdf` } : {};
    const pages = (await page.pdf({ format: 'A4', ...path })).toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    expect(pages === 1, `${leader.size} players take ${pages} pages`);
  });

  await stage.shows('a tap is here, the next is away not told, the next is here again', async () => {
    const row = page.locator('.r').first();
    for (const mark of ['m-P', 'm-AU', 'm-P']) {
      await row.locator('.tap').click();
      await page.locator(`.r.${mark}:not(.pending)`).first().waitFor();
    }
  });
  await stage.shows('undo takes back step by step and says what it takes back', async () => {
    for (const mark of ['m-AU', 'm-P', 'm-none']) {
      await page.getByRole('button', { name: /^Undo/ }).click();
      await until(`undo to ${mark}`, async () => (await page.locator('.r').first().getAttribute('class')).includes(mark));
    }
  });

  stage.taps = 0;
  const clock = { ms: 0 };
  const timed = async (act) => {
    const from = performance.now();
    await act(stage, page);
    clock.ms += performance.now() - from;
  };
  await timed(markSome);
  await stage.sees('the badge counts the register and never says sent', async () => {
    const text = await page.locator('.sync').innerText();
    expect(/Saved here/.test(text) && /1 register/.test(text), `it says "${text}"`);
    return text.replace(/\s+/g, ' ');
  });
  await killAndRestart(stage, page, leader.name);
  await finishAsks(stage, page, leader.size - lateCount - oneByOneCount);
  await timed(markRest);
  const seconds = clock.ms / 1000;
  await stage.shows(`70 players, ${awayCount} away, ${lateCount} late, in under a minute`, async () => {
    expect(seconds < secondsMax * slowness(), `it took ${seconds.toFixed(1)} s`);
    return `${stage.taps} taps before Finish, ${seconds.toFixed(1)} s by machine`;
  });
  await stage.sees('the running totals add up', async () => {
    const sum = (await number(page, 'here')) + (await number(page, 'Late')) + (await number(page, 'Away'));
    expect(sum === leader.size && (await number(page, 'Late')) === lateCount && (await number(page, 'Away')) === awayCount, `they come to ${sum}`);
  });
  await stage.look(page, 'register-marked');
  await page.locator('.more').nth(2).click();
  await stage.look(page, 'register-row-menu');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await finish(stage, page, office, name);
}

async function finishAsks(stage, page, unmarked) {
  await stage.shows('Finish with somebody unmarked asks, and going back changes nothing', async () => {
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByText(`${unmarked} players are still unmarked`).waitFor();
  });
  await stage.look(page, 'register-finish-asks');
  await page.getByRole('button', { name: 'Go back' }).click();
  await stage.sees('after going back the same players are unmarked', async () => {
    expect((await page.locator('.r.m-none').count()) === unmarked, 'going back marked somebody');
  });
}

async function finish(stage, page, office, name) {
  const officeRow = office.locator('tr', { hasText: name });
  await stage.shows('Finish says "Saved here", asks about who is away without a word, and leads back to Today', async () => {
    await page.getByRole('button', { name: /Finish register/ }).click();
    await page.getByText('is finished. Saved here.').waitFor();
    await page.getByText(`${awayCount} absences to explain`).waitFor();
    await page.getByRole('button', { name: 'Back to today' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  });
  await stage.shows('the office sees nothing of it while the line is held', async () => expect(!/Closed/.test(await officeRow.first().textContent()), 'it is closed already'));
  await stage.look(page, 'today-after');
  await holdLine(page, false);
  await stage.sees('let go, everything is sent and signed for', async () => {
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
    await page.getByText('Received').first().waitFor();
    expect((await page.locator('.pill', { hasText: 'Waiting' }).count()) === 0, 'a bundle still waits');
  });
  await stage.look(page, 'sync');
  await stage.shows('the office page sees it closed, live, without a reload', async () => {
    await officeRow.filter({ hasText: 'Closed' }).first().waitFor();
    return (await officeRow.first().textContent()).replace(/\s+/g, ' ');
  });
  stage.register = name;
  await page.getByRole('button', { name: 'Back' }).click();
}
