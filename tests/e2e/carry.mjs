// carry.mjs: weeks without a network: a sealed file out, a reply file in; a file that is not one is refused in words.
import { writeFileSync } from 'node:fs';
import { expect } from './stage.mjs';

export async function carry(stage) {
  const page = await stage.field();
  await stage.hold(page, true);
  await stage.writeNote(page, 'Carried by hand.');
  await page.goto(`${stage.kioskUrl}/#/sync`);
  await page.getByRole('heading', { level: 2, name: 'Without a network' }).waitFor();
  await stage.look(page, 'sync-held');
  const file = stage.demo.path('carried.tutti');
  await stage.shows('Export gives a file, and says what is in it', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    await download.saveAs(file);
    const words = await page.locator('.said p').textContent();
    expect(/holds .*1 note to send/.test(words), `it says "${words}"`);
    return words;
  });
  const reply = stage.demo.path('reply.tutti');
  await stage.shows('the hub takes the file and answers with receipts, which the page imports', async () => {
    stage.demo.run('tutti-server', ['import-bundle', '--data', stage.demo.path('hub'), '--reply', reply, file]);
    await page.getByLabel('Import reply').setInputFiles(reply);
    await page.getByText(/The office has signed for \d+ bundle/).waitFor({ timeout: 10000 });
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
  });
  await stage.shows('a file that is not a reply is refused in words, and nothing changes', async () => {
    const bad = stage.demo.path('holiday.jpg');
    writeFileSync(bad, 'not a reply file at all');
    await page.getByLabel('Import reply').setInputFiles(bad);
    await page.locator('.said.bad p').waitFor();
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
    return page.locator('.said.bad p').textContent();
  });
  await stage.hold(page, false);
}
