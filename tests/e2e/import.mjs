// import.mjs: lists from other systems: a CSV with its mistakes, a workbook, taken back; and a new school year.
import { zipSync } from '../../shared/ui/node_modules/fflate/esm/index.mjs';
import { until } from '../../deploy/demo/demo.mjs';
import { expect } from './stage.mjs';

const utf8 = (text) => new TextEncoder().encode(text);

/** As Excel writes it in this country: Windows-1252, semicolons. */
function windowsCsv(rows) {
  return Buffer.from(`${rows.map((row) => row.join(';')).join('\r\n')}\r\n`, 'latin1');
}

function column(index) {
  return String.fromCharCode(65 + index);
}

/** Days since the one before 1900 began, as a sheet counts them. */
const serial = (date) => Date.parse(date) / 86_400_000 + 25_569;

/** The number of a code is padded by its format (style 1), a date is a number in another (style 2), all else is text. */
function cell(address, text) {
  if (/^0\d{5}$/.test(text)) return `<c r="${address}" s="1"><v>${Number(text)}</v></c>`;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `<c r="${address}" s="2"><v>${serial(text)}</v></c>`;
  return `<c r="${address}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

/** The smallest workbook that Excel opens: texts inline, and a sheet of words before the list where one is wanted. */
function workbook(rows, words = null) {
  const cells = (row, at) => row.map((text, index) => cell(`${column(index)}${at + 1}`, text)).join('');
  const sheetOf = (list) => `<worksheet xmlns="${main}"><sheetData>${list.map((row, at) => `<row r="${at + 1}">${cells(row, at)}</row>`).join('')}</sheetData></worksheet>`;
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packaged = 'http://schemas.openxmlformats.org/package/2006';
  const relation = (id, type, target) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  const files = {
    '[Content_Types].xml': `<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${packaged}/relationships">${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${words ? '<sheet name="Read me" sheetId="2" r:id="r3"/>' : ''}<sheet name="Learners" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packaged}/relationships">${relation('r1', 'worksheet', 'worksheets/sheet1.xml')}${relation('r2', 'styles', 'styles.xml')}${words ? relation('r3', 'worksheet', 'worksheets/words.xml') : ''}</Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="ddd d mmmm"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': sheetOf(rows),
    ...(words ? { 'xl/worksheets/words.xml': sheetOf(words) } : {}),
  };
  return Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, utf8(`<?xml version="1.0" encoding="UTF-8"?>${text}`)]))));
}

const headings = ['Adno', 'Legal Surname', 'Forename', 'Date of Birth', 'Year', 'Tutor Group'];

async function choose(page, name, buffer) {
  await page.getByLabel('A file: CSV or an Excel workbook').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

const heading = (page, name) => page.getByRole('heading', { name, exact: true });

async function csv(stage, page) {
  const good = [headings, ['000171', 'Beispiel', 'Zo\u00eb', '1/2/15', '6', '6B'], ['000172', 'Sampleton', 'Jo', '25/12/2014', '6', '6B'], ['000173', 'Testing', 'Bartholomew', '13/05/2015', '5', '5A']];
  const bad = good.map((row) => [...row]);
  bad[2][3] = '25/12/2044';
  bad[3][1] = "=cmd|'/c calc'!A1";
  await choose(page, 'learners.csv', windowsCsv(bad));
  await stage.sees('a file from another system is read as it is, its columns guessed, its mistakes named by row and column', async () => {
    await page.getByText('read as Windows-1252 with semicolons between cells').waitFor();
    expect((await page.getByLabel('Column for Legal Surname').inputValue()) === 'last_name', 'the surname is not guessed');
    expect((await page.getByLabel('Column for Tutor Group').inputValue()) === '', 'a column that nothing knows is taken');
    const mistakes = page.getByRole('region', { name: 'Mistakes' });
    await mistakes.locator('tr', { hasText: 'two digits' }).waitFor();
    const formula = await mistakes.locator('tr', { hasText: 'formula' }).textContent();
    expect(formula.startsWith('4') && formula.includes('last name'), `it says "${formula}"`);
  });
  await stage.look(page, 'office-import-mistakes');
  await twoColumns(stage, page);
  await page.getByRole('button', { name: 'Yes, the day comes first' }).click();
  await page.getByRole('region', { name: 'Mistakes' }).locator('tr', { hasText: 'not in the past' }).waitFor();
  await page.getByRole('button', { name: 'Another list' }).click();
  await choose(page, 'learners.csv', windowsCsv(good));
  await page.getByRole('button', { name: 'Yes, the day comes first' }).click();
  await stage.sees('the difference is seen before anything is changed', async () => {
    await page.getByRole('button', { name: /^New 3/ }).waitFor();
    const row = await page.getByRole('region', { name: 'Difference' }).locator('tr', { hasText: 'Beispiel' }).textContent();
    expect(row.includes('1 Feb 2015') && row.includes('000171') && row.includes('Zo\u00eb'), `it says "${row}"`);
  });
  await stage.look(page, 'office-import-difference');
  await page.getByRole('button', { name: 'Bring in 3 new' }).click();
  await page.getByText('Brought in: 3 new, 0 changed.').waitFor();
}

async function xlsx(stage, page) {
  const rows = [headings, ['000171', 'Beispiel-Hill', 'Zo\u00eb', '2015-02-01', '6', '6B'], ['000172', 'Sampleton', 'Jo', '2014-12-25', '6', '6B'], ['000173', 'Testing', 'Bartholomew', '2015-05-13', '5', '5A']];
  await stage.shows('a zip that is no workbook is refused in words', async () => {
    await choose(page, 'learners.xlsx', Buffer.from(zipSync({ 'a.txt': utf8('no workbook') })));
    await page.getByText('That is a zip, but no Excel workbook.').waitFor();
  });
  await choose(page, 'learners.xlsx', workbook(rows));
  await stage.shows('a workbook of the same headings is read as it is seen, its numbers padded by their format and its dates by theirs, by the columns chosen before, and shows old beside new', async () => {
    await page.getByText('from the first sheet of the workbook; columns as you chose them last time').waitFor();
    await page.getByRole('button', { name: /^Changed 1/ }).click();
    const row = await page.getByRole('region', { name: 'Difference' }).locator('tr', { hasText: 'Zo\u00eb' }).textContent();
    expect(/last name Beispiel → Beispiel-Hill/.test(row), `it says "${row}"`);
    await page.getByRole('button', { name: /^Unchanged 2/ }).waitFor();
  });
  await stage.look(page, 'office-import-changed');
  await page.getByRole('button', { name: 'Bring in 1 change' }).click();
  await page.getByText('Brought in: 0 new, 1 changed.').waitFor();
  await choose(page, 'learners.xlsx', workbook(rows));
  await stage.shows('the same list again has nothing to bring in', async () => {
    await page.getByRole('button', { name: 'Nothing to bring in' }).waitFor();
  });
  await page.getByRole('button', { name: 'Another list' }).click();
  await choose(page, 'learners.xlsx', workbook(rows, [['About', 'this workbook'], ['The list', 'is on the next sheet']]));
  await stage.shows('of a workbook with several sheets the one that is meant is chosen, and read as a list of its own', async () => {
    await page.getByText('from the sheet “Read me” of the workbook, which has 2').waitFor();
    await page.getByRole('combobox', { name: 'Sheet' }).selectOption('Learners');
    await page.getByText('from the sheet “Learners” of the workbook, which has 2').waitFor();
    await page.getByRole('button', { name: 'Nothing to bring in' }).waitFor();
  });
  await stage.look(page, 'office-import-sheets');
  await page.getByRole('button', { name: 'Another list' }).click();
}

/** As a school prints it: a title, the day, an empty line, the name in one column, a total, who made it. Nothing of it is brought in. */
async function dressed(stage, page) {
  const list = [['Name', 'Adm No', 'Date of Birth', 'Yr'], ['Dresser, Ann Bee', '000181', '2-Mar-15', 'Year 6'], ['Cy Dresser', '000182', '14-Sept-15', 'Year 5']];
  await choose(page, 'dressed.xlsx', workbook([['Pupil list, autumn'], ['Printed on', '28 November 2026'], [], ...list, ['Total pupils: 2'], ['Made by the school office']]));
  await page.getByRole('button', { name: 'Yes, the day comes first' }).click();
  await stage.shows('a printed list is read by its headings, wherever they stand, without its title and its total, and each name goes to its two columns', async () => {
    await page.getByText('Headings are in row 4; what stands above was left out.').waitFor();
    await page.getByText('Left out beneath the list: rows 7, 8, as totals or words alone.').waitFor();
    await page.getByRole('button', { name: /^New 2/ }).waitFor();
    expect((await page.getByRole('region', { name: 'Columns' }).getByText('Total pupils').count()) === 0, 'a total is shown as one of the first rows');
    const row = await page.getByRole('region', { name: 'Difference' }).locator('tr', { hasText: '000181' }).textContent();
    expect(/Ann Bee/.test(row) && /Dresser/.test(row) && row.includes('2 Mar 2015'), `it says "${row}"`);
  });
  await stage.look(page, 'office-import-dressed');
  await page.getByRole('button', { name: 'Another list' }).click();
}

/** The second is chosen while the hub still compares for the first. */
async function twoColumns(stage, page) {
  const [surname, group] = [page.getByLabel('Column for Legal Surname'), page.getByLabel('Column for Tutor Group')];
  const looks = '**/api/import/look/**';
  let answers = 0;
  await page.route(looks, async (route) => {
    const answer = await route.fetch();
    await new Promise((done) => setTimeout(done, 400));
    await route.fulfill({ response: answer });
    answers += 1;
  });
  const stand = async (count, ...wanted) => {
    const now = [await surname.inputValue(), await group.inputValue()];
    expect(answers >= count && now.join() === wanted.join(), `after ${answers} answers they go to "${now.join('" and "')}"`);
  };
  await surname.selectOption('');
  await group.selectOption('year_group');
  await stage.sees('of two columns chosen in a row both stay as they were chosen', () => stand(2, '', 'year_group'));
  await surname.selectOption('last_name');
  await group.selectOption('');
  await stage.sees('and both go back', () => stand(4, 'last_name', ''));
  await page.unroute(looks);
}

async function takeBack(page, at) {
  const rows = page.getByRole('region', { name: 'Imports' }).locator('tbody tr');
  await rows.nth(at).getByRole('button', { name: /^Take back/ }).click();
  await rows.nth(at).getByRole('button', { name: 'Yes, take it back' }).click();
}

async function undo(stage, page) {
  await page.getByRole('region', { name: 'Imports' }).locator('tbody tr').first().getByText('learners.xlsx').waitFor();
  await stage.shows('an import that another one changed is not taken back, and it is said why', async () => {
    await takeBack(page, 1);
    await page.getByText('Nothing was taken back: later work stands on it').waitFor();
    await page.getByText('was changed since').first().waitFor();
  });
  await stage.look(page, 'office-import-blocked');
  await stage.sees('cells that are pasted anywhere on the page stand in their field', async () => {
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'ref\tlast_name\n000170\tProbe\n');
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    });
    const held = await page.getByLabel('Or cells copied from a spreadsheet, with their headings').inputValue();
    expect(held.includes('000170\tProbe'), `it holds "${held}"`);
  });
  await stage.shows('the latest is taken back, and what was stands again', async () => {
    await takeBack(page, 0);
    await page.getByText('Taken back: 1 row.').waitFor();
    await page.getByLabel('Or cells copied from a spreadsheet, with their headings').fill('ref\tlast_name\tfirst_name\n000171\tBeispiel\tZo\u00eb\n');
    await page.getByRole('button', { name: 'Look at the cells' }).click();
    await page.getByRole('button', { name: /^Unchanged 1/ }).waitFor();
    await page.getByRole('button', { name: 'Another list' }).click();
  });
  await stage.shows('and then the one before it, which nothing stands on any more', async () => {
    await takeBack(page, 1);
    await page.getByText('Taken back: 3 rows.').waitFor();
  });
}

/** A UPN with the letter that its digits give. */
function upn(digits) {
  const letters = 'ABCDEFGHJKLMNPQRTUVWXYZ';
  return letters[[...digits].reduce((sum, digit, at) => sum + Number(digit) * (at + 2), 0) % letters.length] + digits;
}

const upnHeadings = ['SpeedAdmin ID', 'Unique Pupil Number', 'Forename', 'Surname'];
const numbered = [['SA-0901', upn('999990026001'), 'Ottoline', 'Numberley'], ['SA-0902', upn('999990026002'), 'Quentin', 'Numberley']];

async function paste(page, rows) {
  await page.getByLabel('Or cells copied from a spreadsheet, with their headings').fill(rows.map((row) => row.join('\t')).join('\n'));
  await page.getByRole('button', { name: 'Look at the cells' }).click();
}

async function numbers(stage, page) {
  const [later, third] = [upn('999990026003'), upn('999990026004')];
  await paste(page, [upnHeadings, [...numbered[0].slice(0, 1), numbered[0][1].toLowerCase(), ...numbered[0].slice(2)], ['SA-0902', 'A999990026002', 'Quentin', 'Numberley']]);
  await stage.sees('a UPN is mended where it is written small, and refused by its check letter where it is mistyped', async () => {
    const mistake = await page.getByRole('region', { name: 'Mistakes' }).locator('tbody tr').textContent();
    expect(mistake.startsWith('3') && mistake.includes('UPN') && mistake.includes('mistyped'), `it says "${mistake}"`);
  });
  await page.getByRole('button', { name: 'Another list' }).click();
  await paste(page, [upnHeadings, ...numbered]);
  await page.getByRole('button', { name: 'Bring in 2 new' }).click();
  await page.getByText('Brought in: 2 new, 0 changed.').waitFor();
  await paste(page, [['UPN', 'Forename', 'Surname', 'Year'], [numbered[0][1], 'Ottoline', 'Numberley', '7']]);
  await stage.shows('a list without our numbers finds its learners by their UPN', async () => {
    await page.getByRole('button', { name: 'Bring in 1 change' }).click();
    await page.getByText('Brought in: 0 new, 1 changed.').waitFor();
  });
  await paste(page, [[...upnHeadings, 'Second column'], ['SA-0901', later, 'Ottoline', 'Numberley', third]]);
  const bring = page.getByRole('button', { name: 'Bring in 1 change' });
  await stage.sees('a UPN that changes is shown, and waits until a person has looked at it', async () => {
    const change = await page.getByRole('region', { name: 'Numbers that change' }).getByRole('row', { name: /Ottoline/ }).textContent();
    expect(change.includes(`${numbered[0][1]} → ${later}`), `it says "${change}"`);
    expect(await bring.isDisabled(), 'it can be brought in unseen');
  });
  await stage.look(page, 'office-import-numbers');
  const right = page.getByRole('checkbox', { name: 'It is the same child, and the new number is right' });
  await right.check();
  await stage.shows('what was said of one number is not said of another, though both are one number', async () => {
    await page.getByLabel('Column for Second column').selectOption('upn');
    await page.getByRole('region', { name: 'Numbers that change' }).getByText(third).waitFor();
    expect(!(await right.isChecked()) && (await bring.isDisabled()), 'it can be brought in unseen');
  });
  await page.getByLabel('Column for Unique Pupil Number').selectOption('upn');
  await page.getByRole('region', { name: 'Numbers that change' }).getByText(later).waitFor();
  await right.check();
  await bring.click();
  await page.getByText('Brought in: 0 new, 1 changed.').waitFor();
  return later;
}

async function profile(stage, page, later) {
  await page.goto(`${stage.officeUrl}/learners`);
  await page.getByLabel('Find a name').fill(later);
  await page.getByRole('link', { name: 'Ottoline Numberley' }).click();
  const card = page.getByRole('region', { name: 'Numbers elsewhere' });
  await stage.shows('a UPN that is typed into the search finds whose it is, and their page shows it to the office', async () => {
    await card.getByText(later).waitFor();
  });
  await card.getByRole('button', { name: 'Change the numbers' }).click();
  const form = page.getByRole('dialog', { name: 'Numbers elsewhere' });
  await form.getByLabel('UPN').fill(numbered[1][1]);
  await form.getByRole('button', { name: 'Save' }).click();
  await stage.shows('the UPN of somebody else is refused, with a name', async () => {
    await form.getByText('Quentin Numberley has this UPN already').waitFor();
  });
  await form.getByLabel('UPN').fill(later);
  await form.getByLabel('Number in the school’s system').fill('000042');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  await card.getByText('000042').waitFor();
  await stage.look(page, 'office-learner-numbers');
  const other = await page.context().newPage();
  await other.goto(page.url());
  const theirs = other.getByRole('dialog', { name: 'Numbers elsewhere' });
  await card.getByRole('button', { name: 'Change the numbers' }).click();
  await other.getByRole('button', { name: 'Change the numbers' }).click();
  await theirs.getByLabel('Number in the school’s system').fill('000043');
  await theirs.getByRole('button', { name: 'Save' }).click();
  await theirs.waitFor({ state: 'hidden' });
  await other.close();
  await stage.shows('a number that a colleague changed meanwhile is not written over by the form that was open', async () => {
    await card.getByText('000043').waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText(/somebody has changed this since you opened it/i).waitFor();
  });
  await form.getByRole('button', { name: 'Close' }).click();
}

const meanwhileRows = 4000;

/** A long list is written while the kiosk goes on sending: neither waits for ever, and neither loses anything. */
async function meanwhile(stage, page) {
  const kiosk = await stage.field();
  await stage.toToday(kiosk);
  const day = (at) => new Date(Date.UTC(2031, 0, 1 + at)).toISOString().slice(0, 10);
  const before = stage.demo.status().notes;
  let written = 0;
  let over = false;
  await page.goto(`${stage.officeUrl}/import`);
  const rows = [['learner_ref', 'starts', 'ends', 'reason'], ...Array.from({ length: meanwhileRows }, (_, at) => ['SA-0902', day(at), day(at), 'Away for a long time'])];
  await choose(page, 'away.csv', windowsCsv(rows));
  const bring = page.getByRole('button', { name: `Bring in ${meanwhileRows.toLocaleString('en-GB')} new` });
  await bring.waitFor();
  const goOn = async () => {
    do {
      await stage.writeNote(kiosk, `Written while a list comes in, ${written + 1}.`);
      written += 1;
    } while (!over);
  };
  await stage.shows('while a list of thousands is brought in the kiosk goes on writing and sending, and all of both is there', async () => {
    const come = bring.click().then(() => page.getByText(`Brought in: ${meanwhileRows.toLocaleString('en-GB')} new, 0 changed.`).waitFor()).finally(() => { over = true; });
    await Promise.all([come, goOn()]);
    await until('everything to be sent', async () => (await stage.demo.ask('sync.status')).badge === 'sent');
    expect(stage.demo.status().notes === before + written, `${stage.demo.status().notes} notes, of ${before + written}`);
  });
  await stage.shows('and it is taken back whole', async () => {
    await takeBack(page, 0);
    await page.getByText(`Taken back: ${meanwhileRows.toLocaleString('en-GB')} rows.`).waitFor();
  });
}

const twice = [['SA-0911', upn('999990026011')], ['SA-0912', upn('999990026012')]];

/** One child under two of our references: put together, and then a list of the school says a UPN of each. */
async function putTogether(stage, page) {
  await page.goto(`${stage.officeUrl}/import`);
  await paste(page, [['SpeedAdmin ID', 'Forename', 'Surname', 'Date of birth'], ...twice.map(([ref]) => [ref, 'Ottilie', 'Twicely', '2014-05-06'])]);
  await page.getByRole('button', { name: 'Bring in 2 new' }).click();
  await page.getByText('Brought in: 2 new, 0 changed.').waitFor();
  await page.goto(`${stage.officeUrl}/reconcile/duplicates`);
  await page.locator('.qi', { hasText: 'Ottilie Twicely' }).click();
  await page.getByRole('heading', { level: 2, name: 'Is Ottilie Twicely one child, entered twice?' }).waitFor();
  await page.getByRole('button', { name: 'One child, this record' }).first().click();
  await page.getByRole('button', { name: 'Entered twice by us' }).click();
  await page.getByLabel('Why?').press('Enter');
  await page.locator('.last', { hasText: 'Ottilie Twicely' }).waitFor();
  await page.goto(`${stage.officeUrl}/import`);
  await paste(page, [upnHeadings, ...twice.map(([ref, number]) => [ref, number, 'Ottilie', 'Twicely'])]);
  await page.getByRole('button', { name: 'Bring in 2 changes' }).click();
  await page.getByText('Brought in: 0 new, 2 changed.').waitFor();
}

async function twoUpns(stage, page) {
  await putTogether(stage, page);
  await page.goto(`${stage.officeUrl}/learners`);
  await page.getByLabel('Find a name').fill(twice[0][1]);
  await page.getByRole('link', { name: 'Ottilie Twicely' }).first().click();
  await page.getByRole('link', { name: 'decide which is right' }).click();
  const card = page.getByRole('article', { name: 'The entry' });
  await stage.shows('two UPNs for one child are a matter, with both values, whose record and which list, what is in use and why', async () => {
    await card.getByRole('heading', { level: 2, name: 'Which UPN is right for Ottilie Twicely?' }).waitFor();
    for (const [, number] of twice) await card.getByRole('heading', { level: 3, name: number }).waitFor();
    await card.getByText('it is the number of the record that stands for the child', { exact: false }).waitFor();
    expect((await card.getByText('List', { exact: true }).count()) === 2, 'a value without the list that brought it in');
  });
  await stage.look(page, 'office-reconcile-two-upns');
  await stage.shows('the other one is chosen with a reason, and taken back', async () => {
    await card.getByRole('button', { name: /^Use .* instead/ }).click();
    await page.getByRole('button', { name: 'The school says so' }).click();
    await page.getByLabel('Why?').press('Enter');
    await page.locator('.last', { hasText: 'Ottilie Twicely' }).getByRole('button', { name: /^Undo/ }).click();
    await page.getByRole('button', { name: 'Decided the wrong way' }).click();
    await stage.look(page, 'office-reconcile-two-upns-decided');
    await page.getByLabel('Why?').press('Enter');
    await card.getByText('In use now', { exact: true }).waitFor();
  });
  await card.getByRole('button', { name: /^Keep / }).click();
  await page.getByRole('button', { name: 'The other one was mistyped' }).click();
  await page.getByLabel('Why?').press('Enter');
  await page.locator('.last', { hasText: 'Ottilie Twicely' }).waitFor();
}

/** How long a list takes is the machine's: the answer is held until the page has asked how far it is and shown it. */
async function far(stage, page) {
  let release = () => undefined;
  const held = new Promise((done) => {
    release = done;
  });
  const looked = '**/api/import/look/*', asked = '**/api/import/progress/*';
  await page.route(looked, async (route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  });
  await page.route(asked, (route) => route.fulfill({ json: { stage: 'comparing', done: 8192, rows: 16_000 } }));
  await paste(page, [upnHeadings, ...numbered]);
  await stage.shows('while a list is compared the page says how many rows are done, of how many', async () => {
    await page.getByText('8,192 of 16,000 rows').waitFor();
    const bar = page.getByRole('progressbar', { name: 'Comparing with the hub…' });
    expect((await bar.getAttribute('value')) === '8192', 'the bar stands elsewhere');
  });
  await stage.look(page, 'office-import-far');
  release();
  await page.unroute(asked);
  await page.unroute(looked);
  await page.getByRole('button', { name: 'Bring in 2 new' }).waitFor();
  await page.getByText('of 16,000 rows').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Another list' }).click();
}

async function rollover(stage, page) {
  await page.getByRole('link', { name: 'New school year' }).click();
  await heading(page, 'New school year').waitFor();
  await page.getByRole('button', { name: 'Look at the difference' }).click();
  await stage.sees('a new year is seen as a difference: a year up, leavers, terms', async () => {
    const region = page.getByRole('region', { name: 'Difference' });
    await region.locator('tr', { hasText: 'year group' }).first().waitFor();
    const changes = await region.locator('tbody tr').first().textContent();
    expect(/year group (R|\d+) → \d+|status Active → Left/.test(changes), `it says "${changes}"`);
  });
  await stage.look(page, 'office-rollover');
  await page.getByRole('button', { name: /^Begin the new year/ }).click();
  await stage.shows('it is brought in once, and taken back whole', async () => {
    await page.getByText('The new year is in').waitFor();
    await page.getByRole('button', { name: 'Look at the difference' }).click();
    await page.getByText('take it back first').waitFor();
    await takeBack(page, 0);
    await page.getByText(/^Taken back:/).waitFor();
    await page.getByRole('button', { name: 'Look at the difference' }).click();
    await page.getByRole('region', { name: 'Difference' }).locator('tr', { hasText: /year group|Active → Left/ }).first().waitFor();
  });
}

export async function importLists(stage) {
  const page = await stage.officePage();
  await page.goto(`${stage.officeUrl}/import`);
  await heading(page, 'Import').waitFor();
  await stage.look(page, 'office-import');
  await csv(stage, page);
  await xlsx(stage, page);
  await dressed(stage, page);
  await undo(stage, page);
  await far(stage, page);
  await profile(stage, page, await numbers(stage, page));
  await meanwhile(stage, page);
  await twoUpns(stage, page);
  await page.goto(`${stage.officeUrl}/import`);
  await rollover(stage, page);
}
