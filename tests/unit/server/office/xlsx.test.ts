// xlsx.test.ts: workbooks that libxlsxwriter makes (workbooks.c) are read as they are seen; so are the other dresses of the same format.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cwd, env } from 'node:process';
import { after, test } from 'node:test';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { rowsOf, sheetOf } from '../../../../server/office/import/xlsx.ts';

// Where npm starts the tests, as the bundled test has a folder of its own.
const source = `${cwd()}/../../tests/unit/server/office/workbooks.c`;
const folder = mkdtempSync(`${env['TMPDIR'] ?? '/tmp'}/tutti-workbooks-`);
after(() => rmSync(folder, { recursive: true, force: true }));
const tool = `${folder}/workbooks`;
execFileSync(env['CC'] ?? 'cc', ['-std=gnu11', '-Wall', '-Wextra', '-Werror', source, '-o', tool, '-lxlsxwriter'], { stdio: 'inherit' });
execFileSync(tool, [folder]);

const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${name}.xlsx`, null));
const seen = (name: string): string[] => rowsOf(bytesOf(name)).map(([format, text]) => `${format}: ${text}`);

/** A workbook with some of its files written otherwise. */
function altered(name: string, change: (path: string, text: string) => string | null): Uint8Array {
  const files = Object.entries(unzipSync(bytesOf(name))).map(([path, bytes]) => [path, change(path, new TextDecoder().decode(bytes))] as const);
  return zipSync(Object.fromEntries(files.flatMap(([path, text]) => (text === null ? [] : [[path, strToU8(text)]]))));
}

test('a number that its format pads keeps its zeros, and the marks between its digits', () => {
  assert.deepEqual(seen('codes'), [
    '0000000: 0012345',
    '0000000: 12345678',
    '0000000: 0000000',
    '00000 000000: 01632 960123',
    '0#### ######: 07700 900123',
    '000"/"0000: 123/4567',
    '"L"00000: L00042',
    '[Red]00000;[Blue]-00000: 00042',
    '00000: -00042',
    '[<=9999999]000-0000;(000) 000-0000: 555-0123',
    '[<=9999999]000-0000;(000) 000-0000: (202) 555-0123',
    '00000: 12.5',
    '0 "lessons": 36',
    '#,##0: 1234',
    '0%: 0.2',
    '[$£-809]#,##0.00: 12.5',
    '@: 17',
  ]);
});

test('a large number has all its digits, and a sum of decimals no tail', () => {
  assert.deepEqual(
    rowsOf(bytesOf('large')).map(([, text]) => text),
    ['1234567890123456', '150000000000000000000', '1000000000000000000000', '0.3', '0.0000001', '-7', '801234567890', '0801234567890'],
  );
});

test('a date is a date whatever its format says, and a time a time', () => {
  assert.deepEqual(
    rowsOf(bytesOf('dates')).map(([, text]) => text),
    ['2015-02-01', '2015-02-01', '2015-02-01', '2015-02-01', '2015-02-01', '2015-02-01', '15:45', '15:45', '25:30', '23:59', '1900-01-01', '1900-03-01', '-1', '2015', '2015-02-01', '2015-02-01'],
  );
});

test('the calendar that begins in 1904 moves the dates', () => {
  const book = altered('dates', (path, text) => (path === 'xl/workbook.xml' ? text.replace('<workbookPr ', '<workbookPr date1904="1" ') : text));
  assert.equal(rowsOf(book)[0]?.[1], '2019-02-02');
});

test('texts, truth values, formulas and gaps of the first sheet that is not hidden stand where they are seen', () => {
  const rows = rowsOf(bytesOf('texts'));
  assert.deepEqual(rows.slice(0, 3), [[], ['', '000171', 'Zoë & <Jo>'], []]);
  assert.deepEqual(rows[3]?.slice(0, 5), ['yes', 'no', 'JO', '42', '']);
  assert.equal(rows[3]?.[27], 'AB4');
  assert.deepEqual(rows[4], ['two\nlines 🎻']);
  assert.equal(rows.length, 5);
});

test('cells without addresses, texts inside the sheet, dates as text and names with a prefix are read as well', () => {
  const sheet = `<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>ref</x:t><x:rPh sb="0" eb="1"><x:t>spoken</x:t></x:rPh></x:is></x:c><x:c t="d"><x:v>2015-02-01T00:00:00</x:v></x:c></x:row><x:row><x:c/><x:c><x:v>8</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="str"><x:v>a_x000A_b &#x1F3BB;</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
  const book = altered('codes', (path, text) => (path === 'xl/worksheets/sheet1.xml' ? sheet : text));
  assert.deepEqual(rowsOf(book), [['ref', '2015-02-01'], ['', '8', '#N/A', 'a\nb 🎻']]);
});

test('a workbook without texts and formats of its own is read', () => {
  const book = altered('large', (path, text) => (/styles|sharedStrings/.test(path) ? null : path.endsWith('workbook.xml.rels') ? text.replace(/<Relationship [^>]*(styles|sharedStrings)[^>]*>/g, '') : text));
  assert.equal(rowsOf(book)[0]?.[1], '1234567890123456');
});

test('a damaged workbook is refused in words, and never read in part', () => {
  const cut = altered('codes', (path, text) => (path === 'xl/worksheets/sheet1.xml' ? text.slice(0, text.length / 2) : text));
  assert.throws(() => rowsOf(cut), /^Error: The workbook is damaged \(.+\)\. Open it in Excel and save it again/);
  const gone = altered('codes', (path, text) => (path === 'xl/worksheets/sheet1.xml' ? null : text));
  assert.throws(() => rowsOf(gone), /xl\/worksheets\/sheet1\.xml is not in it/);
  const far = altered('codes', (path, text) => (path === 'xl/worksheets/sheet1.xml' ? text.replace('r="A1"', 'r="A9999999"') : text));
  assert.throws(() => rowsOf(far), /there is no cell A9999999/);
  const none = altered('codes', (path, text) => (path === 'xl/workbook.xml' ? text.replace(/<sheet [^>]*>/, '') : text));
  assert.throws(() => rowsOf(none), /it has no sheet/);
  assert.throws(() => rowsOf(bytesOf('codes').slice(0, 400)), /^Error: The workbook is damaged/);
});

test('of several sheets each is read by its name, in their order, and a hidden one is none', () => {
  const relation = (text: string): string => text.replace('</Relationships>', '<Relationship Id="r91" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/second.xml"/><Relationship Id="r92" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/second.xml"/></Relationships>');
  const named = (text: string): string => text.replace('</sheets>', '<sheet name="Staff &amp; tutors" sheetId="91" r:id="r91"/><sheet name="Old" sheetId="92" state="hidden" r:id="r92"/></sheets>');
  const files = unzipSync(altered('codes', (path, text) => (path === 'xl/workbook.xml' ? named(text) : path === 'xl/_rels/workbook.xml.rels' ? relation(text) : text)));
  const second = strToU8('<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>ref</t></is></c></row></sheetData></worksheet>');
  const book = zipSync({ ...files, 'xl/worksheets/second.xml': second });
  const first = sheetOf(book);
  assert.equal(first.sheets.length, 2);
  assert.equal(first.sheet, first.sheets[0]);
  assert.equal(first.sheets[1], 'Staff & tutors');
  assert.deepEqual(sheetOf(book, 'Staff & tutors').rows, [['ref']]);
  assert.deepEqual(sheetOf(book, 'Old').rows, first.rows);
});
