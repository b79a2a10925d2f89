// copy.test.ts: a table on its way into a spreadsheet, and what an address keeps of a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTable, asText } from '../../../../server/office/copy.ts';
import { said, slug } from '../../../../server/office/kept.ts';

test('cells are divided by tabs, rows by line ends', () => {
  assert.equal(asText([['School', 'Due'], ['Sample School', '12']]), 'School\tDue\r\nSample School\t12');
});

test('nothing that is pasted begins a formula', () => {
  assert.equal(asText([['=1+1', '+44 1632', '@x', '-cmd', '-3']]), "'=1+1\t'+44 1632\t'@x\t'-cmd\t-3");
});

test('leading zeros stay text, numbers are numbers, and nothing is markup', () => {
  assert.equal(asTable([['012345', '1,234', '0', '<b>&']]), `<table><tr><td style='mso-number-format:"\\@"'>012345</td><td>1,234</td><td>0</td><td style='mso-number-format:"\\@"'>&lt;b&gt;&amp;</td></tr></table>`);
});

test('an address says what was chosen, keeps what else it says, and is short again without it', () => {
  assert.equal(slug('Last visit'), 'last-visit');
  assert.equal(said('https://hub.example/schools?find=north', 'schools', 'last-visit.down'), '/schools?find=north&schools=last-visit.down');
  assert.equal(said('https://hub.example/schools?find=north', 'find', ''), '/schools');
});
