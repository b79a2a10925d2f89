// doors.ts: one contract of calls and events for every way to a core: the loopback WebSocket of a kiosk, the port of a browser's worker.
// It runs inside a real page of either, against an enrolled device whose lessons are there.
import { CallFailed, dialDaemon, openDoor, type Args, type Command, type LineEvents, type Result } from '../../../shared/ui/call.ts';
import type { SessionItem } from '../../../shared/ui/generated/calls.ts';
import { ownScript } from '../../../client/browser/trusted.ts';
import { dialPort } from '../../../shared/ui/port.ts';
import { check, failure, idForm, idOf, until, type Given, type Shows, type Told } from './doors_lib.ts';
import { theRestOfTheDay } from './doors_day.ts';

interface Way {
  dial(events: LineEvents): { send(bytes: Uint8Array): void; close(): void };
}
interface Shown {
  name: string;
  failure: string | null;
}

async function open(way: Way): Promise<Told> {
  const topics = new Set<string>();
  let ready: () => void = () => undefined;
  const opened = new Promise<void>((done) => (ready = done));
  const door = openDoor({
    dial: (events) => way.dial(events),
    onOpen: (isOpen) => isOpen && ready(),
    onChanged: (changed) => changed.forEach((topic) => topics.add(topic)),
    later: (run, ms) => setTimeout(run, ms),
  });
  await opened;
  const called = new Set<string>();
  const call = <C extends Command>(command: C, args: Args<C>): Promise<Result<C>> => {
    called.add(command);
    return door.call(command, args);
  };
  return { call, topics, called };
}

export class Doors {
  #door: Told | null = null;
  constructor(private readonly way: Way) {}

  async #main(): Promise<Told> {
    return (this.#door ??= await open(this.way));
  }

  /** Every promise of the door; the names say which. `commands` are those that were called. */
  async contract(given: Given): Promise<{ shown: Shown[]; commands: string[] }> {
    const door = await this.#main();
    const shown: Shown[] = [];
    const shows: Shows = async (name, run) => {
      try {
        await run();
        shown.push({ name, failure: null });
      } catch (error) {
        shown.push({ name, failure: error instanceof Error ? error.message : String(error) });
      }
    };
    await this.#locked(door, given, shows);
    await this.#work(door, shows);
    await this.#two(door, given, shows);
    await theRestOfTheDay(door, given, shows);
    return { shown, commands: [...door.called] };
  }

  async #locked(door: Told, given: Given, shows: Shows): Promise<void> {
    await door.call('lock', {});
    const staff = await idOf(door, given.name);
    await shows('a locked device says who may sign in, and nothing else', async () => {
      const status = await door.call('device.status', {});
      check(status.enrolled && !status.unlocked && status.staff.some((one) => one.id === staff && one.has_pin), 'the status differs');
      check((await failure(door.call('today', {}))).code === 'NOT_UNLOCKED', 'a locked device answered');
    });
    await shows('a command nobody knows, and an argument that is none, are failures with a sentence', async () => {
      const unknown = await failure(door.call('no.such' as 'today', {}));
      const wrong = await failure(door.call('unlock', { staff: 'nobody', pin: given.pin }));
      check(unknown.code === 'INVALID' && unknown.text.length > 10, unknown.text);
      check(wrong.code === 'INVALID' && wrong.text.length > 10, wrong.text);
    });
    await shows('a wrong PIN is refused and counted; the right one opens, and is told as an event', async () => {
      const wrong = await failure(door.call('unlock', { staff, pin: given.wrongPin }));
      check(wrong.code === 'WRONG_SECRET' && wrong.attempts_left === 9, `${wrong.code} ${wrong.attempts_left}`);
      door.topics.clear();
      const status = await door.call('unlock', { staff, pin: given.pin });
      check(status.unlocked === staff, 'nobody is signed in');
      await until('the event', () => door.topics.has('device'));
    });
  }

  async #work(door: Told, shows: Shows): Promise<void> {
    const session = await this.#register(door, shows);
    await this.#words(door, session, shows);
    await this.#large(door, shows);
    await this.#visits(door, shows);
    await shows('an export holds what waits', async () => {
      const made = await door.call('export', {});
      check(made.file instanceof Uint8Array && (made.bundles === 0 || made.file.length > 100), 'there is no file');
    });
  }

  /** Made, marked and finished. */
  async #register(door: Told, shows: Shows): Promise<string> {
    let made: string | null = null;
    await shows('a session that is made is on Today, and Today is told to change', async () => {
      const { activities } = await door.call('activities', {});
      const activity = activities.find((one) => one.learners > 1);
      check(activity !== undefined, 'there is no activity with two learners');
      door.topics.clear();
      made = (await door.call('session.adhoc', { activity: activity?.id ?? '', starts: 5, ends: 65 })).session;
      check(idForm.test(made), made);
      await until('the event', () => door.topics.has('today'));
      const { sessions } = await door.call('today', {});
      check(sessions.some((one: SessionItem) => one.id === made && one.adhoc), 'it is not there');
    });
    const session = made ?? '';
    await shows('calls sent together are each answered with their own, in the order they were sent', async () => {
      const { rows } = await door.call('register.get', { session });
      const order: number[] = [];
      const calls = rows.map((row, index) =>
        door.call('mark.set', { session, learner: row.learner, code: index % 2 ? 'AU' : 'P' }).then((done) => {
          order.push(index);
          check(done.rows.some((one) => one.learner === row.learner && one.code === (index % 2 ? 'AU' : 'P')), 'another row was answered');
          const { here, late, away, event, unmarked, of } = done.totals;
          check(here + late + away + event + unmarked === of && unmarked === rows.length - index - 1, 'the totals do not add up');
        }),
      );
      await Promise.all(calls);
      check(order.every((at, index) => at === index), `answered in the order ${order.join(' ')}`);
      check(door.topics.has(`register:${session}`), 'the register was not told to change');
    });
    await shows('a register with somebody unmarked is not finished, and the failure says how many', async () => {
      await door.call('undo', { session });
      const refused = await failure(door.call('register.finish', { session }));
      check(refused.code === 'CONFLICT' && refused.unmarked === 1, `${refused.code} ${refused.unmarked}`);
      const done = await door.call('register.finish', { session, rest: 'P' });
      check(done.state === 'closed' && done.totals.unmarked === 0, done.state);
    });
    return session;
  }

  async #words(door: Told, session: string, shows: Shows): Promise<void> {
    await shows('text comes back byte for byte, in every script', async () => {
      const register = await door.call('register.get', { session });
      const learner = register.rows[0]?.learner ?? '';
      const text = 'Zoë, Łukasz, さくら, שָׁלוֹם, 👩🏽‍🎤 – “piano”\nsecond line';
      await door.call('note.add', { learner, activity: register.session.activity, session, areas: ['playing'], text });
      const { notes } = await door.call('learner.get', { learner });
      check(notes[0]?.text === text, JSON.stringify(notes[0]?.text));
    });
  }

  async #large(door: Told, shows: Shows): Promise<void> {
    await shows('a file of six megabytes travels whole; one that is no reply is refused in words', async () => {
      const refused = await failure(door.call('import', { file: new Uint8Array(6_000_000).fill(7) }));
      check(refused.code !== 'RESTARTING' && refused.text.length > 10, `${refused.code} ${refused.text}`);
    });
    await shows('a call larger than any cuts the door, which opens again, and nothing else is cut', async () => {
      const cut = await failure(door.call('import', { file: new Uint8Array(9_000_000).fill(7) }));
      check(cut.code === 'RESTARTING', cut.code);
      await until('the door', () => door.call('sync.status', {}).then(() => true, () => false));
      check('sessions' in (await door.call('today', {})), 'the core was made anew: nobody is signed in');
    });
  }

  async #visits(door: Told, shows: Shows): Promise<void> {
    await shows('school visits are theirs whose work they are; who is not asked has no question', async () => {
      const { visit_drafts } = await door.call('today', {});
      if (visit_drafts == null) {
        const refused = await failure(door.call('visit.list', {}));
        check(refused.code === 'FORBIDDEN' && refused.text.length > 10, `${refused.code} ${refused.text}`);
        check((await failure(door.call('school.list', {}))).code === 'FORBIDDEN', 'schools are listed');
        check((await failure(door.call('visit.save', { tuition: 'green' }))).text.length > 10, 'a visit was begun');
        check((await failure(door.call('visit.finish', { visit: '00'.repeat(16) }))).text.length > 10, 'a visit was finished');
      } else {
        const { schools } = await door.call('school.list', {});
        const visit = await door.call('visit.save', { school: schools[0]?.id, tuition: 'green', priority_1: 'Łukasz’s choir' });
        check(idForm.test(visit.id) && visit.tuition === 'green' && visit.priority_1 === 'Łukasz’s choir', JSON.stringify(visit));
        const asks = await failure(door.call('visit.finish', { visit: visit.id }));
        check(asks.code === 'INVALID', asks.code);
        check((await door.call('visit.finish', { visit: visit.id, drop: true })).status === 'dropped', 'the draft stays');
      }
      const refused = await failure(door.call('question.answer', { question: '00'.repeat(16), text: 'Yes' }));
      check(refused.code === 'NOT_FOUND', refused.code);
      const { questions } = await door.call('question.list', {});
      check(questions.every((one) => idForm.test(one.id) && one.text.length > 0), 'a question says nothing');
    });
  }

  async #two(door: Told, given: Given, shows: Shows): Promise<void> {
    const second = await open(this.way);
    const staff = await idOf(door, given.name);
    await shows('a second page sees what the first one does, and hears of it', async () => {
      second.topics.clear();
      await door.call('lock', {});
      await until('the event', () => second.topics.has('device'));
      check((await failure(second.call('today', {}))).code === 'NOT_UNLOCKED', 'it is not locked');
      const status = await second.call('unlock', { staff, pin: given.pin });
      check(status.unlocked === staff && (await door.call('device.status', {})).unlocked === staff, 'they differ');
    });
    await shows('answers go to the page that asked', async () => {
      const [one, two] = await Promise.all([door.call('sync.status', {}), second.call('today', {})]);
      check('badge' in one && 'sessions' in two, 'they were mixed up');
    });
  }

  /** Signs in and gives the largest register of the day, open: others may have closed it before. */
  async largest(given: Given): Promise<SessionItem> {
    const door = await this.#main();
    await door.call('unlock', { staff: await idOf(door, given.name), pin: given.pin });
    let best: SessionItem | undefined;
    await until('the day’s lessons', async () => {
      const { sessions } = await door.call('today', {});
      best = sessions.filter((one) => !one.adhoc).sort((a, b) => b.totals.of - a.totals.of)[0];
      return best !== undefined;
    });
    const largest = best as SessionItem;
    if (largest.state === 'closed') await door.call('register.reopen', { session: largest.id, reason: 'Taken once more' });
    return largest;
  }

  /** Marks everybody, over and over, and tells of each mark that was answered, until the page ends: mark `n` is of row n modulo the rows. */
  async markOn(session: string, said: () => void): Promise<void> {
    const door = await this.#main();
    const { rows } = await door.call('register.get', { session });
    for (let turn = 0; ; turn += 1) {
      for (const [index, row] of rows.entries()) {
        await door.call('mark.set', { session, learner: row.learner, code: (turn + index) % 2 ? 'AU' : 'P' });
        said();
      }
    }
  }

  /** Marks until there is no room: how many were answered, and what the last one was told. */
  async markUntilFull(session: string, most: number): Promise<{ marks: number; code: string; text: string }> {
    const door = await this.#main();
    const { rows } = await door.call('register.get', { session });
    for (let marks = 0; marks < most; marks += 1) {
      const learner = rows[marks % rows.length]?.learner ?? '';
      const late = Math.floor(marks / rows.length) % 2 === 0;
      try {
        await door.call('mark.set', { session, learner, code: late ? 'L' : 'P', arrived: late ? 600 : undefined });
      } catch (error) {
        if (error instanceof CallFailed) return { marks, code: error.failure.code, text: error.failure.text };
        throw error;
      }
    }
    return { marks: most, code: '', text: '' };
  }

  /** In the order of the register. */
  async codes(session: string): Promise<[string, string][]> {
    const door = await this.#main();
    const { rows } = await door.call('register.get', { session });
    return rows.map((row) => [row.learner, row.code ?? '']);
  }
}

/** The worker of this page, as the app starts it. */
function workerWay(): Way {
  const worker = new Worker(ownScript('worker.js'));
  return { dial: (events) => dialPort((port) => worker.postMessage({ say: 'dial', port }, [port]), events) };
}

const made = { kiosk: () => new Doors({ dial: dialDaemon }), browser: () => new Doors(workerWay()) };
Object.assign(globalThis, { tuttiDoors: made });
