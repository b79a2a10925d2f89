// reports.mjs: a hub with a term behind it: figures on the screen against those worked out from its own export, files read back, targets, and
// a snapshot that stays as it was while late registers arrive.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { Demo, free_port as freePort } from '../../deploy/demo/demo.mjs';
import { parse_csv as parseCsv } from '../../deploy/demo/check.mjs';
import { openPage, viewports } from '../lib/chromium.mjs';
import { expect } from './stage.mjs';

const weeks = 10;
const learners = 400;
const day = 86_400_000;

/** One file of a ZIP archive, by its central directory. */
function unzip(bytes, name) {
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [method, size, nameLength] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const start = bytes.readUInt32LE(at + 42);
    if (bytes.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
      const packed = bytes.subarray(from, from + size);
      return (method === 0 ? packed : inflateRawSync(packed)).toString('utf8');
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  throw new Error(`the archive has no ${name}`);
}

/** The cells of the first sheet, row by row; its texts stand in the cells. */
function readXlsx(bytes) {
  const sheet = unzip(bytes, 'xl/worksheets/sheet1.xml');
  return [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row]) =>
    [...row.matchAll(/<c [^>]*>(?:<is><t[^>]*>(.*?)<\/t><\/is>|<v>(.*?)<\/v>)<\/c>/gs)].map(([, text, value]) => (text ?? value).replaceAll('&amp;', '&').replaceAll('&#39;', "'")));
}

/** The figures once more, from the hub's own export of every mark, by counting. */
function countMarks(demo, keep = () => true) {
  const rows = parseCsv(demo.run('tutti-server', ['export', 'registers', '--csv', '--data', demo.path('hub')]));
  const counted = rows.filter((row) => row.session_status === 'delivered' && row.register === 'closed' && keep(row));
  const of = (...codes) => counted.filter((row) => codes.includes(row.code)).length;
  return { came: of('P', 'L'), marked: of('P', 'L', 'AN', 'AU'), inTime: of('P') };
}

const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
const dateText = (time) => new Date(time).toISOString().slice(0, 10);

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

async function total(page) {
  await page.locator('tfoot td b').waitFor();
  return (await page.locator('tfoot td b').textContent()).trim();
}

async function figures(stage, demo, page) {
  const all = countMarks(demo);
  await stage.sees('attendance and punctuality on the screen are those counted from the export', async () => {
    expect(all.marked > 2000, `only ${all.marked} marks were counted`);
    await open(page, demo, '/reports/attendance/school/2026', 'Attendance');
    expect((await total(page)) === percent(all.came, all.marked), `${await total(page)}, and not ${percent(all.came, all.marked)}`);
    await open(page, demo, '/reports/punctuality/hub/2026', 'Punctuality');
    expect((await total(page)) === percent(all.inTime, all.came), `${await total(page)}, and not ${percent(all.inTime, all.came)}`);
    return `${percent(all.came, all.marked)} of ${all.marked} marks`;
  });
  await open(page, demo, '/reports/attendance/school/2026', 'Attendance');
  await page.locator('tbody tr').first().waitFor();
  await stage.look(page, 'office-report');
  await stage.shows('each school\u2019s row is what was counted of it', async () => {
    for (const row of await page.locator('tbody tr').all()) {
      const name = (await row.locator('th').evaluate((head) => head.querySelector('a')?.textContent ?? head.firstChild.textContent)).trim();
      const cells = await row.locator('td').allTextContents();
      const own = countMarks(demo, (mark) => (mark.school || 'No school') === name);
      expect(cells[0].replaceAll(',', '') === String(own.came) && cells[1].replaceAll(',', '') === String(own.marked), `${name}: ${cells}, and not ${own.came} of ${own.marked}`);
    }
  });
  await stage.shows('a school opens to its activities, an activity to its sessions, a session to its rows', async () => {
    await page.locator('tbody th a').first().click();
    await page.getByRole('link', { name: 'All schools' }).waitFor();
    await page.locator('tbody th a').first().click();
    await page.getByRole('columnheader', { name: 'Tutor' }).waitFor();
    await page.locator('tbody th a').first().click();
    await page.getByRole('columnheader', { name: 'Marked by' }).waitFor();
  });
}

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).first().click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

async function files(stage, demo, page) {
  const all = countMarks(demo);
  await open(page, demo, '/reports/attendance/area/2026', 'Attendance');
  await page.locator('tfoot td b').waitFor();
  await stage.shows('the CSV is read back with the same figures', async () => {
    const { name, bytes } = await download(page, 'CSV');
    expect(name === 'attendance-area-2026-27.csv' && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])), `${name} has no byte order mark`);
    const last = bytes.toString('utf8').trimEnd().split('\r\n').at(-1).replaceAll('"', '').split(',');
    expect(last[0] === 'All' && last[1] === String(all.came) && last[2] === String(all.marked), `it ends in ${last}`);
  });
  await stage.shows('the Excel file is read back with the same figures', async () => {
    const { name, bytes } = await download(page, 'Excel');
    const rows = readXlsx(bytes);
    const last = rows.at(-1);
    expect(name === 'attendance-area-2026-27.xlsx' && rows[0][0] === 'Area', `it begins with ${rows[0]}`);
    expect(last[0] === 'All' && Number(last[1]) === all.came && Number(last[2]) === all.marked, `it ends in ${last}`);
  });
}

/** The statement's file and its page hold the same lessons; a school's enrolments add up to its row. */
async function owed(stage, demo, page) {
  await open(page, demo, '/owed/2026', 'Lessons owed');
  await page.locator('tbody tr').first().waitFor();
  await stage.look(page, 'office-owed');
  await stage.fits(page, 'office-owed', 'Contract');
  const row = page.locator('tbody tr').filter({ has: page.locator('th a') }).first();
  const school = (await row.locator('th a').textContent()).trim();
  const cells = await row.locator('td.num').evaluateAll((list) => list.map((cell) => (cell.querySelector('b') ?? cell.firstChild).textContent.trim()));
  await stage.shows('a school opens to its enrolments, which add up to its row', async () => {
    await row.locator('th a').click();
    await page.getByRole('heading', { level: 1, name: school }).waitFor();
    await page.locator('tfoot').waitFor();
    const sums = await page.locator('tfoot td.num').evaluateAll((list) => list.map((cell) => (cell.querySelector('b') ?? cell.firstChild).textContent.trim()));
    expect(sums.join() === cells.join() && Number(cells[0].replaceAll(',', '')) > 0, `${sums}, and not ${cells}`);
    return `${school}: ${cells}`;
  });
  await stage.look(page, 'office-owed-school');
  await stage.fits(page, 'office-owed-school');
  await page.getByRole('link', { name: 'Statement' }).click();
  await page.getByRole('heading', { level: 1, name: `Lessons at ${school}` }).waitFor();
  await stage.look(page, 'office-statement');
  await stage.shows('the statement of a school lists its lessons, on paper, as CSV and for Excel', async () => {
    const shown = await page.locator('tbody tr').count();
    const csv = (await download(page, 'CSV')).bytes.toString('utf8').trimEnd().split('\r\n');
    const rows = readXlsx((await download(page, 'Excel')).bytes);
    expect(rows.slice(1).every(([date]) => /^4\d{4}$/.test(date)), `"${rows[1][0]}" is no date to Excel`);
    expect(rows[0][0] === 'Date' && rows.length === shown + 1 && csv.length === shown + 1 && shown > 5, `${shown} lessons, ${rows.length} and ${csv.length} lines`);
    return `${shown} lessons`;
  });
}

/** Cells between semicolons: quoted, or nothing at all. */
const cellsOf = (line) => line.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.replace(/^"|"$/g, ''));

/** What goes back to SpeedAdmin: all of it at first, what came late after that, and the same file again whenever it is asked for. */
async function writeBack(stage, demo, page) {
  await open(page, demo, '/write-back', 'Write back');
  await stage.shows('where nothing is written back yet, the page says what to begin with', () => page.getByRole('heading', { name: 'Nothing is written back yet' }).waitFor({ timeout: 30_000 }));
  await stage.look(page, 'office-write-back-empty');
  await page.getByRole('button', { name: 'SpeedAdmin attendance' }).click();
  const form = page.getByRole('form', { name: 'A new mapping' });
  await form.getByRole('textbox', { name: "Learner's number" }).fill('Student ID');
  await form.getByRole('button', { name: 'Leave out Comment' }).click();
  await form.getByRole('textbox', { name: 'Here', exact: true }).fill('/');
  await stage.look(page, 'office-write-back-form');
  await form.getByRole('button', { name: 'Save' }).click();
  const card = page.getByRole('region', { name: 'SpeedAdmin attendance' });
  let first;
  await stage.shows('the first file holds every mark of a closed register, with the headings, dates and codes that were chosen', async () => {
    await card.getByRole('button', { name: 'Make a file of what is new' }).click();
    await card.getByRole('link', { name: 'File 1' }).waitFor();
    const { name, bytes } = await download(page, 'File 1');
    first = bytes;
    const lines = bytes.toString('utf8').trimEnd().split('\r\n');
    const rows = lines.slice(1).map(cellsOf);
    const closed = parseCsv(demo.run('tutti-server', ['export', 'registers', '--csv', '--data', demo.path('hub')])).filter((row) => row.register === 'closed' && row.session_status !== 'cancelled');
    expect(name === 'tutti-1.csv' && cellsOf(lines[0].slice(1))[0] === 'Student ID', `${name} begins with ${lines[0]}`);
    expect(rows.length === closed.length && rows.length > 1000, `${rows.length} rows, and not ${closed.length}`);
    expect(rows.every((row) => /^\d\d\/\d\d\/\d{4}$/.test(row[3])), `a date is ${rows.find((row) => !/^\d\d\/\d\d\/\d{4}$/.test(row[3]))}`);
    const here = closed.filter((row) => row.code === 'P').length;
    const ticks = rows.filter((row) => row[7] === '/').length;
    expect(ticks === here, `${ticks} are here, and not ${here}: ${rows[0]}`);
    return `${rows.length} rows`;
  });
  await stage.shows('nothing new is said, and makes no file; the first one is the same when it is taken again', async () => {
    await card.getByRole('button', { name: 'Make a file of what is new' }).click();
    await card.getByText('Nothing is new since the last file.').waitFor();
    expect((await download(page, 'File 1')).bytes.equals(first), 'the bytes are others');
  });
  await stage.shows('the command line knows the same mapping: nothing is new for it either, and the first file is the same bytes', async () => {
    const again = join(stage.folder, 'reports', 'again.csv');
    const mapping = ['export', 'mapping', '--name', 'SpeedAdmin attendance', '--data', demo.path('hub')];
    expect(demo.run('tutti-server', mapping) === '', 'it made another file');
    demo.run('tutti-server', [...mapping, '--again', '1', '--out', again]);
    expect(readFileSync(again).equals(first), 'the bytes are others');
    try {
      demo.run('tutti-server', ['export', 'mapping', '--name', 'Nobody’s', '--data', demo.path('hub')]);
    } catch (error) {
      expect(/no mapping called/.test(error.message), `it says "${error.message}"`);
      return;
    }
    throw new Error('it knows a mapping that nobody made');
  });
  await stage.look(page, 'office-write-back');
  return async () => {
    await open(page, demo, '/write-back', 'Write back');
    await stage.shows('after late registers the next file holds what they brought and nothing else', async () => {
      await card.getByRole('button', { name: 'Make a file of what is new' }).click();
      await card.getByRole('link', { name: 'File 2' }).waitFor();
      const rows = (await download(page, 'File 2')).bytes.toString('utf8').trimEnd().split('\r\n').length - 1;
      const before = first.toString('utf8').trimEnd().split('\r\n').length - 1;
      const now = parseCsv(demo.run('tutti-server', ['export', 'registers', '--csv', '--data', demo.path('hub')])).filter((row) => row.register === 'closed' && row.session_status !== 'cancelled').length;
      expect(rows >= now - before && rows < now && rows > 0, `${rows} rows, where ${now - before} came`);
      return `${rows} rows`;
    });
  };
}

async function targets(stage, demo) {
  const page = await signIn(stage, demo, 'lead');
  await open(page, demo, '/targets', 'Targets');
  await stage.shows('the lead sets targets, each with a note, and sees how far they are', async () => {
    for (const [report, measure, fields] of [
      ['out_of_school', 'number', { 'Number wanted': '450' }],
      ['attendance', 'share', { 'Per cent wanted': '80' }],
      ['school_groups', 'growth', { 'Per cent more': '10', Baseline: '4' }],
    ]) {
      await page.getByRole('button', { name: 'Add a target' }).click();
      await page.getByRole('combobox', { name: 'Report' }).selectOption(report);
      await page.getByRole('combobox', { name: 'What it is' }).selectOption(measure);
      for (const [name, value] of Object.entries(fields)) await page.getByLabel(name, { exact: true }).fill(value);
      await page.getByLabel('Note').fill('As the board agreed in July.');
      if (report === 'school_groups') await stage.look(page, 'office-target-form');
      await page.getByRole('button', { name: 'Set the target' }).click();
      await page.getByRole('button', { name: 'Set the target' }).waitFor({ state: 'detached' });
    }
    await page.getByRole('row', { name: /Out-of-school groups.*450.*Not yet.*As the board agreed/ }).waitFor();
    await page.getByRole('row', { name: /Attendance.*80 %.*about/ }).waitFor();
  });
  await stage.look(page, 'office-targets');
  await stage.readsOnPhone(page, 'office-targets', ['Wanted', 'So far']);
  await stage.shows('a target is changed, and opens to the report behind it', async () => {
    await page.getByRole('button', { name: 'Change the target Out-of-school groups' }).click();
    await page.getByLabel('Number wanted').fill('500');
    await page.getByRole('button', { name: 'Set the target' }).click();
    await page.getByRole('row', { name: /Out-of-school groups.*500/ }).waitFor();
    await page.getByRole('link', { name: 'Out-of-school groups' }).click();
    await page.getByRole('heading', { level: 1, name: 'Out-of-school groups' }).waitFor();
  });
  await open(page, demo, '/reports', 'Reports');
  await stage.look(page, 'office-reports');
  await stage.sees('the lead sees no activity, and no number under five', async () => {
    await open(page, demo, '/reports/attendance/school/2026', 'Attendance');
    await page.locator('tbody tr').first().waitFor();
    expect((await page.locator('tbody th a').count()) === 0, 'a school opens');
    const cells = (await page.locator('tbody td.num').allTextContents()).map((text) => text.replaceAll(',', '').trim());
    expect(!cells.some((text) => /^[1-4]$/.test(text)), `there is ${cells.find((text) => /^[1-4]$/.test(text))}`);
  });
  await page.context().close();
}

const countPages = (paper) => paper.toString('latin1').match(/\/Type\s*\/Page\b/g).length;

/** Every line of the Local Plan's report with the function it serves, as plan.def has them. */
function planLines() {
  const text = readFileSync(new URL('../../server/core/plan.def', import.meta.url), 'utf8');
  const functions = new Map([...text.matchAll(/^KIND\((\w+), (\w+),/gm)].map(([, kind, of]) => [kind, of]));
  return [...text.matchAll(/^LINE\(\w+,\s*(\w+),.*"([^"]+)"\)$/gm)].map(([, kind, title]) => ({ name: title, of: functions.get(kind) }));
}

/** A snapshot of a hub that has written down everything there is a place for. */
function fill(snapshot) {
  const titles = new Map(snapshot.functions.map(({ name, title }) => [name, title]));
  const rows = planLines().map(({ name, of }, at) => ({ name, area: titles.get(of), hidden: false, part: 1234 + at, whole: 1234 + at }));
  const cuts = {
    term: ['Autumn', 'Spring', 'Summer'],
    area: ['North Sampleshire', 'Mid Sampleshire', 'South Sampleshire', 'East Sampleshire', 'West Sampleshire'],
    stage: ['Beginner', 'Developing', 'Advancing', 'Lifelong active', 'Lifelong passive', 'Not known'],
    people: ['Free school meals', 'Pupil premium', 'Looked after', 'SEND', 'Female', 'Male'],
  };
  const widen = (table) => {
    const names = table.report === 'parity' && table.by === 'area' ? undefined : cuts[table.by];
    if (table.report === 'plan' && table.by === 'line') return { ...table, rows };
    return names ? { ...table, rows: names.map((name) => ({ name, hidden: false, part: 12345, whole: 23456, beside: 1234, of: 5555 })) } : table;
  };
  const tables = snapshot.tables.map(widen);
  const one = snapshot.targets.find(({ measure }) => measure === 'share') ?? { measure: 'share', goal: 80, baseline: 0, note: 'As the board agreed in July.', who: 'lead', at: 0, rounded: true, state: 'met' };
  const targets = snapshot.reports.filter(({ shape }) => shape === 'rate').slice(0, 8).map(({ name, title, function: of }) => ({ ...one, report: name, title, function: of, hidden: false, part: 12345, whole: 23456 }));
  return { ...snapshot, tables, targets, before: snapshot.before.map((year) => ({ ...year, tables: year.tables.map(widen) })) };
}

/** As it leaves the printer, and what the screen makes of the same rules: two ways to look at it. */
async function drawPrint(stage, page, paper, name = 'office-board') {
  const size = page.viewportSize();
  writeFileSync(join(stage.screens, `${name}.pdf`), paper);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 703, height: 1032 }); // A4 less its margins
  await page.screenshot({ path: join(stage.screens, `${name}-print.png`), fullPage: true });
  await page.emulateMedia({ media: null });
  await page.setViewportSize(size);
}

async function snapshots(stage, demo, page) {
  await open(page, demo, '/reports', 'Reports');
  await page.getByRole('button', { name: 'Save a snapshot' }).click();
  await page.getByLabel('Title').fill('The term so far');
  // As long as the form allows: the two pages have room for it.
  await page.getByLabel('What the board should know').fill('Ten weeks, one of snow. '.repeat(80).slice(0, 1500));
  for (const name of ['Partnerships', 'Schools', 'Progression and musical development', 'Inclusion', 'Sustainability'])
    await page.getByRole('textbox', { name, exact: true }).fill(`What was done for ${name.toLowerCase()} this term. `.repeat(12).slice(0, 500));
  await page.getByRole('button', { name: 'Save the figures as they are now' }).click();
  await page.getByRole('heading', { level: 1, name: 'The term so far' }).waitFor();
  await stage.look(page, 'office-board');
  const address = page.url();
  const id = address.split('/').at(-1);
  const stored = () => page.evaluate(async (of) => (await fetch(`/api/snapshots/${of}`)).text(), id);
  const before = { words: await page.locator('.board').textContent(), bytes: await stored(), marks: countMarks(demo) };
  await stage.shows('late registers change the figure, and the snapshot not by a byte', async () => {
    demo.play_history(null);
    const after = countMarks(demo);
    expect(after.marked > before.marks.marked, 'no register came late');
    await open(page, demo, '/reports/attendance/hub/2026', 'Attendance');
    expect((await total(page)) === percent(after.came, after.marked), `${await total(page)}, and not ${percent(after.came, after.marked)}`);
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: 'The term so far' }).waitFor();
    expect((await stored()) === before.bytes, 'the stored bytes are others');
    expect((await page.locator('.board').textContent()) === before.words, 'the page says something else');
    return `${before.marks.marked} marks, then ${after.marked}`;
  });
  await stage.shows('a report on paper: whose it is, heads for every sheet, its sum once, nothing to press', async () => {
    await open(page, demo, '/reports/attendance/school/2026', 'Attendance');
    await page.locator('tfoot td b').waitFor();
    await page.emulateMedia({ media: 'print' });
    const shown = (what) => page.locator(what).filter({ visible: true }).count();
    const display = (what) => page.locator(what).first().evaluate((element) => getComputedStyle(element).display);
    const found = [await shown('.hub'), await shown('#main :is(.b1, .b2, .b3, select, input)'), await display('thead button'), await display('tfoot')].join(' ');
    await page.emulateMedia({ media: null });
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: 'The term so far' }).waitFor();
    expect(found === '1 0 contents table-row-group', `hub, things to press, heads, sum: ${found}`);
  });
  await stage.shows('the board report prints on two A4 pages, with its id', async () => {
    const paper = await page.pdf({ preferCSSPageSize: true });
    if (stage.screens) await drawPrint(stage, page, paper);
    const pages = countPages(paper);
    const size = paper.toString('latin1').match(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/);
    expect(pages === 2, `it takes ${pages}`);
    expect(Math.round(Number(size[1])) === 595 && Math.round(Number(size[2])) === 842, `the paper is ${size[1]} by ${size[2]} points`);
    expect((await page.locator('.board footer').textContent()).includes(id), 'the id is not on it');
    return `${pages}`;
  });
  await stage.shows('it does so with every line of the Local Plan filled, and more targets, terms and areas than a county has', async () => {
    const full = fill(JSON.parse(await stored()));
    await page.route(`**/api/snapshots/${id}`, (route) => route.fulfill({ json: full }));
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: 'The term so far' }).waitFor();
    const shown = await page.locator('.plan-lines dt').count();
    expect(shown === planLines().length, `${shown} of ${planLines().length} lines are on it`);
    const paper = await page.pdf({ preferCSSPageSize: true });
    if (stage.screens) await drawPrint(stage, page, paper, 'office-board-full');
    await page.unroute(`**/api/snapshots/${id}`);
    const pages = countPages(paper);
    expect(pages === 2, `it takes ${pages}`);
    return `${shown} lines, ${full.targets.length} targets`;
  });
}

export async function reports(stage) {
  const folder = join(stage.folder, 'reports');
  mkdirSync(folder);
  const demo = new Demo({ data: folder, port: await freePort(), kiosk_port: await freePort(), learners, weeks, seed: 3, quiet: true });
  demo.make_hub();
  demo.run('tutti-server', ['user', 'add', '--data', demo.path('hub'), '--name', 'lead', '--role', 'lead', '--password-stdin'], 'a long word for the lead\n');
  demo.secrets({ lead: 'a long word for the lead' });
  await stage.shows('a term of attendance comes through sealed bundles', async () => demo.play_history(dateText(Date.now() - 7 * day)).trim());
  await demo.start_hub();
  try {
    const page = await signIn(stage, demo, 'office');
    await figures(stage, demo, page);
    await files(stage, demo, page);
    await owed(stage, demo, page);
    const afterLate = await writeBack(stage, demo, page);
    await targets(stage, demo);
    await snapshots(stage, demo, page);
    await afterLate();
    await page.context().close();
  } finally {
    await demo.stop();
  }
}
