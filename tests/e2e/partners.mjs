// partners.mjs: partners with an agreement that both sides sign and a survey that comes back; inclusion on a learner's profile; the figures of both
// against those counted from the hub's own export and the county's files; and what a partner's own account sees.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Demo, free_port as freePort } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

const weeks = 6;
const learners = 400;
const day = 86_400_000;
const words = { lead: 'a long word for the lead', trust: 'a long word for the trust' };
const roles = { lead: 'lead', trust: 'partner' };

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

const total = async (page) => {
  await page.locator('tfoot td b').waitFor();
  return (await page.locator('tfoot td').allTextContents()).map((text) => text.replaceAll(',', '').trim());
};

/* ---- agreements and surveys ---- */

async function signFor(page, button, name) {
  await page.getByRole('button', { name: button }).click();
  await page.getByLabel('Who signed').fill(name);
  await page.getByRole('button', { name: 'Record the signature' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function agree(stage, demo, page) {
  await open(page, demo, '/partners', 'Partners');
  await page.getByRole('row', { name: /Placeholder Pianos/ }).waitFor();
  await stage.look(page, 'office-partners');
  await stage.readsOnPhone(page, 'office-partners', ['Where it stands', 'Surveys back']);
  await page.getByRole('button', { name: 'Add a partner' }).click();
  await stage.look(page, 'office-partner-new');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('link', { name: 'Placeholder Pianos Ltd' }).click();
  await page.getByRole('heading', { level: 1, name: 'Placeholder Pianos Ltd' }).waitFor();
  await page.getByRole('button', { name: 'Add an agreement' }).click();
  await page.getByRole('dialog').getByRole('checkbox').nth(4).waitFor();
  for (const box of await page.getByRole('dialog').getByRole('checkbox').all()) await box.check();
  await stage.look(page, 'office-agreement');
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Draft', { exact: true }).waitFor();
  await stage.shows('an agreement is in force once both sides have signed', async () => {
    await signFor(page, 'Record signature of The hub', 'Viola Treble');
    await page.getByText('Draft', { exact: true }).waitFor();
    await signFor(page, /Record signature of Placeholder/, 'Key Sample');
    await page.getByText('In force', { exact: true }).waitFor();
  });
  await stage.shows('what is signed is not changed: it ends, goes on after all, and is renewed from the day after', async () => {
    expect((await page.getByRole('button', { name: /^Change the agreement/ }).count()) === 0, 'it can be changed');
    await page.getByRole('button', { name: /^End the agreement/ }).click();
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByText('Ended early', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Take up again the agreement/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'It goes on' }).click();
    await page.getByText('In force', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Renew the agreement/ }).click();
    await page.getByRole('dialog').getByRole('checkbox').nth(4).waitFor();
    expect((await page.getByRole('dialog').getByRole('checkbox', { checked: true }).count()) === 5, 'its functions are not those of the one before');
    await page.getByRole('button', { name: 'Close' }).click();
  });
  await stage.shows('a survey is asked for and comes back', async () => {
    await page.getByRole('button', { name: 'Ask for a survey' }).click();
    await page.getByLabel('Due back').fill(new Date(Date.now() + 14 * day).toISOString().slice(0, 10));
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByRole('button', { name: /It came back/ }).last().click();
    await page.getByLabel('What they said').fill('More pianos, of course.');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('More pianos, of course.').waitFor();
  });
  await stage.look(page, 'office-partner');
}

/* ---- figures ---- */

/** Who came to anything, and what the county's file says of them. */
function countInclusion(demo) {
  const rows = parseCsv(demo.run('tutti-server', ['export', 'registers', '--csv', '--data', demo.path('hub')]));
  const came = new Set(rows.filter((row) => row.session_status === 'delivered' && row.register === 'closed' && ['P', 'L'].includes(row.code)).map((row) => row.learner_id));
  return came.size;
}

async function figures(stage, demo, page) {
  await stage.sees('agreements that both signed and that support all five functions are counted', async () => {
    await open(page, demo, '/reports/agreements/partner/2026', 'Agreements');
    expect((await total(page))[0] === '2', `it says ${await total(page)}`);
  });
  await stage.sees('surveys that came back stand against those that were due', async () => {
    await open(page, demo, '/reports/survey_return/partner/2026', 'Survey return');
    const [back, due] = await total(page);
    expect(Number(back) > 1 && Number(due) > Number(back), `${back} of ${due}`);
    return `${back} of ${due}`;
  });
  const engaged = countInclusion(demo);
  await stage.sees('known and not known add up to those who came, as counted from the export', async () => {
    await open(page, demo, '/reports/disadvantaged/school/2026', 'Disadvantaged learners');
    const [, known, , unknown] = await total(page);
    expect(Number(known) + Number(unknown) === engaged, `${known} and ${unknown} are not ${engaged}`);
    return `${known} known, ${unknown} not`;
  });
  await stage.look(page, 'office-disadvantaged');
  await stage.shows('the office opens the figure of a school to its learners', async () => {
    await page.locator('tbody th a').first().click();
    await page.getByRole('heading', { level: 1, name: 'Behind the figure' }).waitFor();
    await page.locator('tbody th a').first().waitFor();
  });
  await stage.look(page, 'office-behind');
  await open(page, demo, '/reports/parity/people/2026', 'Parity');
  await page.getByRole('row', { name: /Free school meals/ }).waitFor();
  await stage.look(page, 'office-parity');
  await open(page, demo, '/reports/attendance/partner/2026', 'Attendance');
  await page.getByRole('row', { name: /No partner/ }).waitFor();
  await stage.look(page, 'office-by-partner');
  await stage.shows('the return has a line a school, and its columns', async () => {
    await open(page, demo, '/reports', 'Reports');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'The return, CSV' }).click()]);
    const rows = readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
    expect(rows[0].includes('"Key stage 2"') && rows[0].includes('"EHC plan"'), rows[0]);
    expect(Number(rows.at(-1).split(',')[3].replaceAll('"', '')) === engaged, `it ends in ${rows.at(-1)}`);
  });
}

async function sumsAlone(stage, demo) {
  const page = await signIn(stage, demo, 'lead');
  await stage.sees('the lead sees no small number of disadvantage, and opens nothing', async () => {
    await open(page, demo, '/reports/disadvantaged/school/2026', 'Disadvantaged learners');
    await page.locator('tbody tr').first().waitFor();
    expect((await page.locator('tbody th a').count()) === 0, 'a school opens');
    const cells = (await page.locator('tbody td.num').allTextContents()).map((text) => text.trim());
    expect(!cells.some((text) => /^[1-4]$/.test(text)), `there is ${cells.find((text) => /^[1-4]$/.test(text))}`);
  });
  await page.context().close();
}

/* ---- a learner's inclusion ---- */

async function profile(stage, demo, page) {
  await open(page, demo, '/learners', 'Learners');
  await page.locator('tbody th a').first().click();
  await page.getByRole('heading', { name: 'Inclusion' }).waitFor();
  await stage.shows('inclusion is shown when it is asked for, and what is newer is kept', async () => {
    await page.getByRole('button', { name: 'Show it' }).click();
    await page.getByRole('button', { name: 'Change what is known' }).click();
    await page.getByLabel('Looked after').selectOption('declined');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('Declined to say').first().waitFor();
  });
  await stage.look(page, 'office-inclusion');
}

async function audited(stage, demo) {
  const page = await signIn(stage, demo, 'admin');
  await stage.sees('every look at inclusion and every change of it is in the audit', async () => {
    await open(page, demo, '/audit', 'Audit');
    for (const text of ['Looked at a learner’s inclusion', 'Said what is known of a learner', 'Looked at the learners behind a figure', 'Took the yearly return']) await page.getByText(text).first().waitFor();
  });
  return page;
}

/* ---- a partner's own account ---- */

async function ownAccount(stage, demo, admin) {
  await open(admin, demo, '/accounts', 'Accounts and keys');
  await admin.getByRole('button', { name: 'trust', exact: true }).click();
  await admin.getByLabel('Sampleshire Symphonia').check();
  await admin.getByRole('button', { name: 'Save the roles' }).click();
  await admin.getByRole('dialog').waitFor({ state: 'detached' });
  const page = await signIn(stage, demo, 'trust');
  await stage.sees('a partner sees itself, its agreement and its figures, and nothing else', async () => {
    await open(page, demo, '/partners', 'Partners');
    await page.getByRole('row', { name: /Symphonia/ }).waitFor();
    expect((await page.locator('tbody tr').count()) === 1, 'there are others');
    expect((await page.getByRole('link', { name: 'Learners' }).count()) === 0, 'there is a page of learners');
    await page.getByRole('link', { name: 'Sampleshire Symphonia' }).click();
    await page.getByText('In force', { exact: true }).waitFor();
    expect((await page.getByRole('button', { name: /Record|Change|Add/ }).count()) === 0, 'it may change something');
  });
  await stage.look(page, 'office-own-partner');
  await stage.shows('its statement lists lessons', async () => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Statement of lessons' }).click()]);
    expect(file.suggestedFilename() === 'lessons-2026-27.xlsx', file.suggestedFilename());
  });
  await stage.shows('its week asks for nothing that it may not see', async () => {
    const refused = [];
    page.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));
    await open(page, demo, '/timetable', 'Timetable');
    await page.getByText('Terms', { exact: true }).first().click();
    await page.getByRole('button', { name: /^Its first week/ }).first().waitFor();
    expect(refused.length === 0 && (await page.locator('.notice.bad').count()) === 0, `it was refused ${refused}`);
  });
  await open(page, demo, '/reports', 'Reports');
  await page.getByRole('row', { name: /Attendance/ }).waitFor();
  await stage.look(page, 'office-own-reports');
  await page.getByRole('link', { name: 'Attendance' }).click();
  await page.locator('tfoot td b').waitFor();
  await stage.look(page, 'office-own-figures');
  await page.context().close();
}

export async function partners(stage) {
  const folder = join(stage.folder, 'partners');
  mkdirSync(folder);
  const demo = new Demo({ data: folder, port: await freePort(), kiosk_port: await freePort(), learners, weeks, seed: 5, quiet: true });
  demo.make_hub();
  for (const [name, role] of Object.entries(roles)) demo.run('tutti-server', ['user', 'add', '--data', demo.path('hub'), '--name', name, '--role', role, '--password-stdin'], `${words[name]}\n`);
  demo.secrets(words);
  demo.play_history(null);
  await demo.start_hub();
  try {
    const page = await signIn(stage, demo, 'office');
    await agree(stage, demo, page);
    await figures(stage, demo, page);
    await sumsAlone(stage, demo);
    await profile(stage, demo, page);
    const admin = await audited(stage, demo);
    await ownAccount(stage, demo, admin);
    await admin.context().close();
    await page.context().close();
  } finally {
    await demo.stop();
  }
}
