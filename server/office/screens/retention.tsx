// retention.tsx: the retention schedule: for how long each kind of record is kept and why, what is past that, its removal, and certificates.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, moment, plural } from '../../../shared/ui/format.ts';
import { ActForm, Select, SureButton, Text } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { me, refresh, useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';
import { retentionApi, type Retention, type RetentionLine, type RetentionPeople, type RetentionRun } from '../retention_api.ts';
import { saveJson } from '../save.ts';
import { Table, type Column } from '../table.tsx';

const lookAgainMs = 2000;

/** "18 months", "6 years". */
export function periodWords(months: number): string {
  return months % 12 === 0 ? plural(months / 12, 'year') : plural(months, 'month');
}

function sinceWords(line: RetentionLine): string {
  return line.since === 'left' ? 'after they left' : line.people ? 'after the day' : 'after its day';
}

/** Whom, or what, a line would take now. */
function dueWords(line: RetentionLine): string {
  const learners = plural(line.learners, 'learner');
  if (line.whole) return line.learners > 0 ? `${learners}, with all that is left` : 'Nobody';
  if (line.records === 0) return 'Nothing';
  return line.people ? `${plural(line.records, 'record')} of ${learners}` : plural(line.records, 'record');
}

function isDue(line: RetentionLine): boolean {
  return line.months > 0 && (line.whole ? line.learners > 0 : line.records > 0);
}

/* ---- sheets ---- */

type Person = RetentionPeople['people'][number];

const peopleColumns = (line: RetentionLine): readonly Column<Person>[] => [
  {
    name: 'Learner',
    by: (one) => one.name,
    cell: (one) => (
      <>
        <Link href={`/learners/${one.id}`}>{one.name}</Link>
        {one.held ? <small>kept: a hold, or an open case</small> : null}
      </>
    ),
  },
  { name: line.since === 'left' ? 'Latest record' : 'Oldest of them', by: (one) => one.last ?? '', number: true, cell: (one) => (one.last ? fullDate(one.last) : '') },
  ...(line.whole ? [] : [{ name: 'Records', by: (one: Person) => one.records, number: true, cell: (one: Person) => one.records.toLocaleString('en-GB') }]),
];

function PeopleSheet({ line, onClose }: { line: RetentionLine; onClose: () => void }): JSX.Element {
  const asked = useAsk(() => retentionApi.people(line.name), `retention-people-${line.name}`, []);
  const all = line.learners + line.held;
  return (
    <Sheet title={`${line.title}: whom it is about`} onClose={onClose}>
      <Trouble failure={asked.failure} />
      {asked.data ? <Table label="Whom the line is about" columns={peopleColumns(line)} items={asked.data.people} keyOf={(one) => one.id} first={1} empty="Nobody is past it." /> : null}
      {asked.data && asked.data.people.length < all ? <p class="mute">{`The oldest ${asked.data.people.length} of ${all.toLocaleString('en-GB')}.`}</p> : null}
    </Sheet>
  );
}

function PeriodSheet({ line, onClose }: { line: RetentionLine; onClose: () => void }): JSX.Element {
  const [text, setText] = useState(String(line.months || ''));
  const months = Number(text);
  const keeps = text.trim() === '' && line.usual === 0;
  const fits = keeps || (Number.isInteger(months) && months >= line.least && months <= line.most);
  const send = async (): Promise<void> => {
    await retentionApi.set(line.name, keeps ? 0 : months);
    refresh('retention');
    onClose();
  };
  return (
    <Sheet title={`${line.title}: for how long?`} onClose={onClose}>
      <ActForm submit="Save the period" send={send} ready={fits}>
        <p>{line.why}</p>
        <Text label="Months" type="number" value={text} onValue={setText} required={line.usual > 0} hint={`From ${line.least} to ${line.most}${line.usual > 0 ? `; usually ${line.usual}` : '; empty: kept'}.`} />
        {fits && !keeps ? <p role="status">{`${periodWords(months)} ${sinceWords(line)}.`}</p> : null}
        <p class="mute">Nothing is removed by this. Who changed it, from what to what, is in the audit.</p>
      </ActForm>
    </Sheet>
  );
}

const rewriteChoices = [
  { value: 'night', label: 'At 03:00, when nobody teaches' },
  { value: 'now', label: 'As soon as it is over' },
] as const;

function ApplySheet({ line, onClose, onOrdered }: { line: RetentionLine; onClose: () => void; onOrdered: () => void }): JSX.Element {
  const step = useAsk(() => admin.secondStep(), 'second-step', []);
  const [typed, setTyped] = useState('');
  const [code, setCode] = useState('');
  const [rewrite, setRewrite] = useState('night');
  const asksCode = step.data?.on ?? false;
  // A tablet's keyboard begins a word with a capital.
  const isTyped = typed.trim().toLocaleLowerCase('en-GB') === line.name;
  const send = async (): Promise<void> => {
    await retentionApi.apply(line.name, line.months, line.name, code.trim(), rewrite === 'night');
    refresh('retention');
    onOrdered();
  };
  if (line.unsaved.length > 0)
    return (
      <Sheet title={`Remove ${line.title.toLocaleLowerCase('en-GB')}`} onClose={onClose}>
        <p>
          Reports of <b>{new Intl.ListFormat('en-GB').format(line.unsaved)}</b> count these entries, and none of them is saved. Without the entries nobody could show again what the board was told.
        </p>
        <p>
          <Link href="/reports">Save a report of each of these years</Link>, then come back.
        </p>
      </Sheet>
    );
  return (
    <Sheet title={`Remove ${line.whole ? 'learners' : line.title.toLocaleLowerCase('en-GB')}`} onClose={onClose}>
      <ActForm submit={`Remove ${line.whole ? plural(line.learners, 'learner') : plural(line.records, 'record')} for good`} danger send={send} ready={isTyped && (!asksCode || code.trim() !== '') && step.data !== null}>
        <Trouble failure={step.failure} />
        <p>
          <b>{dueWords(line)}</b>, from before {line.before ? fullDate(line.before) : ''}: gone from the hub, its history and every device, and not brought back by a backup.
          {line.held > 0 ? ` ${plural(line.held, 'learner')} ${line.held === 1 ? 'is' : 'are'} kept, because of a safeguarding hold or an open case.` : ''}
        </p>
        <p>The hub does it piece by piece, while everybody works on, and it can be stopped until it is through. When it is over its certificate stands below.</p>
        <Select label="Rewrite the hub’s files" value={rewrite} onValue={setRewrite} choices={rewriteChoices} />
        <p class="mute">So that nothing of it is left in their unused parts: about a second for every 150,000 marks, during which devices wait.</p>
        <Text label={`Type ${line.name} to confirm`} value={typed} onValue={setTyped} />
        {asksCode ? <Text label="Code of your authenticator app" value={code} onValue={setCode} code autocomplete="one-time-code" hint="A new one: each is taken once." /> : null}
      </ActForm>
    </Sheet>
  );
}

/* ---- tables ---- */

type Opens = (what: 'people' | 'period' | 'apply', line: RetentionLine) => void;

const lineColumns = (opens: Opens, running: boolean): readonly Column<RetentionLine>[] => [
  {
    name: 'Records',
    cell: (line) => (
      <>
        {line.title}
        <small>{line.why}</small>
      </>
    ),
  },
  {
    name: 'Kept for',
    folds: true,
    cell: (line) => (
      <>
        {line.months > 0 ? periodWords(line.months) : 'As long as the hub wants'}{' '}
        {line.months > 0 ? <small>{sinceWords(line)}</small> : null}
        {line.set_at ? <small>{`set ${moment(line.set_at, Date.now())}${line.set_by ? ` by ${line.set_by}` : ''}`}</small> : null}
      </>
    ),
  },
  {
    name: 'Past it now',
    folds: true,
    cell: (line) => (
      <>
        <span>{dueWords(line)}</span>
        {line.oldest && isDue(line) ? <small>{`the oldest ${fullDate(line.oldest)}`}</small> : null}
        {line.held > 0 ? <small>{`${plural(line.held, 'learner')} held`}</small> : null}
      </>
    ),
  },
  {
    name: 'Do',
    class: 'line-do',
    cell: (line) => (
      <div class="line-acts">
        {line.people && line.learners + line.held > 0 ? (
          <button type="button" class="b3" aria-label={`${line.title}: ${dueWords(line)}, whom?`} onClick={() => opens('people', line)}>
            Whom?
          </button>
        ) : null}
        {me.value?.roles.includes('admin') ? (
          <button type="button" class="b3" aria-label={`Change the period of ${line.title}`} onClick={() => opens('period', line)}>
            Change
          </button>
        ) : null}
        {me.value?.roles.includes('admin') && isDue(line) ? (
          <button type="button" class="b3" aria-label={`Remove what is past the period of ${line.title}`} disabled={running} onClick={() => opens('apply', line)}>
            Remove…
          </button>
        ) : null}
      </div>
    ),
  },
];

function Certificate({ run }: { run: RetentionRun }): JSX.Element {
  const [failed, setFailed] = useState(false);
  const take = async (): Promise<void> => {
    try {
      saveJson(`retention-${run.number}.json`, await retentionApi.certificate(run.id));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <>
      <button type="button" class="b3" aria-label={`Certificate of run ${run.number}`} onClick={() => void take()}>
        <Icon name="download" />
        Certificate
      </button>
      {failed ? <small role="alert">It could not be fetched: try again.</small> : null}
    </>
  );
}

/** What is gone is gone; the rest is kept. */
function Stop({ run, onStopped }: { run: RetentionRun; onStopped: () => void }): JSX.Element {
  const stop = async (): Promise<void> => {
    await retentionApi.stop(run.id);
    refresh('retention');
    onStopped();
  };
  return <SureButton words="Stop" of={`run ${run.number}`} sure="Stop it here" act={stop} />;
}

/** What there is to do with a run. */
function RunAct({ run, onStopped }: { run: RetentionRun; onStopped: () => void }): JSX.Element {
  if (run.ended_at) return <Certificate run={run} />;
  return me.value?.roles.includes('admin') ? <Stop run={run} onStopped={onStopped} /> : <small>Its certificate stands here when it is over.</small>;
}

const runColumns = (onStopped: () => void): readonly Column<RetentionRun>[] => [
  {
    name: 'Run',
    by: (run) => -run.number,
    cell: (run) => (
      <>
        {`${run.number}: ${run.title}`}
        <small>{`${periodWords(run.months)}, from before ${run.before ? fullDate(run.before) : ''}`}</small>
      </>
    ),
    acts: (run) => (
      <div class="row-acts">
        <RunAct run={run} onStopped={onStopped} />
      </div>
    ),
  },
  {
    name: 'When, by whom',
    folds: true,
    by: (run) => run.at,
    cell: (run) => (
      <>
        <span>{moment(run.at, Date.now())}</span>
        <small>{run.by}</small>
      </>
    ),
  },
  {
    name: 'Removed',
    foldsLast: true,
    plain: 'first',
    by: (run) => run.records,
    cell: (run) => (
      <>
        {run.stopped_by ? <span class="pill">Stopped</span> : run.ended_at ? <span class="pill good">Done</span> : <span class="pill warn">Under way</span>}
        <small>
          {plural(run.records, 'record')}
          {run.learners > 0 ? ` of ${plural(run.learners, 'learner')}` : ''}
          {run.held > 0 ? `; ${run.held} held` : ''}
          {run.stopped_by ? `, then stopped by ${run.stopped_by}` : ''}
        </small>
      </>
    ),
  },
];

function Kept({ kinds }: { kinds: Retention['kept'] }): JSX.Element {
  return (
    <details class="card">
      <summary>What no line removes</summary>
      <dl class="kinds">
        {kinds.map((kind) => (
          <div key={kind.name}>
            <dt>{kind.title}</dt>
            <dd>{kind.why}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

export function RetentionSection(): JSX.Element {
  const asked = useAsk(() => retentionApi.schedule(), 'retention', ['retention'], lookAgainMs);
  const [open, setOpen] = useState<{ what: 'people' | 'period' | 'apply'; line: RetentionLine } | null>(null);
  const running = asked.data?.runs.some((run) => !run.ended_at) ?? false;
  // A run says nothing by itself when nothing changes that a page shows.
  useEffect(() => {
    if (!running) return undefined;
    const timer = window.setInterval(() => refresh('retention'), lookAgainMs);
    return () => window.clearInterval(timer);
  }, [running]);
  const close = (): void => setOpen(null);
  // The button that opened the sheet may be gone with what it was about, and what goes on now stands there.
  const removed = useRef<HTMLHeadingElement>(null);
  const [orders, setOrders] = useState(0);
  useEffect(() => {
    if (orders > 0) removed.current?.focus();
  }, [orders]);
  const land = (): void => setOrders(orders + 1);
  const ordered = (): void => {
    close();
    land();
  };
  return (
    <section class="stack" aria-labelledby="kept-head">
      <h2 id="kept-head">Retention schedule</h2>
      <p class="mute">For how long each kind of record is kept, and what is past that now. Nothing is removed until an administrator says so.</p>
      <Trouble failure={asked.failure} />
      {asked.data ? (
        <>
          <Table label="The retention schedule" columns={lineColumns((what, line) => setOpen({ what, line }), running)} items={asked.data.lines} keyOf={(line) => line.name} />
          <Kept kinds={asked.data.kept} />
          <h3 ref={removed} tabIndex={-1}>
            Removed so far
          </h3>
          {asked.data.rewrite_at ? <p class="mute">{`The rewriting of the hub’s files waits until ${moment(asked.data.rewrite_at, Date.now())}.`}</p> : null}
          <Table label="Runs of the schedule" columns={runColumns(land)} items={asked.data.runs} keyOf={(run) => run.id} first={0} empty="Nothing has been removed by the schedule." />
        </>
      ) : null}
      {open?.what === 'people' ? <PeopleSheet line={open.line} onClose={close} /> : null}
      {open?.what === 'period' ? <PeriodSheet line={open.line} onClose={close} /> : null}
      {open?.what === 'apply' ? <ApplySheet line={open.line} onClose={close} onOrdered={ordered} /> : null}
    </section>
  );
}
