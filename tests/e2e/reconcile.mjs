// reconcile.mjs: two real devices disagree about one register; the office sees it at once, decides by keyboard, takes back, and the device shows
// what became of it. A sign-in that ends in the middle loses nothing; what is safe is kept by one press; what has no grant waits and is released.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { Demo, free_port as freePort, until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const pin = '482913';

/** The sample's grants with one more: a leader who stands in, from a day to a day. Quotes as the file has them. */
function grant(stage, staff, activityRef, ends) {
  const file = stage.demo.path('sample/grants.csv');
  const others = readFileSync(file, 'utf8').trim().split(/\r?\n/).filter((line) => !line.startsWith(`"${staff}","${activityRef}"`));
  writeFileSync(file, `${[...others, `"${staff}","${activityRef}","leader","2026-01-01","${ends}"`].join('\n')}\n`);
  stage.demo.import_sample();
}

function refOf(stage, name) {
  const line = readFileSync(stage.demo.path('sample/activities.csv'), 'utf8').split(/\r?\n/).find((one) => one.includes(`"${name}"`) || one.split(',')[1] === name);
  expect(line, `the sample has no activity called ${name}`);
  return line.split(',')[0].replaceAll('"', '');
}

/** One who is on the first kiosk, unlocked there, and a register of theirs that nobody has touched. */
async function firstLeader(stage) {
  const { staff } = await stage.demo.ask('device.status');
  for (const person of staff) {
    await stage.demo.ask('lock');
    if (person.wait_ms > 0) continue; // an act before this one tried wrong PINs
    await stage.demo.ask('unlock', { staff: person.id, pin: stage.pins.get(person.name) });
    const { sessions } = await stage.demo.ask('today');
    const free = sessions.find((one) => !one.state && one.totals.of >= 8);
    if (free) return { person, session: free };
  }
  throw new Error('nobody has an untouched register left');
}

/** A second kiosk: real, with its own key, for a colleague who is granted the same ensemble. */
async function secondKiosk(stage) {
  const second = new Demo({ data: stage.demo.path('second'), port: stage.demo.port, kiosk_port: await freePort(), quiet: true });
  symlinkSync(stage.demo.path('certs'), second.path('certs'));
  await second.start_kiosk();
  const made = JSON.parse(stage.demo.run('tutti-server', ['enrol', '--data', stage.demo.path('hub'), '--name', 'Stage door tablet', '--kind', 'phone', '--staff', 'S003', '--json']));
  await second.ask('enrol.start', { code: made.link });
  const { staff } = await second.ask('enrol.confirm');
  await second.ask('pin.set', { staff: staff[0].id, pin });
  await second.ask('setup.done');
  await second.ask('unlock', { staff: staff[0].id, pin });
  return { second, colleague: staff[0] };
}

async function seesSession(demo, id) {
  return until('the session on the second device', async () => (await demo.ask('today')).sessions.find((one) => one.id === id));
}

async function disagree(stage, second, session) {
  const { rows } = await stage.demo.ask('register.get', { session: session.id });
  const mark = (demo, row, code, more = {}) => demo.ask('mark.set', { session: session.id, learner: rows[row].learner, code, ...more });
  await stage.demo.ask('sync.hold', { hold: true });
  await second.ask('sync.hold', { hold: true });
  // Away and not told, against here; here against late; two ways of being away; at a school event against away.
  for (const [row, code] of ['AU', 'P', 'AN', 'SE', 'P'].entries()) await mark(stage.demo, row, code);
  for (const [row, code] of ['P', 'L', 'AU', 'AN', 'P'].entries()) await mark(second, row, code);
  await stage.demo.ask('sync.hold', { hold: false });
  await second.ask('sync.hold', { hold: false });
  return rows;
}

const badge = (page) => page.getByRole('navigation', { name: 'Main' }).locator('.count');
const codeOn = async (demo, session, learner) => (await demo.ask('register.get', { session })).rows.find((row) => row.learner === learner)?.code ?? 'none';

async function decideByKeys(stage, page, session, rows) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Reconcile/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Reconcile' }).waitFor();
  const question = page.getByRole('heading', { level: 2, name: /^Was .* (here, or away|away, or here)\?$/ });
  await stage.shows('what cannot wait stands first: one says here, one says away and not told', async () => {
    await question.waitFor();
    await page.locator('.qi').first().getByText('Urgent').waitFor({ state: 'attached' });
    return question.textContent();
  });
  await stage.sees('the card says who wrote what, on which device, what is in use and why', async () => {
    const text = await page.locator('.matter').innerText();
    for (const words of ['In use now', 'Set aside, not lost', 'Hall B kiosk', 'Stage door tablet', 'Why “']) expect(text.includes(words), `"${words}" is missing in: ${text}`);
  });
  await stage.look(page, 'office-reconcile');
  await stage.shows('j and k walk the list', async () => {
    const first = await question.textContent();
    await page.keyboard.press('j');
    await until('the next question', async () => (await page.locator('.matter h2').count()) > 0 && (await page.locator('.matter h2').textContent()) !== first);
    await page.keyboard.press('k');
    await question.waitFor();
  });
  // Two clocks may differ by a second, so either may be in use; the other one is chosen.
  const used = await codeOn(stage.demo, session.id, rows[0].learner);
  const other = used === 'P' ? 'AU' : 'P';
  await page.keyboard.press('2');
  const reason = page.getByLabel('Why?');
  await stage.shows('a number chooses, and asks for the reason before anything happens', async () => {
    await reason.waitFor();
    expect(await page.locator('.reason .b1').isDisabled(), 'it can be sent without a reason');
    await until('the field to have the keyboard', () => reason.evaluate((field) => field === document.activeElement));
  });
  await reason.fill('Her sister answered for her');
  await stage.look(page, 'office-reconcile-reason');
  await reason.focus();
  await page.keyboard.press('Enter');
  await stage.shows('decided by keyboard; the device hears of it and shows it', async () => {
    await page.locator('.last', { hasText: other === 'P' ? 'Here' : 'Away' }).waitFor();
    for (const demo of [stage.demo, stage.second]) await until('the decision on the device', async () => (await codeOn(demo, session.id, rows[0].learner)) === other);
  });
  return used;
}

async function takeBack(stage, page, session, rows, before) {
  await page.keyboard.press('u');
  await page.getByRole('heading', { name: 'Take the decision back' }).waitFor();
  // The sign-in ends while somebody types.
  await page.getByLabel('Why?').fill('She was in the hall all along');
  await page.context().clearCookies();
  await page.getByLabel('Why?').press('Enter');
  await stage.shows('a sign-in that ends in the middle asks who is there, and what was typed goes on its way by itself', async () => {
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.waitFor();
    await stage.look(page, 'office-sign-in-again');
    await again.getByLabel('Name').fill('office');
    await again.getByLabel('Password').fill(stage.demo.secrets().office);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.waitFor({ state: 'detached' });
    await page.getByText('She was in the hall all along').waitFor();
  });
  await stage.shows('taken back: what was there before stands again, on the devices too', async () => {
    for (const demo of [stage.demo, stage.second]) await until('the earlier value on the device', async () => (await codeOn(demo, session.id, rows[0].learner)) === before);
    await page.getByText('took the decision back.').waitFor();
    await page.getByText('Her sister answered for her').waitFor();
  });
  await stage.look(page, 'office-reconcile-history');
}

async function keepSafe(stage, page) {
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: /^All/ }).click();
  await page.getByRole('button', { name: /^Keep all safe choices/ }).click();
  await page.getByRole('heading', { name: 'Keep 2 safe choices' }).waitFor();
  await stage.look(page, 'office-reconcile-safe');
  const before = Number((await badge(page).textContent()).match(/^[\d,]+/)[0].replaceAll(',', ''));
  await stage.shows('what is safe is kept by one press with a reason, and the count falls by itself', async () => {
    await page.getByRole('button', { name: 'Both mean the same' }).click();
    await page.getByRole('button', { name: /^Keep them/ }).click();
    await page.locator('.last', { hasText: '2 choices kept' }).waitFor();
    await until('the count to fall', async () => Number((await badge(page).textContent()).match(/^[\d,]+/)[0].replaceAll(',', '')) < before);
  });
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: 'Decided' }).click();
  await stage.shows('what was decided stands under Decided', async () => {
    await until('the decided entries', async () => (await page.locator('.qi').count()) >= 2);
  });
}

/** Two children of one name in the made-up county: they are not the same, and nobody is asked again. */
async function duplicates(stage, page) {
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: /^Duplicates/ }).click();
  await stage.shows('two records that may be one child stand side by side, with what speaks for it', async () => {
    await page.getByRole('heading', { level: 2, name: /one child/ }).waitFor();
    await page.getByText(/Duplicate: .*[Ss]ame/).waitFor();
    await page.getByText('As two they were at', { exact: false }).waitFor();
  });
  await stage.look(page, 'office-reconcile-duplicate');
  const before = await page.locator('.qi').count();
  await stage.shows('"not the same person" is decided by its key, and the entry goes', async () => {
    await page.keyboard.press('3');
    await page.getByLabel('Why?').fill('Cousins: the school knows both');
    await page.getByLabel('Why?').press('Enter');
    await page.locator('.last', { hasText: 'Not the same person' }).waitFor();
    await until('the entry to go', async () => (await page.locator('.qi').count()) === before - 1);
  });
}

/** Written after the grant had ended: it waits at the hub, and the office lets it in. */
async function quarantine(stage, page, session, rows, ref) {
  await stage.second.ask('sync.hold', { hold: true });
  grant(stage, 'S003', ref, new Date().toISOString().slice(0, 10));
  await stage.second.ask('mark.set', { session: session.id, learner: rows[5].learner, code: 'AU' });
  await stage.second.ask('sync.hold', { hold: false });
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: /^Quarantine/ }).click();
  await stage.shows('what was written without a grant waits, and says in words what is in it', async () => {
    await page.getByText(/Away, not told/).waitFor();
    await page.getByText('Its author may not write there', { exact: false }).first().waitFor();
  });
  await stage.look(page, 'office-reconcile-quarantine');
  await stage.shows('released with a reason, it counts', async () => {
    await page.getByRole('button', { name: 'Release this' }).first().click();
    await page.getByRole('button', { name: 'Stood in for a colleague' }).click();
    await page.getByLabel('Why?').press('Enter');
    await until('the mark on the first device', async () => (await codeOn(stage.demo, session.id, rows[5].learner)) === 'AU');
  });
}

async function missing(stage, page) {
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: /^Missing/ }).click();
  await stage.shows('a register that is missing says whose it is and which device may hold it', async () => {
    await page.getByRole('heading', { level: 2, name: /register of/ }).waitFor();
    await page.getByRole('heading', { name: 'Devices that may still hold it' }).waitFor();
  });
  await stage.look(page, 'office-reconcile-missing');
  await stage.shows('the entry is in sight, however far down the list it was chosen', async () => {
    // By its id: another may come behind it meanwhile.
    const line = page.locator(`#${await page.locator('.qi').last().getAttribute('id')}`);
    await line.click();
    await until('its question beside the list', async () => {
      const [chosen, box] = [await line.getAttribute('aria-current'), await page.locator('.matter h2').boundingBox()];
      return chosen === 'true' && box && box.y >= 0 && box.y + box.height <= page.viewportSize().height;
    }, 30);
    await page.locator('.qi').first().click();
    await until('the first entry again', async () => (await page.locator('.qi').first().getAttribute('aria-current')) === 'true' && (await page.locator('.matter h2').count()) > 0);
  });
  await stage.shows('one that did not take place is cancelled from its card, with the cause, and is missing no more', async () => {
    const question = await page.getByRole('heading', { level: 2, name: /register of/ }).textContent();
    // Meanwhile another may be missing, so that there are as many as before.
    const line = page.locator(`#${await page.locator('.qi[aria-current=true]').getAttribute('id')}`);
    await page.getByRole('button', { name: 'It did not take place' }).click();
    await page.getByLabel('Whose decision was it?').selectOption('school_notice');
    await page.getByRole('button', { name: 'The school says so' }).click();
    await page.getByRole('button', { name: /^Cancel the session/ }).click();
    await line.waitFor({ state: 'detached' });
    return question;
  });
  await page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name: /^Held/ }).click();
  await stage.shows('an empty list says what would fill it', async () => {
    await page.getByRole('heading', { name: 'No device waits' }).waitFor();
  });
  await stage.look(page, 'office-reconcile-empty');
}

export async function reconcile(stage) {
  const page = await stage.officePage();
  await page.goto(`${stage.officeUrl}/today`);
  const { person, session } = await firstLeader(stage);
  const ref = refOf(stage, session.name);
  grant(stage, 'S003', ref, '');
  const { second } = await secondKiosk(stage);
  stage.second = second;
  try {
    await seesSession(second, session.id);
    const count = (await badge(page).count()) ? await badge(page).textContent() : '';
    const rows = await disagree(stage, second, session);
    await stage.shows(`${person.name} and a colleague disagree on two devices, and the office’s count says so by itself`, async () => {
      await until('the count', async () => (await badge(page).count()) > 0 && (await badge(page).textContent()) !== count && /urgent/.test(await badge(page).textContent()));
    });
    const used = await decideByKeys(stage, page, session, rows);
    await takeBack(stage, page, session, rows, used);
    for (const act of [keepSafe, duplicates, quarantine]) await act(stage, page, session, rows, ref);
    await missing(stage, page);
  } finally {
    await second.end('kiosk');
    await stage.demo.ask('lock');
  }
}
