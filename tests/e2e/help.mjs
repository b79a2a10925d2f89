// help.mjs: work that the office sets aside is never called sent: the device says which, why, and what to do. The last act: it ends grants.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from './stage.mjs';

/** Every grant of the kiosk's people ends today, as a mistake in the office's list would have it. */
function endGrants(stage) {
  const file = stage.demo.path('sample/grants.csv');
  const today = new Date().toISOString().slice(0, 10);
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const ends = head.split(',').indexOf('ends');
  const cut = (line) => line.split(',').map((cell, at) => (at === ends ? today : cell)).join(',');
  writeFileSync(file, `${[head, ...lines.map((line) => (/^"S00[12]",/.test(line) ? cut(line) : line))].join('\n')}\n`);
  stage.demo.import_sample();
}

export async function help(stage) {
  const page = await stage.field();
  await stage.toToday(page);
  await stage.hold(page, true);
  const learner = await stage.writeNote(page, 'Written the day the grant ended.');
  await page.goto(`${stage.kioskUrl}/#/sync`);
  endGrants(stage);
  const file = stage.demo.path('aside.tutti');
  const reply = stage.demo.path('aside.tutti-reply');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  await download.saveAs(file);
  stage.demo.run('tutti-server', ['import-bundle', '--data', stage.demo.path('hub'), '--reply', reply, file]);
  await page.getByLabel('Import a file').setInputFiles(reply);
  await stage.shows('the reply says that not all was taken', async () => {
    await page.getByText('The office could not simply take what it got: see what to do under Needs help.').waitFor();
  });
  await stage.sees('what the office set aside is not called sent: the page says which, why and what to do', async () => {
    await page.getByRole('heading', { level: 1, name: 'Needs help' }).waitFor();
    await page.getByRole('heading', { level: 2, name: 'Needs help' }).waitFor();
    const words = await page.locator('.fate').first().textContent();
    expect(words.includes(`Note about ${learner}`), `it says "${words}"`);
    expect(words.includes('1 change is set aside at the office'), `it says "${words}"`);
    expect(words.includes('Ring them'), `it says "${words}"`);
    return words;
  });
  await stage.look(page, 'sync-help');
  await stage.shows('a locked device says how many, and no names', async () => {
    await page.goto(`${stage.kioskUrl}/#/today`);
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('heading', { name: 'Who is this?' }).waitFor();
    await page.goto(`${stage.kioskUrl}/#/sync`);
    await page.getByText('Sign in to see which changes these are.').waitFor();
    const words = await page.locator('main').textContent();
    expect(!words.includes(learner), `it says "${words}"`);
    expect(/Change \d+ of \d+ in bundle \d+/.test(words), `it says "${words}"`);
  });
}
