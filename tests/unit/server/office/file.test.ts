// file.test.ts: what a person chose or pasted, as the bytes of a CSV file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf, isZip, pasted } from '../../../../server/office/import/file.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('rows of a workbook keep their numbers, leading zeros and signs', () => {
  const rows = [[''], ['ref', 'name'], [], ['000171', 'Say "hello", Jo'], ['', '']];
  assert.equal(text(csvOf(rows)), '\r\nref,name\r\n\r\n000171,"Say ""hello"", Jo"\r\n\r\n');
});

test('a short row of a workbook is as wide as the others', () => {
  assert.equal(text(csvOf([['a', 'b', 'c'], ['1']])), 'a,b,c\r\n1,,\r\n');
});

test('pasted cells end with a line end', () => {
  assert.equal(text(pasted('a\tb').bytes), 'a\tb\n');
  assert.equal(text(pasted('a\tb\n').bytes), 'a\tb\n');
});

test('a zip is known by its first bytes', () => {
  assert.equal(isZip(new Uint8Array([0x50, 0x4b, 3, 4, 0])), true);
  assert.equal(isZip(new TextEncoder().encode('PK,name\n')), false);
});
