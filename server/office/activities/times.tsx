// times.tsx: at which times of the week an activity meets from now on: weekly meetings planned, given another time, place or person, or taken off.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { clock, fullDate, isoToday, joined, minuteOf, plural } from '../../../shared/ui/format.ts';
import { ActForm, Select, Text } from '../acting.tsx';
import { useAsk } from '../live.ts';
import { CardHead } from '../parts.tsx';
import { Pick } from '../plan/pick.tsx';
import { reportApi } from '../reports/report_api.ts';
import { mayChange, told } from './about.tsx';
import { activityApi, isOver, timeText, weekdayName, weekdays, type Activity, type ActivityTime, type TimeInput } from './activity_api.ts';

/** The day of the week that a date falls on, in words. */
const weekdayOf = (date: string): string => (date ? weekdayName(((new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7) + 1) : '');

interface WhatProps {
  activity: Activity;
  input: TimeInput;
  staffName: string;
  set: (part: Partial<TimeInput>) => void;
}

function What({ activity, input, staffName, set }: WhatProps): JSX.Element {
  return (
    <>
      <div class="pair">
        <Text label="Begins" type="time" value={input.starts} onValue={(starts) => set({ starts })} />
        <Text label="Ends" type="time" value={input.ends} onValue={(ends) => set({ ends })} />
      </div>
      <Text label="Place" value={input.place} maxLength={120} required={false} onValue={(place) => set({ place })} hint={activity.place ? `Empty: ${activity.place}, as always.` : 'Where it is not where it always is.'} />
      <Pick label="Whose meeting" help="Where more than one teaches it." of="staff" value={input.staff} name={staffName} needed={false} onValue={(staff) => set({ staff })} />
    </>
  );
}

const right = (input: TimeInput): boolean => {
  const [starts, ends] = [minuteOf(input.starts), minuteOf(input.ends)];
  return starts !== null && ends !== null && ends > starts;
};

function PlanForm({ activity, onDone }: { activity: Activity; onDone: () => void }): JSX.Element {
  const terms = useAsk(() => reportApi.reports(), 'reports', []).data?.terms ?? [];
  const [first, setFirst] = useState(isoToday());
  const [last, setLast] = useState<string | null>(null);
  const [input, setInput] = useState<TimeInput>({ starts: '', ends: '', staff: '', place: '' });
  const until = last ?? terms.find(({ from, to }) => from <= first && to >= first)?.to ?? '';
  const send = async (): Promise<void> => {
    await activityApi.plan(activity.id, first, until, input);
    told();
    onDone();
  };
  return (
    <ActForm submit={first ? `Plan every ${weekdayOf(first)}` : 'Plan'} send={send} ready={first !== '' && until >= first && right(input)}>
      <div class="pair">
        <Text label="First meeting" type="date" value={first} onValue={setFirst} />
        <Text label="Last day" type="date" value={until} onValue={setLast} hint="The end of the term, or another day." />
      </div>
      <What activity={activity} input={input} staffName="" set={(part) => setInput({ ...input, ...part })} />
      <p class="mute">One meeting a week. Closed days, and days on which it meets at that time already, are left out.</p>
    </ActForm>
  );
}

function ChangeForm({ activity, was, onDone }: { activity: Activity; was: ActivityTime; onDone: () => void }): JSX.Element {
  const [shown] = useState(was);
  const [first, setFirst] = useState(isoToday() > was.first ? isoToday() : was.first);
  const [weekday, setWeekday] = useState(String(was.weekday));
  const [input, setInput] = useState<TimeInput>({ starts: timeText(was.starts), ends: timeText(was.ends), staff: was.staff ?? '', place: was.place ?? '' });
  const [closed, setClosed] = useState(false);
  const send = async (): Promise<void> => {
    await activityApi.retime(activity.id, shown, first, weekday, input, closed);
    told();
    onDone();
  };
  return (
    <ActForm submit="Change meetings to come" send={send} ready={first !== '' && right(input)}>
      <div class="pair">
        <Text label="From" type="date" value={first} onValue={setFirst} />
        <Select label="Day" value={weekday} onValue={setWeekday} choices={weekdays.map((label, at) => ({ value: String(at + 1), label }))} />
      </div>
      <What activity={activity} input={input} staffName={was.staff_name ?? ''} set={(part) => setInput({ ...input, ...part })} />
      <label class="check">
        <input type="checkbox" checked={closed} onChange={() => setClosed(!closed)} />
        <span>
          To closed days too<small>a meeting on one is not due, and nothing is owed for it</small>
        </span>
      </label>
      <p class="mute">Of each week the meeting goes to that day and time. One that somebody has begun to mark stays as it is.</p>
    </ActForm>
  );
}

function OffForm({ activity, was, onDone }: { activity: Activity; was: ActivityTime; onDone: () => void }): JSX.Element {
  const [shown] = useState(was);
  const [first, setFirst] = useState(isoToday() > was.first ? isoToday() : was.first);
  const send = async (): Promise<void> => {
    await activityApi.takeOff(activity.id, shown, first);
    told();
    onDone();
  };
  return (
    <ActForm submit="Take off" danger send={send} ready={first !== ''}>
      <Text label="From" type="date" value={first} onValue={setFirst} />
      <p>They are in no list any more, and nothing of them is due or owed. A lesson that is called off is cancelled instead, with its cause: then the school is owed another.</p>
    </ActForm>
  );
}

const when = (one: ActivityTime): string => `${weekdayName(one.weekday)}s, ${clock(one.starts)} to ${clock(one.ends)}`;
/** Of two lines of one time, which is meant. */
const lineWords = (one: ActivityTime): string => joined([when(one), one.place, one.staff_name]);
const spanOf = (one: ActivityTime): string => (one.meetings === 1 ? `once, on ${fullDate(one.first)}` : `${plural(one.meetings, 'meeting')}, ${fullDate(one.first)} to ${fullDate(one.last)}`);

type Open = { act: 'plan' } | { act: 'change' | 'off'; one: ActivityTime } | null;

export function Times({ activity }: { activity: Activity }): JSX.Element {
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const may = mayChange();
  return (
    <section class="card" aria-labelledby="times-head">
      <CardHead id="times-head" title="When it meets" add={may && !isOver(activity)} what="Plan meetings" onAdd={() => setOpen({ act: 'plan' })} />
      {activity.times.length === 0 ? <p class="mute">Nothing is planned from today on.</p> : null}
      <ul class="lines">
        {activity.times.map((one) => (
          <li key={`${one.weekday} ${one.starts} ${one.ends} ${one.staff ?? ''} ${one.place ?? ''}`} class="middle">
            <span>
              <b>{when(one)}</b> <span class="mute">{joined([one.place, one.staff_name, spanOf(one)])}</span>
            </span>
            {may ? (
              <span class="acts">
                <button type="button" class="b3" onClick={() => setOpen({ act: 'change', one })}>
                  Change<span class="vh"> {lineWords(one)}</span>
                </button>
                <button type="button" class="b3" onClick={() => setOpen({ act: 'off', one })}>
                  Take off<span class="vh"> {lineWords(one)}</span>
                </button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {open ? (
        <Sheet title={open.act === 'plan' ? 'Plan weekly meetings' : open.act === 'change' ? `Change ${lineWords(open.one)}` : `Take off ${lineWords(open.one)}?`} onClose={close}>
          {open.act === 'plan' ? <PlanForm activity={activity} onDone={close} /> : open.act === 'change' ? <ChangeForm activity={activity} was={open.one} onDone={close} /> : <OffForm activity={activity} was={open.one} onDone={close} />}
        </Sheet>
      ) : null}
    </section>
  );
}
