// learners.tsx: who is enrolled in an activity: enrolled, changed, moved to another activity, ended with a reason.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, isoToday, joined, plural } from '../../../shared/ui/format.ts';
import { ActForm, Text, TextArea } from '../acting.tsx';
import { CardHead, Link, Standing } from '../parts.tsx';
import { Pick } from '../plan/pick.tsx';
import { Table, type Column } from '../table.tsx';
import { mayChange, told } from './about.tsx';
import { activityApi, isOver, type Activity, type Enrolled } from './activity_api.ts';

const drawnMost = 100;

interface PlaysProps {
  input: { starts: string; instrument: string; section: string };
  set: (part: { starts?: string; instrument?: string; section?: string }) => void;
}

export function Plays({ input, set }: PlaysProps): JSX.Element {
  return (
    <>
      <Text label="From" type="date" value={input.starts} onValue={(starts) => set({ starts })} />
      <div class="pair">
        <Text label="Instrument" value={input.instrument} maxLength={60} required={false} onValue={(instrument) => set({ instrument })} />
        <Text label="Part or section" value={input.section} maxLength={60} required={false} onValue={(section) => set({ section })} hint="Violin I: registers stand by it." />
      </div>
    </>
  );
}

function EnrolForm({ activity, onDone }: { activity: Activity; onDone: () => void }): JSX.Element {
  const [learner, setLearner] = useState('');
  const [input, setInput] = useState({ starts: isoToday(), instrument: '', section: '' });
  const send = async (): Promise<void> => {
    await activityApi.enrol(activity.id, { learner, ...input });
    told();
    onDone();
  };
  return (
    <ActForm submit="Enrol" send={send} ready={learner !== '' && input.starts !== ''}>
      <Pick label="Learner" help="" of="learner" value={learner} name="" needed onValue={setLearner} />
      <Plays input={input} set={(part) => setInput({ ...input, ...part })} />
    </ActForm>
  );
}

function ChangeForm({ was, onDone }: { was: Enrolled; onDone: () => void }): JSX.Element {
  const [shown] = useState(was);
  const [input, setInput] = useState({ starts: was.starts, instrument: was.instrument ?? '', section: was.section ?? '' });
  const send = async (): Promise<void> => {
    await activityApi.changeEnrolment(shown, input);
    told();
    onDone();
  };
  return (
    <ActForm submit="Save" send={send} ready={input.starts !== ''}>
      <Plays input={input} set={(part) => setInput({ ...input, ...part })} />
    </ActForm>
  );
}

const reasonHint = 'It stands in the audit, and goes when the learner is erased.';

function EndForm({ was, onDone }: { was: Enrolled; onDone: () => void }): JSX.Element {
  const [shown] = useState(was);
  const [ends, setEnds] = useState(isoToday() > was.starts ? isoToday() : was.starts);
  const [reason, setReason] = useState('');
  const send = async (): Promise<void> => {
    await activityApi.endEnrolment(shown, ends, reason.trim());
    told();
    onDone();
  };
  return (
    <ActForm submit="End" danger send={send} ready={ends !== '' && reason.trim() !== ''}>
      <Text label="First day without" type="date" value={ends} onValue={setEnds} />
      <TextArea label="Why?" value={reason} maxLength={300} required onValue={setReason} hint={reasonHint} />
      <p class="mute">Registers before that day stay as they are. Devices show {was.name} until then.</p>
    </ActForm>
  );
}

function MoveForm({ was, onDone }: { was: Enrolled; onDone: () => void }): JSX.Element {
  const [shown] = useState(was);
  const [to, setTo] = useState('');
  const [date, setDate] = useState(isoToday() > was.starts ? isoToday() : was.starts);
  const [reason, setReason] = useState('');
  const send = async (): Promise<void> => {
    await activityApi.move(shown, to, date, reason.trim());
    told();
    onDone();
  };
  return (
    <ActForm submit="Move" send={send} ready={to !== '' && date !== '' && reason.trim() !== ''}>
      <Pick label="To" help="Instrument and part go along." of="activity" value={to} name="" needed onValue={setTo} />
      <Text label="First day there" type="date" value={date} onValue={setDate} />
      <TextArea label="Why?" value={reason} maxLength={300} required onValue={setReason} hint={reasonHint} />
    </ActForm>
  );
}

type Act = 'change' | 'move' | 'end';
type Open = 'new' | { act: Act; one: Enrolled } | null;
const acts: readonly (readonly [Act, string])[] = [
  ['change', 'Change'],
  ['move', 'Move'],
  ['end', 'End'],
];
const titles: Readonly<Record<Act, (name: string) => string>> = {
  change: (name) => `Change the place of ${name}`,
  move: (name) => `Move ${name} to another activity`,
  end: (name) => `End the place of ${name}?`,
};

const plays = (one: Enrolled): string => joined([one.instrument, one.section]);
const isPast = (one: Enrolled): boolean => Boolean(one.ends && one.ends <= isoToday());

function columnsOf(onOpen: ((open: Open) => void) | null): readonly Column<Enrolled>[] {
  const columns: Column<Enrolled>[] = [
    {
      name: 'Name',
      by: (one) => one.name,
      cell: (one) => (
        <>
          <Link href={`/learners/${one.learner}`}>{one.name}</Link> <Standing status={one.status} />
          {one.disputed ? <span class="pill warn">Two dates: see Reconcile</span> : null}
          <small>{joined([one.year_group ? `Year ${one.year_group}` : '', one.school])}</small>
        </>
      ),
    },
    { name: 'Plays', by: plays, folds: true, cell: plays },
    { name: 'From', by: (one) => one.starts, folds: true, cell: (one) => fullDate(one.starts) },
    { name: 'Until', by: (one) => one.ends ?? '9999', folds: (one) => Boolean(one.ends), cell: (one) => (one.ends ? fullDate(one.ends) : '') },
  ];
  if (!onOpen) return columns;
  const cell = (one: Enrolled): JSX.Element => (
    <span class="acts">
      {acts.map(([act, word]) => (
        <button type="button" class="b3" key={act} onClick={() => onOpen({ act, one })}>
          {word}
          <span class="vh"> {one.name}</span>
        </button>
      ))}
    </span>
  );
  return [...columns, { name: 'Change', cell }];
}

export function Learners({ activity, list }: { activity: Activity; list: readonly Enrolled[] }): JSX.Element {
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const may = mayChange();
  const past = list.filter(isPast);
  const here = list.filter((one) => !isPast(one));
  return (
    <section class="card" aria-labelledby="learners-head">
      <CardHead id="learners-head" title="Learners" add={may && !isOver(activity)} what="Enrol somebody" onAdd={() => setOpen('new')} />
      <Table
        label="Enrolled"
        columns={columnsOf(may ? setOpen : null)}
        items={here}
        keyOf={(one) => one.id}
        first={0}
        most={drawnMost}
        empty={activity.mode === 'whole_class' ? 'Nobody by name: a whole class is counted in the room.' : 'Nobody is enrolled.'}
      />
      {past.length > 0 ? (
        <details>
          <summary>{plural(past.length, 'place that ended', 'places that ended')}</summary>
          <Table label="Ended" columns={columnsOf(null)} items={past} keyOf={(one) => one.id} most={drawnMost} />
        </details>
      ) : null}
      {open === 'new' ? (
        <Sheet title={`Enrol somebody in ${activity.name}`} onClose={close}>
          <EnrolForm activity={activity} onDone={close} />
        </Sheet>
      ) : null}
      {open && open !== 'new' ? (
        <Sheet title={titles[open.act](open.one.name)} onClose={close}>
          {open.act === 'change' ? <ChangeForm was={open.one} onDone={close} /> : open.act === 'move' ? <MoveForm was={open.one} onDone={close} /> : <EndForm was={open.one} onDone={close} />}
        </Sheet>
      ) : null}
    </section>
  );
}
