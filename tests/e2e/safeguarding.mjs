// safeguarding.mjs: a concern from the device to the one person who can read it, and an absence that becomes a case while they look.
import { readFileSync } from 'node:fs';
import { until } from '../../deploy/demo/demo.mjs';
import { finishWithOneAway } from './absences.mjs';
import { expect } from './stage.mjs';

const words = 'She said that she does not want to go home.';

/** Written without a line: sealed at once, and not delivered. */
async function write(stage, page) {
  await stage.toNames(page);
  await stage.unlock(page, [...stage.pins.keys()][0]);
  await stage.demo.ask('sync.hold', { hold: true });
  await page.goto(`${stage.kioskUrl}/#/concern`);
  await stage.shows('who will read a concern is said before anything is written', async () => {
    await page.getByText('Only these can read it:').waitFor();
    await page.getByText(/Safeguarding lead; Recovery key/).waitFor();
  });
  await stage.look(page, 'concern');
  await stage.shows('sealed on the device it is not delivered yet, and says whom to ring', async () => {
    await page.getByLabel(/What did you see or hear/).fill(words);
    await page.getByRole('button', { name: 'Seal it' }).click();
    await page.getByText('Not delivered').waitFor();
    await page.getByRole('link', { name: /Ring 01632 960777/ }).first().waitFor();
    expect((await page.getByText(words).count()) === 0 && (await page.getByLabel(/What did you see or hear/).inputValue()) === '', 'it can still be read');
  });
  await stage.look(page, 'concern-waiting');
}

async function deliver(stage, page, lead) {
  await stage.shows('the page of the safeguarding lead has no concern yet', async () => {
    await lead.getByText('No concern has come in.').waitFor();
  });
  await stage.demo.ask('sync.hold', { hold: false });
  await stage.shows('with the line it is delivered, and says when', async () => {
    await page.getByText(/^Delivered \d\d:\d\d/).waitFor();
  });
  await stage.sees('it appears at the office by itself, sealed', async () => {
    await lead.getByRole('heading', { name: 'Sealed' }).waitFor();
    expect(!(await lead.content()).includes('go home'), 'the page can read it without a key');
  });
  await stage.look(page, 'concern-delivered');
  await stage.look(lead, 'office-safeguarding-sealed');
}

/** Argon2id in JavaScript, on a machine that has other work. */
const keyPatience = { timeout: 120_000 };

async function read(stage, lead) {
  await lead.getByLabel('Key file').setInputFiles(stage.demo.path('safeguarding-key.json'));
  await stage.shows('a wrong passphrase opens nothing, in words', async () => {
    await lead.getByLabel('Passphrase').fill('not the passphrase');
    await lead.getByRole('button', { name: 'Open', exact: true }).click();
    await lead.getByText('The passphrase does not open this key.').waitFor(keyPatience);
  });
  await stage.shows('the key opens it in the browser of whoever holds it', async () => {
    await lead.getByLabel('Passphrase').fill(stage.demo.secrets().safeguarding_key);
    await lead.getByRole('button', { name: 'Open', exact: true }).click(keyPatience);
    await lead.getByText(words).waitFor(keyPatience);
  });
  await stage.look(lead, 'office-safeguarding-open');
  await stage.shows('closing the key closes the concern', async () => {
    await lead.getByRole('button', { name: 'Close it' }).click();
    await lead.getByText(words).waitFor({ state: 'detached' });
  });
}

async function others(stage) {
  const page = await stage.officePage();
  await stage.shows('the office role gets no concern, by page or by address', async () => {
    const status = await page.evaluate(async () => (await fetch('/api/concerns')).status);
    expect(status === 403, `it got ${status}`);
    await page.goto(`${stage.officeUrl}/safeguarding`);
    await page.getByRole('heading', { name: 'Unexplained absences' }).waitFor();
    expect((await page.getByRole('heading', { name: 'Concerns' }).count()) === 0, 'it sees concerns');
  });
}

/** What the office sees of devices, erasures and one learner's records. */
async function office(stage) {
  const page = await stage.officePage();
  await page.goto(`${stage.officeUrl}/today`);
  await stage.shows('a figure about devices opens the devices behind it', async () => {
    await page.getByRole('button', { name: /Oldest work waiting/ }).waitFor();
    await page.getByRole('button', { name: /Quiet devices/ }).click();
    await page.getByText('No device.').or(page.getByRole('region', { name: 'These devices' })).waitFor();
  });
  await stage.look(page, 'office-today-devices');
  await page.getByRole('link', { name: 'Data protection' }).click();
  await stage.shows('data protection says who has not confirmed an erasure, and for how long everything is kept', async () => {
    await page.getByText('Nobody has been erased.').waitFor();
    await page.getByRole('table', { name: 'The retention schedule' }).getByText('6 years').first().waitFor();
    expect((await page.getByRole('button', { name: /^Change the period/ }).count()) === 0, 'the office may change the schedule');
  });
  await stage.look(page, 'office-protection');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Learners' }).click();
  await page.locator('tbody th').first().getByRole('link').click();
  await stage.shows('everything about a learner comes as one file', async () => {
    const [sheet] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Everything about them' }).click()]);
    const read = readFileSync(await sheet.path(), 'utf8');
    expect(/^records-.*\.html$/.test(sheet.suggestedFilename()) && read.includes('<h2>Who you are') && read.includes('What is not on this page'), `${sheet.suggestedFilename()} is no page to read`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^As data/ }).click()]);
    const all = JSON.parse(readFileSync(await file.path(), 'utf8'));
    expect(all.records.learner?.length === 1 && all.not_included.length > 0, 'the learner is not in it');
    return Object.keys(all.records).join(', ');
  });
  await byCommand(stage, page.url().split('/').pop());
}

async function byCommand(stage, learner) {
  const hub = ['--data', stage.demo.path('hub')];
  await stage.shows('the same comes as a folder, and is never written over', async () => {
    const folder = stage.demo.path('subject');
    stage.demo.run('tutti-server', ['subject-access', ...hub, '--learner', learner, '--out', folder]);
    const page = readFileSync(`${folder}/index.html`, 'utf8');
    expect(page.includes('<h2>Who you are <small>1</small>') && readFileSync(`${folder}/learner.csv`, 'utf8').includes('first_name'), 'the page or the table is not whole');
    expect(fails(() => stage.demo.run('tutti-server', ['subject-access', ...hub, '--learner', learner, '--out', folder])), 'it was written over');
  });
  await stage.shows('retention changes nothing without being told to, and certifies what it did', async () => {
    const said = stage.demo.run('tutti-server', ['retention', ...hub]);
    expect(/register +72 months/.test(said) && /Nothing was changed/.test(said), `it says "${said}"`);
    const certificate = stage.demo.path('certificate.json');
    stage.demo.run('tutti-server', ['retention', ...hub, '--apply', '--certificate', certificate]);
    const { content, signature } = JSON.parse(readFileSync(certificate, 'utf8'));
    expect(Array.isArray(JSON.parse(content).runs) && /^[0-9a-f]{128}$/.test(signature), content);
    expect(fails(() => stage.demo.run('tutti-server', ['retention', ...hub, '--apply', '--certificate', certificate])), 'a certificate was written over');
    return said.split('\n')[0];
  });
}

function fails(run) {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

/** Another hub takes it: a file goes there, their receipt is noted, and news opens it here again. */
async function handOver(stage, lead) {
  const done = lead.getByRole('region', { name: 'What was done' });
  await stage.shows('a case is handed over as one file, which holds what was done about it', async () => {
    await lead.getByRole('button', { name: 'Hand over', exact: true }).click();
    await lead.getByLabel('To whom?').fill('Sample county');
    await lead.getByLabel('Why?').fill('The family moved there.');
    const [file] = await Promise.all([lead.waitForEvent('download'), lead.getByRole('button', { name: /^Hand over and save the file/ }).click()]);
    const paper = JSON.parse(readFileSync(await file.path(), 'utf8'));
    expect(paper.to === 'Sample county' && paper.case.includes('Rang the school: she is there.') && /^[0-9a-f]{128}$/.test(paper.signature), 'the file is not the case');
    await done.getByText(`The family moved there. (file ${paper.hash})`).waitFor();
  });
  await stage.shows('the receipt of whoever took it is noted, and the case can be opened again', async () => {
    await lead.getByRole('button', { name: 'Note their receipt' }).click();
    await lead.getByLabel('Why?').fill('Their lead confirmed it by e-mail.');
    await lead.getByRole('button', { name: /^Note it/ }).click();
    await done.getByText('Their lead confirmed it by e-mail.').waitFor();
    await stage.look(lead, 'office-case-handed-over');
    await lead.getByRole('button', { name: 'Open it again' }).click();
    await lead.getByLabel('Why?').fill('They sent it back.');
    await lead.getByRole('button', { name: /^Open it/ }).click();
    await done.getByText('They sent it back.').waitFor();
    await lead.getByRole('button', { name: 'End it' }).waitFor();
  });
}

async function cases(stage, page, lead) {
  const open = await lead.locator('.case').count();
  const { away } = await finishWithOneAway(stage, page);
  await stage.sees('an unexplained absence opens a case within seconds of its receipt', async () => {
    const started = Date.now();
    await until('the case to be there', async () => (await lead.locator('.case', { hasText: away }).count()) > 0);
    expect((await lead.locator('.case').count()) > open, 'no case more');
    return `${((Date.now() - started) / 1000).toFixed(1)} s`;
  });
  await stage.look(lead, 'office-cases');
  await lead.locator('.case', { hasText: away }).getByRole('link').first().click();
  await lead.getByRole('heading', { level: 1, name: away }).waitFor();
  await stage.sees('what the family explains on the telephone ends the case by itself, with who said it to whom', async () => {
    await page.getByRole('button', { name: 'What was said' }).first().click();
    await page.getByLabel('What was said, if anything').fill('Ill at home');
    await page.getByRole('button', { name: 'They explained it' }).click();
    const told = lead.locator('.tl li', { hasText: 'Explained by itself' }).getByText(/^On the telephone at \d\d:\d\d, .+ to .+: Ill at home$/);
    await told.waitFor();
    return told.textContent();
  });
  await stage.look(lead, 'office-case-explained');
  await stage.shows('whoever doubts it opens it again, and then no call ends it', async () => {
    await lead.getByRole('button', { name: 'Open it again' }).click();
    await lead.getByLabel('Why?').fill('Nobody at home has seen them.');
    await lead.getByRole('button', { name: /^Open it/ }).click();
    await lead.getByText('Nobody at home has seen them.').waitFor();
    await lead.getByRole('button', { name: 'End it' }).waitFor();
  });
  await stage.shows('what was said on the telephone beside the register shows on the case', async () => {
    await page.getByRole('button', { name: 'What was said' }).first().click();
    await page.getByLabel('What was said, if anything').fill('Left home at three');
    await page.getByRole('button', { name: 'They did not know' }).click();
    await lead.getByText('Left home at three').waitFor();
  });
  await stage.shows('what staff must know of the child stands beside whom to ring, for the safeguarding lead to write too', async () => {
    await lead.getByRole('region', { name: 'Needs', exact: true }).getByRole('button', { name: 'Add a need' }).waitFor();
  });
  await stage.shows('a step is noted, and nothing takes it away', async () => {
    await lead.getByRole('button', { name: 'I’ll take it' }).click();
    await lead.getByText(/^Taken/).waitFor();
    await lead.getByRole('button', { name: 'Note a step' }).click();
    await lead.getByLabel('Why?').fill('Rang the school: she is there.');
    await lead.getByRole('button', { name: /^Note it/ }).click();
    await lead.getByText('Rang the school: she is there.').waitFor();
  });
  await stage.look(lead, 'office-case');
  await handOver(stage, lead);
  await stage.shows('a case ends with an outcome and a reason', async () => {
    await lead.getByRole('button', { name: 'End it' }).click();
    await lead.getByLabel('How did it end?').selectOption('2');
    await lead.getByLabel('Why?').fill('The school confirmed it.');
    await lead.getByRole('button', { name: /^End the case/ }).click();
    await lead.getByText('Safe: found elsewhere').first().waitFor();
  });
}

export async function safeguarding(stage) {
  const page = await stage.field();
  const lead = await stage.openOffice('safeguarding');
  await lead.getByRole('link', { name: 'Safeguarding', exact: true }).click();
  await lead.getByRole('heading', { level: 1, name: 'Safeguarding' }).waitFor();
  await write(stage, page);
  await deliver(stage, page, lead);
  await read(stage, lead);
  await others(stage);
  await office(stage);
  await cases(stage, page, lead);
  await lead.context().close();
  await page.goto(`${stage.kioskUrl}/#/today`);
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}
