// retention.mjs: a line of the retention schedule is changed, looked at, applied and certified; and an erasure that a device has not confirmed in time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const leaver = 'Quondam Leavering';
const keeper = 'keeper of records';
const path = '/protection';

/** Somebody who left years ago, with whom to ring and what staff had to know: as lists that the office brings in. */
function bringLeaver(stage) {
  const folder = stage.demo.path('leaver');
  mkdirSync(folder, { recursive: true });
  const put = (name, ...lines) => writeFileSync(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
  put('learners', 'ref,first_name,last_name,year_group,school_urn,status', 'LQ901,Quondam,Leavering,9,100000,left');
  put('enrolments', 'learner_ref,activity_ref,starts,ends,instrument', 'LQ901,A00001,2016-09-01,2018-07-20,Flute');
  put('contacts', 'learner_ref,priority,name,relation,phone', 'LQ901,1,Erstwhile Leavering,Mother,01632 960123');
  put('needs', 'learner_ref,kind,text', 'LQ901,medical,Asthma: the blue inhaler');
  stage.demo.run('tutti-server', ['import', '--data', stage.demo.path('hub'), '--apply', folder]);
}

async function open(stage, page) {
  await page.goto(`${stage.officeUrl}${path}`);
  await page.getByRole('heading', { name: 'Retention schedule' }).waitFor();
}

const lineOf = (page, title) => page.getByRole('table', { name: 'The retention schedule' }).getByRole('row', { name: title });
const runOf = (page, title) => page.getByRole('table', { name: 'Runs of the schedule' }).getByRole('row', { name: new RegExp(title) });

async function remove(page, title, name) {
  await page.getByRole('button', { name: `Remove what is past the period of ${title}` }).click();
  await page.getByLabel(`Type ${name} to confirm`).fill(name[0].toUpperCase() + name.slice(1)); // as a tablet's keyboard begins
  await page.getByRole('button', { name: /for good$/ }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function schedule(stage, page) {
  await stage.shows('each line of the schedule says for how long, why, and what is past it', async () => {
    await lineOf(page, 'Contacts').getByText('1 year').waitFor();
    await lineOf(page, 'Registers, and whatever is left').getByText('6 years').waitFor();
    await lineOf(page, 'Contacts').getByText('1 record of 1 learner').waitFor();
    await page.getByText('What no line removes').click();
    await page.getByText('Nobody but the safeguarding lead can read them').waitFor();
  });
  await stage.look(page, 'office-retention');
  await stage.shows('a period outside what the line allows is not taken; another one is, with who set it', async () => {
    await page.getByRole('button', { name: 'Change the period of Contacts' }).click();
    await page.getByLabel('Months').fill('600');
    expect(await page.getByRole('button', { name: 'Save the period' }).isDisabled(), '600 months can be saved');
    await page.getByLabel('Months').fill('18');
    await page.getByText('18 months after they left').waitFor();
    await stage.look(page, 'office-retention-period');
    await page.getByRole('button', { name: 'Save the period' }).click();
    await lineOf(page, 'Contacts').getByText('18 months').waitFor();
    await lineOf(page, 'Contacts').getByText(/^set .* by keeper of records$/).waitFor();
  });
  await stage.shows('the dry run names whom it would be about, and writes nothing', async () => {
    await page.getByRole('button', { name: 'Contacts: 1 record of 1 learner, whom?' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('link', { name: leaver }).waitFor();
    await stage.look(page, 'office-retention-people');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await lineOf(page, 'Contacts').getByText('1 record of 1 learner').waitFor();
  });
}

async function certified(page, title) {
  await runOf(page, title).getByText('Done').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), runOf(page, title).getByRole('button', { name: /^Certificate of run/ }).click()]);
  const { content, signature } = JSON.parse(readFileSync(await file.path(), 'utf8'));
  expect(/^[0-9a-f]{128}$/.test(signature) && !content.includes('Leavering'), content);
  return JSON.parse(content).runs[0];
}

async function apply(stage, page) {
  await stage.shows('what is past a line is removed once its name was typed, piece by piece, and certified', async () => {
    await page.getByRole('button', { name: 'Remove what is past the period of Contacts' }).click();
    expect(await page.getByRole('button', { name: /for good$/ }).isDisabled(), 'nothing had to be confirmed');
    await stage.look(page, 'office-retention-apply');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await remove(page, 'Contacts', 'contacts');
    await until('the keyboard to be where it goes on', () => page.evaluate(() => document.activeElement?.textContent === 'Removed so far'));
    await page.getByText(/^The rewriting of the hub’s files waits until .*03:00\.$/).waitFor();
    const run = await certified(page, 'Contacts');
    expect(run.removed === 1 && run.of_learners === 1 && run.months === 18 && run.by === keeper, JSON.stringify(run));
    await lineOf(page, 'Contacts').getByText('Nothing').waitFor();
    await lineOf(page, 'Access and medical needs').getByText('1 record of 1 learner').waitFor();
  });
  await stage.look(page, 'office-retention-done');
}

/** A run over a small county is through before anybody could stop it: the hub's answer is made to say that one goes on. */
async function stop(stage, page) {
  const run = { number: 99, id: '9'.repeat(32), line: 'marks', title: 'Marks of long ago', months: 72, before: '2019-09-01', at: Date.now(), ended_at: null, by: keeper, stopped_by: null, records: 184_200, learners: 8_120, held: 3 };
  await page.route('**/api/retention', async (route) => {
    const answer = await route.fetch();
    const schedule = await answer.json();
    await route.fulfill({ response: answer, json: { ...schedule, runs: [run, ...schedule.runs] } });
  });
  await page.route(`**/api/retention/stop/${run.id}`, (route) => {
    Object.assign(run, { stopped_by: keeper, ended_at: Date.now() });
    return route.fulfill({ json: run });
  });
  await open(stage, page);
  await stage.shows('a run that goes on says so, and is stopped by two presses', async () => {
    await runOf(page, run.title).getByText('Under way').waitFor();
    await runOf(page, run.title).getByRole('button', { name: 'Stop run 99' }).click();
    await runOf(page, run.title).getByRole('button', { name: 'Stop it here run 99' }).waitFor();
  });
  await stage.look(page, 'office-retention-stop');
  await stage.readsOnPhone(page, 'office-retention-stop', ['Kept for', 'Past it now', 'When, by whom']);
  await stage.shows('what it had removed, and who stopped it, stands in its place, where the keyboard is', async () => {
    await runOf(page, run.title).getByRole('button', { name: 'Stop it here run 99' }).click();
    await runOf(page, run.title).getByText(/184,200 records of 8,120 learners; 3 held, then stopped by keeper/).waitFor();
    await until('the keyboard to be there', () => page.evaluate(() => document.activeElement?.textContent === 'Removed so far'));
  });
  await page.unrouteAll({ behavior: 'wait' });
  await open(stage, page);
}

/** The device is held from its line, so it cannot confirm. */
async function erase(stage, page) {
  await stage.demo.ask('sync.hold', { hold: true });
  await stage.shows('the last line erases the learner, and names the devices that have yet to confirm', async () => {
    await remove(page, 'Registers, and whatever is left', 'register');
    const run = await certified(page, 'Registers');
    expect(run.of_learners === 1 && run.learners[0].erasure > 0, JSON.stringify(run));
    const erasures = page.getByRole('table', { name: 'Every erasure' });
    await erasures.getByText('Under way').first().waitFor();
    await erasures.getByText(/^Hall B kiosk, last heard/).first().waitFor();
  });
}

function setTerm(stage, days) {
  const conf = join(stage.demo.path('hub'), 'hub.conf');
  const text = readFileSync(conf, 'utf8');
  expect(/^erasure_overdue_days = \d+$/m.test(text), 'hub.conf says nothing of the term');
  writeFileSync(conf, text.replace(/^erasure_overdue_days = \d+$/m, `erasure_overdue_days = ${days}`));
}

async function restart(stage, days) {
  await stage.demo.end('hub');
  setTerm(stage, days);
  await stage.startHub();
}

async function overdue(stage, page) {
  await stage.demo.end('hub');
  setTerm(stage, 0);
  await stage.demo.start_hub();
  await open(stage, page);
  await stage.shows('past its term an erasure is overdue, with the device that must be fetched', async () => {
    await page.getByText(/erasures? overdue\./).waitFor();
    const erasures = page.getByRole('table', { name: 'Every erasure' });
    await erasures.getByText('Overdue').first().waitFor();
    await erasures.getByText(/^Hall B kiosk, last heard/).first().waitFor();
  });
  await stage.look(page, 'office-erasure-overdue');
  await stage.demo.ask('sync.hold', { hold: false });
  await restart(stage, 30);
}

/** The same by command, which shows first and certifies what it did. */
async function byCommand(stage) {
  const hub = ['--data', stage.demo.path('hub')];
  await stage.shows('the command shows the schedule, removes one line of it, and certifies that', async () => {
    const said = stage.demo.run('tutti-server', ['retention', ...hub]);
    expect(/needs +3 months/.test(said) && /contacts +18 months/.test(said) && /Nothing was changed/.test(said), said);
    const certificate = stage.demo.path('needs.json');
    const done = stage.demo.run('tutti-server', ['retention', ...hub, '--line', 'visits', '--apply', '--certificate', certificate]);
    expect(/Nothing was past its period/.test(done) && JSON.parse(JSON.parse(readFileSync(certificate, 'utf8')).content).runs.length === 0, done);
  });
}

/** An administrator of this act's own: another act may have set up a second step for the one there is. */
function addKeeper(stage) {
  const password = 'made up for this act';
  stage.demo.run('tutti-server', ['user', 'add', '--data', stage.demo.path('hub'), '--name', keeper, '--role', 'admin', '--password-stdin'], `${password}\n`);
  stage.demo.secrets({ [keeper]: password });
}

export async function retention(stage) {
  bringLeaver(stage);
  addKeeper(stage);
  const page = await stage.openOffice(keeper);
  await open(stage, page);
  await schedule(stage, page);
  await apply(stage, page);
  await stop(stage, page);
  await erase(stage, page);
  await overdue(stage, page);
  await byCommand(stage);
  await page.context().close();
}
