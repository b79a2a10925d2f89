// carry.mjs: weeks without a network: a sealed file out, a reply file in; a file that is not one is refused in words.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { Phone } from '../lib/phone.mjs';
import { expect } from './stage.mjs';

/** A share sheet in the page, as phones have one; `put` is what the person does with it. */
async function shareSheet(page, put) {
  await page.evaluate((how) => {
    window.shared = [];
    navigator.canShare = (what) => what.files.length > 0;
    navigator.share = async ({ files: [file] }) => {
      if (how === 'away') throw new DOMException('put away', 'AbortError');
      window.shared.push({ name: file.name, bytes: [...new Uint8Array(await file.arrayBuffer())] });
    };
  }, put);
}

async function shares(stage, page, file) {
  const exports = page.getByRole('button', { name: 'Export' });
  await stage.shows('where a device has a share sheet, Export hands it the same file, and saves none', async () => {
    let saved = 0;
    const count = () => void (saved += 1);
    page.on('download', count);
    await shareSheet(page, 'on');
    await exports.click();
    await page.waitForFunction(() => window.shared.length === 1);
    await page.locator('.said p', { hasText: 'It is sealed' }).waitFor();
    page.off('download', count);
    const [given] = await page.evaluate(() => window.shared);
    expect(saved === 0 && /\.tutti$/.test(given.name) && Buffer.from(given.bytes).equals(readFileSync(file)), `${given.name} of ${given.bytes.length} bytes, and ${saved} saved`);
    return given.name;
  });
  await stage.shows('a share sheet that is put away loses nothing: the file is saved instead', async () => {
    await shareSheet(page, 'away');
    const [download] = await Promise.all([page.waitForEvent('download'), exports.click()]);
    expect(/\.tutti$/.test(download.suggestedFilename()), download.suggestedFilename());
  });
}

/** What somebody picks in place of the reply: refused in words, and nothing changes. */
async function refused(stage, page, what, file, says = /./) {
  await stage.shows(`${what} is refused in words, and nothing changes`, async () => {
    await page.getByLabel('Import a file').setInputFiles(file);
    await page.locator('.said.bad p').waitFor();
    const words = await page.locator('.said.bad p').textContent();
    expect(says.test(words), `it says "${words}"`);
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
    await page.getByRole('button', { name: 'Close this message' }).click();
    return words;
  });
}

/** The wrong thing from a telephone's gallery: larger than any call to the core. */
function photograph(stage) {
  const path = stage.demo.path('IMG_0001.jpg');
  writeFileSync(path, Buffer.alloc(9_000_000, 0xff));
  return path;
}

/** Half of a file, as from a stick that was pulled out. */
function half(stage, file) {
  const cut = stage.demo.path('half.tutti');
  const whole = readFileSync(file);
  writeFileSync(cut, whole.subarray(0, Math.floor(whole.length / 2)));
  return cut;
}

function officeImports(stage, file, reply) {
  return stage.demo.run('tutti-server', ['import-bundle', '--data', stage.demo.path('hub'), '--reply', reply, file]);
}

async function chooseAtTheOffice(office, file, words) {
  await office.getByLabel(/The file: its name ends|Another file/).setInputFiles(file);
  const said = office.getByRole('dialog').getByText(words);
  await said.waitFor();
  return said.textContent();
}

/** On the Devices page: a half file first, then the whole one, whose reply is saved. */
async function atTheOfficePage(stage, file, reply) {
  const office = await stage.officePage();
  await office.goto(`${stage.officeUrl}/devices`);
  await office.getByRole('button', { name: 'Bring in a file from a device' }).click();
  await stage.look(office, 'office-bring');
  await stage.shows('the office page refuses a half file in words', () => chooseAtTheOffice(office, half(stage, file), /copied only in part/));
  await stage.shows('the office page takes the file a device exported, and gives the reply to carry back', async () => {
    const words = await chooseAtTheOffice(office, file, /\d+ bundles?: \d+ new/);
    const [download] = await Promise.all([office.waitForEvent('download'), office.getByRole('button', { name: 'Save the reply file' }).click()]);
    expect(/\.tutti-reply$/.test(download.suggestedFilename()), download.suggestedFilename());
    await download.saveAs(reply);
    return words;
  });
  await stage.look(office, 'office-brought');
  await stage.shows('the same file once more changes nothing, and the page says so', () => chooseAtTheOffice(office, file, /already: nothing changed/));
  await office.getByRole('button', { name: 'Close', exact: true }).click();
}

async function twiceAtTheOffice(stage, page, file, reply) {
  await stage.shows('the office refuses a file that was half copied, in words', async () => {
    let said = '';
    try {
      officeImports(stage, half(stage, file), stage.demo.path('no-reply'));
    } catch (error) {
      said = error.message;
    }
    expect(said.length > 20, 'it took it');
    return said;
  });
  await stage.shows('a file that comes twice changes nothing: the same reply, which the device knows already', async () => {
    const before = stage.demo.status();
    officeImports(stage, file, reply);
    expect(stage.demo.status().marks === before.marks && stage.demo.status().notes === before.notes, 'there is more than before');
    await page.getByLabel('Import a file').setInputFiles(reply);
    await page.getByText('That reply was known already; nothing changed.').waitFor();
  });
}

/** A colleague's phone at the same hub: the file of a kiosk that has no line comes to it, as from an e-mail or a stick. */
async function byAColleague(stage, page) {
  await stage.writeNote(page, 'Carried by a colleague.');
  await page.goto(`${stage.kioskUrl}/#/sync`);
  const file = stage.demo.path('colleague.tutti');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  await download.saveAs(file);
  const { ref } = parseCsv(readFileSync(stage.demo.path('sample/staff.csv'), 'utf8'))[0];
  const phone = new Phone(stage.demo, { folder: 'colleague', pin: '605137' });
  await phone.standBare();
  try {
    await phone.open();
    await phone.enter(phone.made('A colleague’s phone', ref).code);
    await phone.confirm();
    await phone.settle();
    await phone.page.goto(`${phone.url}#/sync`);
    await carries(stage, phone, file);
    await givesBack(stage, page, phone);
  } finally {
    await phone.end();
  }
}

async function carries(stage, phone, file) {
  const field = phone.page;
  const choose = (what) => field.getByLabel('Import a file').setInputFiles(what);
  await stage.shows('a colleague’s phone refuses a half file of another device in words, and carries nothing', async () => {
    await choose(half(stage, file));
    const words = await field.locator('.said.bad p').textContent();
    expect(/copied only in part/.test(words) && (await field.getByText('Carried for other devices').count()) === 0, `it says "${words}"`);
    await field.getByRole('button', { name: 'Close this message' }).click();
    return words;
  });
  await stage.shows('it says whose file it is, and asks before it takes it', async () => {
    await choose(file);
    await field.getByRole('dialog').getByText('You cannot read it.').waitFor();
    const words = await field.getByRole('dialog').textContent();
    expect(/A file of another device/.test(words) && /\d+ bundles? of /.test(words) && /Carry it to the office over this device’s network\?/.test(words), `it says "${words}"`);
    return words;
  });
  await stage.look(field, 'carry-asked');
  await stage.shows('what was taken goes over the phone’s own line, and the office’s reply is kept', async () => {
    await field.getByRole('button', { name: 'Carry it' }).click();
    await field.getByText('The office’s reply is here').waitFor();
  });
  await stage.shows('the same file once more is known, and nothing changes', async () => {
    await choose(file);
    await field.getByText('That file is here already; nothing changed.').waitFor();
  });
  await stage.look(field, 'carry-answered');
}

async function givesBack(stage, page, phone) {
  const field = phone.page;
  const reply = stage.demo.path('colleague.tutti-reply');
  await stage.shows('the reply is still there after the phone’s browser was started anew, locked', async () => {
    await field.reload();
    await field.goto(`${phone.url}#/sync`);
    const [download] = await Promise.all([field.waitForEvent('download'), field.getByRole('button', { name: 'Give the reply back' }).click()]);
    expect(/\.tutti-reply$/.test(download.suggestedFilename()), download.suggestedFilename());
    await download.saveAs(reply);
    return download.suggestedFilename();
  });
  await stage.shows('the device without a line takes it: the office has signed, all is sent', async () => {
    await page.getByLabel('Import a file').setInputFiles(reply);
    await page.getByText(/The office has signed for \d+ bundle/).waitFor();
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
  });
  await stage.shows('once it was given back the phone forgets it, after asking', async () => {
    await field.getByRole('button', { name: 'Given back' }).click();
    await field.getByRole('button', { name: 'It was: remove it here' }).click();
    await field.getByRole('heading', { name: 'Carried for other devices' }).waitFor({ state: 'detached' });
  });
}

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
    return page.locator('.said p', { hasText: /holds .*1 note to send/ }).textContent();
  });
  await shares(stage, page, file);
  const reply = stage.demo.path('reply.tutti');
  await atTheOfficePage(stage, file, reply);
  await stage.shows('the reply that the office page gave makes the device say that all is sent', async () => {
    await page.getByLabel('Import a file').setInputFiles(reply);
    await page.getByText(/The office has signed for \d+ bundle/).waitFor();
    await page.getByRole('heading', { level: 1, name: 'All sent' }).waitFor();
  });
  await twiceAtTheOffice(stage, page, file, reply);
  const picture = stage.demo.path('holiday.jpg');
  writeFileSync(picture, 'not a reply file at all');
  await refused(stage, page, 'a file that is not a reply', picture);
  await refused(stage, page, 'a photograph', photograph(stage), /too large/);
  await refused(stage, page, 'the exported file itself', file);
  await refused(stage, page, 'a reply that was half copied', half(stage, reply));
  await byAColleague(stage, page);
  await stage.hold(page, false);
}
