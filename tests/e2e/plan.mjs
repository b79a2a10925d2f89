// plan.mjs: the Local Plan's small registers in the office: what young people said, instruments and a second loan that is refused, a partner's steps, a
// school's agreement and area music leader, the report's lines, and who sees what; and what the made-up county owes by its contracts.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Demo, free_port as freePort } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

const words = { lead: 'a long word for the lead' };

async function signIn(stage, demo, name) {
  const page = await openPage(stage.browser, `https://localhost:${demo.port}`, { viewport: viewports.desktop });
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(demo.secrets()[name]);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  return page;
}

async function open(page, demo, path, heading) {
  await page.goto(`https://localhost:${demo.port}${path}`);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

const rows = (demo, name) => parseCsv(readFileSync(demo.path(`sample/${name}.csv`), 'utf8'));
const dialog = (page) => page.getByRole('dialog');
const closed = (page) => dialog(page).waitFor({ state: 'detached' });

/** Whatever is on the page, the form of one register. */
async function openForm(page, button = 'Add') {
  await page.getByRole('button', { name: button, exact: true }).click();
  await dialog(page).waitFor();
}

async function pick(page, label, text, name) {
  const field = page.getByRole('group', { name: label });
  await field.getByRole('textbox').fill(text);
  await field.getByRole('button', { name }).first().click();
}

const save = (page) => dialog(page).getByRole('button', { name: 'Add', exact: true }).click();

/* ---- what young people said ---- */

async function voice(stage, demo, page) {
  await open(page, demo, '/plan', 'Local Plan');
  await stage.sees('the five functions stand side by side, each with its registers', async () => {
    for (const title of ['Partnerships', 'Schools', 'Progression and musical development', 'Inclusion', 'Sustainability']) await page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
    expect((await page.locator('.plan-kinds li').count()) === 17, `there are ${await page.locator('.plan-kinds li').count()}`);
  });
  await stage.look(page, 'office-plan');
  await page.getByRole('link', { name: 'Learner and youth voice' }).click();
  await page.getByRole('heading', { level: 1, name: 'Learner and youth voice' }).waitFor();
  await openForm(page);
  await stage.look(page, 'office-plan-form');
  await stage.shows('what young people said is written down without a name, corrected, and taken back with a reason', async () => {
    await dialog(page).getByLabel(/^Age/).selectOption('from_11');
    await dialog(page).getByLabel(/How many spoke/).fill('14');
    await dialog(page).getByLabel(/What they said/).fill('More drums, please.');
    await save(page);
    await closed(page);
    await page.getByRole('cell', { name: 'More drums, please.' }).waitFor();
    await page.locator('.open-entry').first().click();
    await page.getByText(/Written .* by office/).waitFor();
    await page.getByRole('button', { name: 'Correct', exact: true }).click();
    await dialog(page).getByLabel(/What changed/).fill('There is a drum club.');
    await dialog(page).getByRole('button', { name: 'Save the correction' }).click();
    await closed(page);
    await page.getByRole('cell', { name: 'There is a drum club.' }).waitFor();
    await openForm(page);
    await dialog(page).getByLabel(/^Age/).selectOption('mixed');
    await dialog(page).getByLabel(/What they said/).fill('Of another hub.');
    await save(page);
    await closed(page);
    await page.getByRole('row', { name: /Of another hub/ }).getByRole('button').click();
    await page.getByRole('button', { name: 'Take back', exact: true }).click();
    await dialog(page).getByLabel('Why').fill('It was said elsewhere.');
    await dialog(page).getByRole('button', { name: 'Take it back' }).click();
    await closed(page);
    await page.getByRole('row', { name: /Of another hub/ }).waitFor({ state: 'detached' });
  });
  await stage.look(page, 'office-plan-voice');
}

/* ---- instruments and loans ---- */

async function lend(page, learner) {
  await openForm(page);
  await pick(page, /^Instrument/, 'cornet', /Cornet C-1/);
  await pick(page, /^Learner/, learner.last_name, new RegExp(learner.last_name));
  await dialog(page).getByLabel('Due back').fill(`${new Date().getFullYear() + 1}-07-20`);
}

async function loans(stage, demo, page) {
  const [first, second] = rows(demo, 'learners').filter((one) => /^[A-Za-z]+$/.test(one.last_name) && one.status === 'active');
  await open(page, demo, '/plan/instrument', 'Instruments');
  await openForm(page);
  await dialog(page).getByLabel('Instrument', { exact: true }).fill('Cornet');
  await dialog(page).getByLabel(/^Serial number/).fill('C-1');
  await dialog(page).getByLabel(/^The hub’s since/).fill('2020-09-01');
  await save(page);
  await closed(page);
  await open(page, demo, '/plan/instrument_loan', 'Loans');
  await stage.shows('an instrument is lent to a learner found by a part of the name', async () => {
    await lend(page, first);
    await stage.look(page, 'office-plan-loan');
    await save(page);
    await closed(page);
    await page.getByRole('row', { name: /Cornet C-1/ }).waitFor();
  });
  await stage.shows('a second loan of it is refused in words, and what was typed stays', async () => {
    await lend(page, second);
    await save(page);
    await dialog(page).getByText(/this instrument has been out since/i).waitFor();
    expect((await dialog(page).getByLabel('Due back').inputValue()) !== '', 'the day is gone');
    await page.getByRole('button', { name: 'Close' }).click();
    expect((await page.getByRole('row', { name: /Cornet C-1/ }).count()) === 1, 'there are two');
  });
  await stage.look(page, 'office-plan-loans');
  await stage.shows('the loans are a file for Excel', async () => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Excel' }).click()]);
    expect(file.suggestedFilename() === 'instrument-loan-2026-27.xlsx', file.suggestedFilename());
  });
}

/* ---- a partner's steps, and what is agreed with a school ---- */

async function steps(stage, demo, page) {
  await open(page, demo, '/partners', 'Partners');
  await page.getByRole('link', { name: 'Placeholder Pianos Ltd' }).click();
  await stage.shows('an expression of interest needs half of its cost from elsewhere, and moves the partner', async () => {
    await openForm(page, 'Add to Partner life cycle');
    await dialog(page).getByLabel(/^Step/).selectOption('interest');
    await dialog(page).getByLabel(/What the project costs/).fill('1000');
    await dialog(page).getByLabel(/Of that from elsewhere/).fill('300');
    await dialog(page).getByLabel('Meets what the step asks for').selectOption('yes');
    await save(page);
    await dialog(page).getByText(/less than half/i).waitFor();
    await dialog(page).getByLabel(/Of that from elsewhere/).fill('600');
    await save(page);
    await closed(page);
    await page.getByText(/Expression of interest, since/).waitFor();
  });
  await stage.look(page, 'office-plan-partner');
}

async function signFor(page, button, name) {
  await page.getByRole('button', { name: button }).click();
  await page.getByLabel('Who signed').fill(name);
  await page.getByRole('button', { name: 'Record the signature' }).click();
  await closed(page);
}

async function school(stage, demo, page) {
  const { name } = rows(demo, 'schools')[0];
  await open(page, demo, '/schools', 'Schools');
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await stage.shows('a contract is written on the page of its school, and put right there', async () => {
    await page.getByRole('button', { name: 'Add a contract' }).click();
    await dialog(page).getByLabel('Lessons a year').fill('30');
    await dialog(page).getByLabel(/^From/).fill('2090-09-01');
    await save(page);
    await closed(page);
    await page.getByText(/30 lessons a year/).waitFor();
    await page.getByRole('button', { name: /^Change the contract from 1 Sept 2090/ }).click();
    await dialog(page).getByLabel('Lessons a year').fill('31');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await closed(page);
    await page.getByText(/31 lessons a year/).waitFor();
  });
  await stage.shows('an agreement with a school is in force once both sides have signed', async () => {
    await page.getByRole('button', { name: 'Add an agreement' }).click();
    await dialog(page).getByLabel('Schools', { exact: true }).check();
    await save(page);
    await closed(page);
    await signFor(page, 'Record signature of The hub', 'Viola Treble');
    await signFor(page, `Record signature of ${name}`, 'Head Sample');
    await page.getByText('In force', { exact: true }).waitFor();
  });
  await stage.shows('the school gets its area music leader', async () => {
    await openForm(page, 'Add to Area music leaders');
    await pick(page, /Area music leader/, 'viola', /Viola/);
    await save(page);
    await closed(page);
    await page.getByRole('region', { name: 'Area music leaders' }).getByRole('row', { name: /Viola/ }).first().waitFor();
  });
  await stage.look(page, 'office-school-agreed');
}

/* ---- figures, and who sees what ---- */

async function figures(stage, demo, page) {
  await open(page, demo, '/reports/plan/line/2026', 'Local Plan');
  await stage.sees('the report has a line for each, with its function', async () => {
    for (const text of [/Young people who were heard.*Inclusion.*14/, /Learners with an instrument on loan.*Inclusion.*1/, /Expressions of interest.*Partnerships.*1/, /Schools with an area music leader.*Schools.*1/])
      expect((await page.getByRole('row', { name: text }).count()) === 1, `no line ${text}`);
  });
  await stage.look(page, 'office-plan-report');
  await stage.sees('what a school is owed stands on its contract', async () => {
    await open(page, demo, '/owed', 'Lessons owed');
    await page.locator('tbody tr').first().waitFor();
    const without = await page.getByText('No contract').count();
    const all = await page.locator('tbody tr').count();
    expect(without < all, `${without} of ${all} schools have no contract`);
    return `${all - without} of ${all} with a contract`;
  });
}

async function others(stage, demo) {
  const lead = await signIn(stage, demo, 'lead');
  await stage.sees('the lead sees the registers but none that names a learner', async () => {
    await open(lead, demo, '/plan', 'Local Plan');
    await lead.getByRole('link', { name: 'Learner and youth voice' }).waitFor();
    expect((await lead.getByRole('link', { name: 'Loans' }).count()) === 0, 'loans open');
    expect((await lead.getByRole('link', { name: 'Mentors and buddies' }).count()) === 0, 'mentors open');
  });
  await stage.look(lead, 'office-plan-lead');
  await lead.context().close();
  const admin = await signIn(stage, demo, 'admin');
  await stage.sees('every look at a register that names learners is in the audit', async () => {
    await open(admin, demo, '/audit', 'Audit');
    for (const text of ['Looked at a register of the Local Plan', 'Took a register of the Local Plan as a file', 'Wrote into the Local Plan', 'Took an entry of the Local Plan back']) await admin.getByText(text).first().waitFor();
  });
  await admin.context().close();
}

export async function plan(stage) {
  const folder = join(stage.folder, 'plan');
  mkdirSync(folder);
  const demo = new Demo({ data: folder, port: await freePort(), kiosk_port: await freePort(), learners: 300, weeks: 3, seed: 9, quiet: true });
  demo.make_hub();
  demo.run('tutti-server', ['user', 'add', '--data', demo.path('hub'), '--name', 'lead', '--role', 'lead', '--password-stdin'], `${words.lead}\n`);
  demo.secrets(words);
  demo.play_history(null);
  await demo.start_hub();
  try {
    const page = await signIn(stage, demo, 'office');
    await voice(stage, demo, page);
    await loans(stage, demo, page);
    await steps(stage, demo, page);
    await school(stage, demo, page);
    await figures(stage, demo, page);
    await page.context().close();
    await others(stage, demo);
  } finally {
    await demo.stop();
  }
}
