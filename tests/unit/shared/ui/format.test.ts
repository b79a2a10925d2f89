// format.test.ts: the words of the two faces.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apartWords, bytesWords, civil, clock, datedDay, daysAfter, fullDate, initials, joined, longDate, markWord, minuteOf, moment, schoolYearOf, sentence, shortDate, spanWords, toSendWords, totalsWords, waitWords } from '../../../../shared/ui/format.ts';

test('minutes of the day and back', () => {
  assert.equal(clock(605), '10:05');
  assert.equal(minuteOf('10:05'), 605);
  for (const same of ['1005', '10.05', ' 10:05 ']) assert.equal(minuteOf(same), 605, same);
  assert.equal(minuteOf('905'), 545);
  for (const bad of ['', '2400', '5', '24:00', '10:60', '10:5', 'ten']) assert.equal(minuteOf(bad), null, bad);
});

test('a date stays on its day in every zone', () => {
  assert.equal(longDate('2026-11-21'), 'Saturday 21 November');
  assert.equal(shortDate('2026-03-01'), 'Sun 1 Mar');
  assert.equal(fullDate('2026-03-01'), '1 Mar 2026');
});

test('a day that may be of another year says so', () => {
  assert.equal(datedDay('2025-11-22'), 'Saturday 22 November 2025');
});

test('days are counted on the calendar, over the change of the clocks and of the year', () => {
  assert.equal(daysAfter('2026-10-25', 1), '2026-10-26');
  assert.equal(daysAfter('2026-03-29', -1), '2026-03-28');
  assert.equal(daysAfter('2026-12-31', 1), '2027-01-01');
});

test('a school year begins in September', () => {
  assert.equal(schoolYearOf('2026-09-01'), '2026');
  assert.equal(schoolYearOf('2027-03-01'), '2026');
  assert.equal(schoolYearOf('2027-08-31'), '2026');
});

test('hours and days are those of the United Kingdom, in summer time too', () => {
  assert.deepEqual(civil(Date.UTC(2026, 10, 21, 10, 42)), { date: '2026-11-21', minute: 642 });
  assert.deepEqual(civil(Date.UTC(2026, 6, 1, 23, 30)), { date: '2026-07-02', minute: 30 });
  assert.deepEqual(civil(Date.UTC(2026, 6, 1, 23, 0)), { date: '2026-07-02', minute: 0 });
});

test('a moment is said as shortly as it can be told apart', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  assert.equal(moment(Date.UTC(2026, 10, 21, 10, 42), now), '10:42');
  assert.equal(moment(Date.UTC(2026, 10, 20, 10, 42), now), 'Fri 20 Nov, 10:42');
  assert.equal(moment(Date.UTC(2099, 10, 20, 10, 42), now), '20 Nov 2099, 10:42');
});

test('how far a clock is off is said in the unit that fits', () => {
  assert.equal(apartWords(7 * 60_000), '7 minutes ahead');
  assert.equal(apartWords(-60_000), '1 minute behind');
  assert.equal(apartWords(-3 * 3_600_000), '3 hours behind');
  assert.equal(apartWords(40 * 86_400_000), '40 days ahead');
  assert.equal(apartWords(Date.UTC(2099, 10, 21) - Date.UTC(2026, 10, 21)), '73 years ahead');
});

test('the badge counts registers and notes, and says changes only when there is nothing better', () => {
  assert.equal(toSendWords({ registers: 1, notes: 2, changes: 40 }), '1 register, 2 notes to send');
  assert.equal(toSendWords({ registers: 0, notes: 0, changes: 1 }), '1 change to send');
  assert.equal(toSendWords({ registers: 0, notes: 0, changes: 0 }), 'Nothing to send');
});

test('totals leave out what is zero but never here and away', () => {
  assert.equal(totalsWords({ here: 58, late: 3, away: 4, event: 0, unmarked: 5, of: 70 }), '58 here, 3 late, 4 away, 5 unmarked');
  assert.equal(totalsWords({ here: 0, late: 0, away: 0, event: 0, unmarked: 0, of: 0 }), '0 here, 0 away');
});

test('a mark is said with its time when it has one', () => {
  assert.equal(markWord(null), 'Unmarked');
  assert.equal(markWord('none'), 'Unmarked');
  assert.equal(markWord('L', 612), 'Late 10:12');
  assert.equal(markWord('L'), 'Late');
  assert.equal(markWord('AN'), 'Away, told us');
});

test('a wait is never promised shorter than it is', () => {
  assert.equal(waitWords(29_001), '30 seconds');
  assert.equal(waitWords(1000), '1 second');
  assert.equal(waitWords(91_000), '2 minutes');
});

test('what somebody holds says from when until when, and whether it has begun', () => {
  const today = '2026-11-27';
  assert.equal(spanWords({ starts: '2026-11-21' }, today), 'since 21 Nov 2026');
  assert.equal(spanWords({ starts: '2026-11-27', ends: null }, today), 'since 27 Nov 2026');
  assert.equal(spanWords({ starts: '2026-11-21', ends: '2026-12-18' }, today), '21 Nov 2026 until 18 Dec 2026');
  assert.equal(spanWords({ starts: '2027-01-04' }, today), 'from 4 Jan 2027');
  assert.equal(spanWords({ starts: '2027-01-04', ends: '2027-03-26' }, today), 'from 4 Jan 2027 until 26 Mar 2027');
});

test('what the core says is a sentence on screen', () => {
  assert.equal(sentence('this register is closed'), 'This register is closed.');
  assert.equal(sentence('Wait.'), 'Wait.');
  assert.equal(sentence(''), '');
});

test('initials of names in any script', () => {
  assert.equal(initials('Chloë van Wyk'), 'CW');
  assert.equal(initials('王小明'), '王');
  assert.equal(initials('  Jo  Li '), 'JL');
});

test('facts in one line leave out what is absent or said already', () => {
  assert.equal(joined(['Hall', null, 'Hall', '', 'School']), 'Hall, School');
  assert.equal(joined([undefined, null]), '');
});

test('sizes', () => {
  assert.equal(bytesWords(64), '64 bytes');
  assert.equal(bytesWords(1420), '1.4 kB');
  assert.equal(bytesWords(1048576), '1,049 kB');
});
