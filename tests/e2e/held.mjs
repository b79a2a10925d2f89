// held.mjs: of two files that a device wrote without a line the second comes first: it waits under Reconcile, the office lets it go ahead, and the first
// is still taken when it comes. And an absence that the office notes is on the tutor's register.
import { readFileSync, writeFileSync } from 'node:fs';
import { until } from '../../deploy/demo/demo.mjs';
import { readFile, writeFile } from '../reader/files.mjs';
import { expect } from './stage.mjs';

async function exported(stage, page, name) {
  await page.goto(`${stage.kioskUrl}/#/sync`);
  const file = stage.demo.path(name);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  await download.saveAs(file);
  return readFile('export', readFileSync(file));
}

/** A file as the device would have written it, with these of its bundles alone. */
function brings(stage, name, file, bundles) {
  const path = stage.demo.path(name);
  writeFileSync(path, writeFile('export', { ...file, bundles }));
  return stage.demo.run('tutti-server', ['import-bundle', '--data', stage.demo.path('hub'), '--reply', stage.demo.path(`${name}-reply`), path]);
}

async function outOfOrder(stage, page, office) {
  await stage.hold(page, true);
  await stage.writeNote(page, 'Written first, and late on its way.');
  const early = await exported(stage, page, 'early.tutti');
  await stage.writeNote(page, 'Written second, and here first.');
  const late = await exported(stage, page, 'late.tutti');
  const after = late.bundles.slice(early.bundles.length);
  expect(early.bundles.length > 0 && after.length > 0, `${early.bundles.length} bundles, then ${late.bundles.length}`);
  const before = stage.demo.status().notes;
  await stage.shows('a file whose forerunner is missing waits: nothing of it is taken yet', () => {
    const said = brings(stage, 'second.tutti', late, after);
    expect(stage.demo.status().notes === before, 'it was taken');
    return said;
  });
  await office.goto(`${stage.officeUrl}/reconcile/held`);
  await stage.shows('Reconcile says that bundles of the device wait, and for which', async () => {
    await office.getByRole('heading', { level: 2, name: /^Go ahead without bundle \d+\?$/ }).waitFor();
    await office.getByText(/before (it|them) did not/).waitFor();
  });
  await stage.look(office, 'office-reconcile-held');
  await stage.walks(office, 'what is held');
  await stage.shows('the office goes ahead without it, with a reason, and what came is taken', async () => {
    await office.getByRole('button', { name: 'Go ahead without it' }).click();
    await office.getByLabel('Why?').fill('The first stick is lost');
    await office.getByRole('button', { name: /^Go ahead Enter|^Go ahead$/ }).click();
    await until('the note', () => stage.demo.status().notes === before + 1);
    await office.getByRole('heading', { level: 2, name: /^Go ahead without bundle/ }).waitFor({ state: 'detached' });
    await office.locator('.empty').waitFor();
  });
  await stage.shows('the first one is still taken when it comes', () => {
    brings(stage, 'first.tutti', early, early.bundles);
    expect(stage.demo.status().notes === before + 2, `there are ${stage.demo.status().notes} notes, of ${before + 2}`);
  });
  await stage.hold(page, false);
  await stage.shows('with a line again the device hears that all of it is there', () => until('everything to be sent', async () => (await stage.demo.ask('sync.status')).badge === 'sent'));
}

/** Of whoever stands first in a register that nobody has touched. */
async function told(stage, page, office) {
  await stage.toRegister(page, /players, not started/);
  const register = page.url();
  const row = page.locator('.r.m-none').first();
  const name = await row.locator('.nm b').textContent();
  await row.locator('.more').click();
  await page.getByRole('button', { name: 'Open learner' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  const [id] = /[0-9a-f]{32}/.exec(new URL(page.url()).hash);
  await page.goto(register);
  await page.locator('.r').first().waitFor();
  await office.goto(`${stage.officeUrl}/learners/${id}`);
  const card = office.getByRole('region', { name: 'Absences told', exact: true });
  await card.getByRole('button', { name: /^Add/ }).click();
  await office.getByLabel(/^Why/).fill('Dentist');
  await office.getByLabel('Who told us').fill('Their aunt');
  await office.getByRole('button', { name: 'Note it' }).click();
  await card.getByText('Dentist').waitFor();
  const there = page.locator('.r', { hasText: name }).first();
  await stage.shows('an absence that the office notes is on the tutor’s register: that there is one, and not why', async () => {
    await until('the kiosk to hear of it', async () => {
      await stage.demo.ask('sync.now');
      return /The office was told of an absence/.test(await there.textContent());
    });
    expect(!/Dentist/.test(await there.textContent()), 'the row says why');
    return name;
  });
  await stage.look(page, 'register-told');
  await stage.shows('away is then away and told us, with nobody to ring', async () => {
    for (const mark of ['m-P', 'm-AN']) {
      await there.locator('.tap').click();
      await page.locator(`.r.${mark}:not(.pending)`, { hasText: name }).waitFor();
    }
    expect(/Away, told us/.test(await there.textContent()), await there.textContent());
  });
  await card.getByRole('button', { name: /^Take back/ }).first().click();
  await office.getByRole('button', { name: 'Take it back' }).click();
  await stage.shows('taken back at the office, it is an absence that nobody told', async () => {
    await until('the kiosk to hear of it', async () => {
      await stage.demo.ask('sync.now');
      return (await page.locator('.r.m-AU', { hasText: name }).count()) > 0;
    });
  });
  // As it was: acts after this one look for a register that nobody has touched.
  const [, session] = /register\/([0-9a-f]{32})/.exec(register) ?? [];
  for (let taps = 0; taps < 2; taps += 1) await stage.demo.ask('undo', { session });
  await page.locator('.r.m-none', { hasText: name }).first().waitFor();
}

export async function held(stage) {
  const page = await stage.field();
  const office = await stage.officePage();
  await stage.toToday(page);
  await told(stage, page, office);
  await page.goto(`${stage.kioskUrl}/#/today`);
  await outOfOrder(stage, page, office);
}
