// doors_day.ts: the commands that the first part of the contract did not come to: what a day has beside its registers. Each goes through the door
// and comes back as the core meant it, refusals too.
import type { RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { check, failure, idForm, idOf, until, type Given, type Shows, type Told } from './doors_lib.ts';

const nobody = '00'.repeat(16);

async function adhoc(door: Told, starts: number): Promise<{ session: string; activity: string; rows: RegisterRow[] }> {
  const { activities } = await door.call('activities', {});
  const activity = activities.find((one) => one.learners > 1)?.id ?? '';
  const { session } = await door.call('session.adhoc', { activity, starts, ends: starts + 30 });
  return { session, activity, rows: (await door.call('register.get', { session })).rows };
}

const onToday = async (door: Told, session: string) => (await door.call('today', {})).sessions.find((one) => one.id === session);

async function sessions(door: Told, shows: Shows): Promise<void> {
  await shows('a session is moved, cancelled with its cause, takes place after all, and is taken away', async () => {
    const { session } = await adhoc(door, 100);
    await door.call('session.move', { session, starts: 105, ends: 140 });
    const moved = await onToday(door, session);
    check(moved?.starts === 105 && moved.ends === 140, `it begins at ${moved?.starts}`);
    await door.call('session.cancel', { session, cause: 'weather' });
    const cancelled = await onToday(door, session);
    check(cancelled?.status === 'cancelled' && cancelled.cause === 'weather', `it is ${cancelled?.status}: ${cancelled?.cause}`);
    await door.call('session.cancel', { session });
    check((await onToday(door, session))?.status === 'scheduled', 'it stays cancelled');
    await door.call('session.remove', { session });
    check((await onToday(door, session)) === undefined, 'it is still there');
  });
  await shows('a class without names is counted', async () => {
    const { session } = await adhoc(door, 110);
    await door.call('session.headcount', { session, people: 28 });
    check((await onToday(door, session))?.headcount === 28, 'the number is not told back');
    const refused = await failure(door.call('session.headcount', { session, people: -1 }));
    check(refused.code === 'INVALID', `fewer than nobody: ${refused.code}`);
    await door.call('session.remove', { session });
  });
  await shows('where somebody is can be kept, and is told back', async () => {
    check((await door.call('place', { keep: '#/evacuation' })).place === '#/evacuation', 'another place is told');
    check((await door.call('place', {})).place === '#/evacuation', 'it was not kept');
    check((await door.call('place', { keep: '' })).place == null, 'it stays');
  });
}

async function hall(door: Told, shows: Shows): Promise<void> {
  await shows('somebody nobody knows is marked, then the rest, and whoever is here is on the evacuation list', async () => {
    const { session, rows } = await adhoc(door, 150);
    const known = new Set(rows.map((row) => row.learner));
    const done = await door.call('walk.in', { session, first_name: 'Łucja', last_name: 'Żółkiewska' });
    const visitor = done.rows.find((row) => !known.has(row.learner));
    check(visitor?.name === 'Łucja Żółkiewska' && visitor.code === 'P' && visitor.visitor, JSON.stringify(visitor));
    const { totals } = await door.call('mark.rest', { session, code: 'P' });
    check(totals.unmarked === 0 && totals.here === rows.length + 1, JSON.stringify(totals));
    const { halls } = await door.call('evacuation', { session });
    // Who plays in a later session of today as well, and is marked there, is counted there.
    const here = new Set(halls.flatMap((one) => one.here.map((row) => row.learner)));
    const missed = [...known, visitor?.learner ?? ''].filter((one) => !here.has(one));
    check(missed.length === 0, `${missed.length} of ${known.size + 1} are not on the list`);
    const [player] = rows;
    check((await door.call('learner.find', { text: player?.name ?? '' })).learners.some((one) => one.id === player?.learner), `${player?.name} is not found`);
  });
  await shows('what staff must know of the players of a register of today is said, and only of those', async () => {
    const { session, rows } = await adhoc(door, 170);
    const learners = new Set(rows.map((row) => row.learner));
    const { needs } = await door.call('needs', { session });
    check(needs.every((one) => learners.has(one.learner) && one.text !== ''), JSON.stringify(needs));
    check((await door.call('needs', {})).needs.length >= needs.length, 'the day knows less than one register of it');
    check((await failure(door.call('needs', { session: '0'.repeat(31) + '1' }))).code === 'NOT_FOUND', 'a register that is not there has needs');
  });
  await shows('who is away without a word is rung, and what was said is kept', async () => {
    const { session, rows } = await adhoc(door, 190);
    const learner = rows[0]?.learner ?? '';
    check((await failure(door.call('absences', { session }))).code === 'CONFLICT', 'an open register has absences');
    await door.call('mark.set', { session, learner, code: 'AU' });
    await door.call('register.finish', { session, rest: 'P' });
    check((await failure(door.call('absence.call', { session, learner, outcome: 'explained' }))).code === 'INVALID', 'nobody was rung');
    await door.call('absence.call', { session, learner, outcome: 'explained', said: 'Їхня мати: хворіє' });
    const { absences } = await door.call('absences', { session });
    const [call] = absences.find((one) => one.learner === learner)?.calls ?? [];
    await door.call('register.reopen', { session, reason: 'Їхня мати дзвонила' });
    check((await door.call('register.get', { session })).reason === 'Їхня мати дзвонила', 'it was reopened without its reason');
    await door.call('register.finish', { session });
    check(absences.length === 1 && call?.outcome === 'explained' && call.said === 'Їхня мати: хворіє', JSON.stringify(absences));
  });
}

async function sheets(door: Told, shows: Shows): Promise<void> {
  const { session, activity, rows } = await adhoc(door, 230);
  const learner = rows[0]?.learner ?? '';
  await shows('a note that was begun is kept until it is written, and one written by mistake is taken back', async () => {
    await door.call('draft.keep', { learner, text: '{"text":"Half a'.padEnd(40, ' é') });
    check((await door.call('learner.get', { learner })).draft === '{"text":"Half a'.padEnd(40, ' é'), 'it was not kept');
    const { note } = await door.call('note.add', { learner, activity, session, text: 'Written by mistake', visibility: 'tutor' });
    const sheet = await door.call('learner.get', { learner });
    check(sheet.draft == null && sheet.notes[0]?.id === note && sheet.notes[0].own, JSON.stringify(sheet.notes[0]));
    door.topics.clear();
    await door.call('note.remove', { note });
    await until('the event', () => door.topics.has(`learner:${learner}`));
    check(!(await door.call('learner.get', { learner })).notes.some((one) => one.id === note), 'it is still there');
    check((await failure(door.call('note.remove', { note: nobody }))).code === 'NOT_FOUND', 'a note of nobody’s was removed');
  });
  await shows('a fact of progress is kept, and one that is voided is not', async () => {
    const { progress } = await door.call('progress.add', { learner, activity, kind: 'pos', pos: 4, comment: '第四級' });
    const sheet = await door.call('learner.get', { learner });
    check(sheet.pos === 4 && sheet.progress.some((one) => one.id === progress && one.comment === '第四級'), JSON.stringify(sheet.progress[0]));
    check((await failure(door.call('progress.add', { learner, activity, kind: 'pos', pos: 9 }))).code === 'INVALID', 'there is no level 9');
  });
  await door.call('session.remove', { session });
}

/** With the line held, so that something waits: a device that lets itself be emptied then has lost it. */
async function line(door: Told, shows: Shows): Promise<void> {
  await shows('the line is held and let go, and a device that holds work is not emptied', async () => {
    check((await door.call('sync.hold', { hold: true })).line === 'held', 'it is not held');
    const { session } = await adhoc(door, 270);
    const held = await door.call('sync.status', {});
    check(held.changes > 0 && held.badge === 'saved', `${held.changes} changes, "${held.badge}"`);
    const refused = await failure(door.call('device.reset', {}));
    check(refused.code === 'CONFLICT' && /not reached the office/.test(refused.text), `${refused.code} ${refused.text}`);
    check((await onToday(door, session)) !== undefined, 'it was emptied');
    await door.call('session.remove', { session });
    check((await door.call('sync.hold', { hold: false })).line !== 'held', 'it is still held');
    check(typeof (await door.call('sync.now', {})).line === 'string', 'nothing is said about the line');
  });
  await shows('what the office did not simply take is listed, each with what to do', async () => {
    const { outcomes } = await door.call('sync.outcomes', {});
    check(outcomes.every((one) => one.reason.length > 0 && one.advice.length > 0), JSON.stringify(outcomes[0]));
  });
}

async function refusals(door: Told, given: Given, shows: Shows): Promise<void> {
  const refused = async (what: string, code: string, call: Promise<unknown>): Promise<void> => {
    const one = await failure(call);
    check(one.code === code && one.text.length > 10, `${what}: ${one.code} ${one.text}`);
  };
  await shows('an enrolment that nobody began, codes that are none, and files that are no device’s are refused in words', async () => {
    const staff = await idOf(door, given.name);
    await refused('confirming', 'CONFLICT', door.call('enrol.confirm', {}));
    const before = await failure(door.call('enrol.start', { code: 'no code at all' }));
    check(before.text.length > 10, `enrolling: ${before.code} ${before.text}`);
    const { challenge } = await door.call('lease.challenge', {});
    check(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(challenge), challenge);
    const lease = await failure(door.call('lease.renew', { code: 'AAAAA-AAAAA' }));
    check(lease.text.length > 10, `a code by telephone: ${lease.code} ${lease.text}`);
    const carried = await failure(door.call('carry', { file: new Uint8Array(300).fill(9) }));
    check(carried.text.length > 10, `a file: ${carried.code} ${carried.text}`);
    await refused('a reply', 'NOT_FOUND', door.call('carry.reply', { number: 4 }));
    await refused('forgetting', 'NOT_FOUND', door.call('carry.forget', { number: 4 }));
    await refused('a PIN anybody would guess', 'INVALID', door.call('pin.set', { staff, pin: '111111' }));
    check((await door.call('device.status', {})).unlocked === staff, 'nobody is signed in any more');
  });
  await shows('who reads a concern is said, and an empty one is none', async () => {
    const { readers, concerns } = await door.call('concerns', {});
    check(readers.every((one) => one.length > 0) && concerns.every((one) => one.written_at > 0), JSON.stringify(readers));
    await refused('an empty one', 'INVALID', door.call('concern.add', { text: '' }));
  });
}

async function atTheDoor(door: Told, given: Given, shows: Shows): Promise<void> {
  await shows('at the door a name signs in, "not me" takes it back, nothing else is answered, and a PIN leaves it', async () => {
    const staff = await idOf(door, given.name);
    const { session, rows } = await adhoc(door, 300);
    check((await failure(door.call('door.find', { text: 'abc' }))).code === 'CONFLICT', 'there was no door');
    const first = rows[0]?.name.split(' ')[0] ?? '';
    check((await door.call('door.open', {})).door === 'open', 'it is not open');
    check((await failure(door.call('today', {}))).code === 'FORBIDDEN', 'Today is told at the door');
    const { names } = await door.call('door.find', { text: first });
    check(names.length > 0 && names.length <= 5 && names.every((one) => idForm.test(one.learner)), JSON.stringify(names));
    const signed = await door.call('door.sign', { learner: names[0]?.learner ?? '', way: 'in' });
    check(idForm.test(signed.arrival) && signed.name === names[0]?.name, JSON.stringify(signed));
    await door.call('door.undo', { arrival: signed.arrival });
    check((await failure(door.call('door.undo', { arrival: signed.arrival }))).text.length > 10, 'it was taken back twice');
    const status = await door.call('unlock', { staff, pin: given.pin, leave_door: true });
    check(status.door == null && status.unlocked === staff, 'the door is still open');
    await door.call('session.remove', { session });
  });
  await shows('the setup ends once more without harm', async () => {
    const staff = await idOf(door, given.name);
    await door.call('setup.done', {});
    check((await door.call('device.status', {})).unlocked === staff, 'nobody is signed in any more');
  });
}

export async function theRestOfTheDay(door: Told, given: Given, shows: Shows): Promise<void> {
  await sessions(door, shows);
  await hall(door, shows);
  await sheets(door, shows);
  await line(door, shows);
  await refusals(door, given, shows);
  await atTheDoor(door, given, shows);
}
