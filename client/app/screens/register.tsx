// register.tsx: the Register: everyone starts unmarked, a tap marks, nothing counts until Finish.
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, longDate, shortDate } from '../../../shared/ui/format.ts';
import type { CancelCause, LearnerItem, MarkCode, MarkDone, Register, RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { codeOf, namesakes, sectionsOf, sumWords, tapped, unexplained, withDone, withShown } from '../marks.ts';
import { useOnce } from '../once.ts';
import { AmendSheet } from '../parts/amend_sheet.tsx';
import { CancelSheet } from '../parts/cancel_sheet.tsx';
import { Cancelled } from '../parts/cancelled.tsx';
import { Questions } from '../parts/questions.tsx';
import { FromTheDoor } from '../parts/from_the_door.tsx';
import { Unexplained } from '../parts/unexplained.tsx';
import { FindSheet, type NewName } from '../parts/find_sheet.tsx';
import { countToFinish, Headcount, isCounted } from '../parts/headcount.tsx';
import { FinishSheet } from '../parts/finish_sheet.tsx';
import { MoveSheet, type Move } from '../parts/move_sheet.tsx';
import { NeedsLine, NeedsSheet } from '../parts/needs.tsx';
import { paced } from '../pace.ts';
import type { DrawnRows } from '../parts/register_row.tsx';
import { RemoveSession } from '../parts/remove_session.tsx';
import { RegisterSection } from '../parts/register_section.tsx';
import { RowSheet, type MarkChange } from '../parts/row_sheet.tsx';
import { SectionJump } from '../parts/section_jump.tsx';
import { Counted, Tally } from '../parts/tally.tsx';
import { Top } from '../parts/top.tsx';
import { NoScreen } from '../parts/trouble.tsx';
import { back, go } from '../route.ts';
import { call, complain, failureOf, isToday, said, say, useAsk, type Asked } from '../state.ts';

type Open = { kind: 'row'; learner: string } | { kind: 'find' } | { kind: 'finish'; unmarked: number } | { kind: 'amend' } | { kind: 'cancel' } | { kind: 'move' } | { kind: 'needs' } | null;

/** What one's own taps changed is on screen already; what others wrote is read when the thumb rests. */
const settleMs = 400;

/** An answer comes within a frame; only one that does not is waited for in sight, for to draw it would take longer than the answer. */
const pendingAfterMs = 150;

/** A thumb that taps faster than this has the figures drawn with every third tap or so, and when it rests: they are most of what there is to draw, and the
 * row shows its mark at once. It rests when the pause is over and not before: figures that came sooner would meet the next tap of a steady thumb. */
const figuresPace = { afterMs: 0, restMs: 300, pauseMs: 300 };

interface Acts {
  pending: ReadonlySet<string>;
  tap(row: RegisterRow): void;
  /** Answers why it was refused; null: it is saved. */
  mark(learner: string, name: string, change: MarkChange): Promise<string | null>;
  rest(door?: boolean): void;
  undo(): void;
  finish(rest?: MarkCode): void;
  amend(reason: string): void;
  cancel(cause?: CancelCause): void;
  walkIn(name: NewName): Promise<string | null>;
  move(moves: Move[]): void;
}

/** What the core answered, laid over what is shown. */
interface Answers {
  /** With what only rows show yet. */
  latest: { readonly current: Register | null };
  /** Everything of the screen, at once. */
  lay(done: MarkDone): void;
  /** The row first, and by itself: its figures, the dock and the head follow, in the same frame when the thumb leaves time. */
  layRow(done: MarkDone): void;
  busy(): void;
}

type Queues = Map<string, Promise<void>>;

function useAnswers(asked: Asked<Register>, queues: Queues, list: { current: HTMLElement | null }, drawn: DrawnRows): Answers {
  const answers = useRef<MarkDone[]>([]);
  const latest = useRef<Register | null>(null);
  latest.current = asked.data && answers.current.reduce(withDone, asked.data);
  // Not through a drawing: the core answers before one is done.
  const busy = (): void => list.current?.setAttribute('aria-busy', String(queues.size + answers.current.length > 0));
  // Made once: what it lays, and over what, depends on no drawing.
  const [figures] = useState(() =>
    paced(() => {
      const all = answers.current.splice(0);
      asked.put((register) => all.reduce(withDone, register));
      busy();
    }, figuresPace),
  );
  const add = (done: MarkDone): void => {
    said.value = null;
    if (latest.current) latest.current = withDone(latest.current, done);
    answers.current.push(done);
  };
  return {
    latest,
    busy,
    lay: (done) => {
      add(done);
      figures.now();
    },
    layRow: (done) => {
      add(done);
      for (const row of done.rows) drawn.get(row.learner)?.show(row);
      figures.ask();
    },
  };
}

interface Marking {
  pending: ReadonlySet<string>;
  /** `decide` is asked when the taps before it are answered. Answers why it was refused; null: it is saved. */
  mark(learner: string, name: string, decide: () => MarkChange): Promise<string | null>;
}

/** Taps on one row wait for each other. */
function useMarking(session: string, queues: Queues, { layRow, busy }: Answers): Marking {
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const mark = (learner: string, name: string, decide: () => MarkChange): Promise<string | null> => {
    const slow = window.setTimeout(() => setPending((now) => new Set(now).add(learner)), pendingAfterMs);
    const before = queues.get(learner);
    let refused: string | null = null;
    const run = async (): Promise<void> => {
      try {
        layRow(await call('mark.set', { session, learner, ...decide() }));
      } catch (error) {
        const { code, text } = failureOf(error);
        refused = code === 'RESTARTING' ? 'It may not be saved: Tutti was restarting. Look, and try again.' : `Not saved. ${text}`;
        said.value = { text: code === 'RESTARTING' ? `${name} may not be marked: Tutti was restarting. Look, and tap again.` : `${name} is not marked. ${text}`, bad: true };
      }
      window.clearTimeout(slow);
      if (queues.get(learner) !== next) return;
      queues.delete(learner);
      busy();
      setPending((now) => (now.has(learner) ? new Set([...now].filter((one) => one !== learner)) : now));
    };
    const next = before ? before.then(run) : run();
    queues.set(learner, next);
    busy();
    return next.then(() => refused);
  };
  return { pending, mark };
}

type Opens = (next: Open) => void;

function cancelOne(session: string, cause: CancelCause | undefined, open: Opens): Promise<void> {
  return call('session.cancel', { session, cause }).then(() => {
    open(null);
    say(cause ? 'Cancelled. Saved here.' : 'It takes place after all. Saved here.');
  }, complain);
}

async function moveAll(moves: Move[], open: Opens): Promise<void> {
  try {
    for (const one of moves) await call('session.move', one);
    open(null);
    say(moves.length > 1 ? 'The two change times. Saved here.' : 'Changed. Saved here.');
  } catch (error) {
    complain(error);
  }
}

/** `rest`: what those who are unmarked become. */
async function finishOne(session: string, rest: MarkCode | undefined, { latest }: Answers, open: Opens): Promise<void> {
  const count = latest.current ? countToFinish(latest.current) : {};
  if (!count) return;
  try {
    if (count.people !== undefined) await call('session.headcount', { session, people: count.people });
    await call('register.finish', { session, rest });
  } catch (error) {
    const { unmarked } = failureOf(error);
    if (unmarked) open({ kind: 'finish', unmarked });
    else complain(error);
    return;
  }
  const name = latest.current?.session.name ?? 'The register';
  const away = unexplained(latest.current?.rows ?? []) + (rest === 'AU' ? (latest.current?.totals.unmarked ?? 0) : 0);
  open(null);
  say(`${name} is finished. Saved here.`);
  // Register and absences are of the same day, or the office follows up.
  go(away > 0 && isToday(latest.current?.session.date) ? { screen: 'absences', session } : { screen: 'today' });
}

/** The acts of the screen: each asks the core and lays its answer over what is shown. */
function useActs(asked: Asked<Register>, session: string, open: Opens, list: { current: HTMLElement | null }, drawn: DrawnRows): Acts {
  const queues = useRef<Queues>(new Map()).current;
  const once = useOnce();
  const answers = useAnswers(asked, queues, list, drawn);
  const { pending, mark } = useMarking(session, queues, answers);
  const act = async (run: () => Promise<MarkDone>): Promise<boolean> => {
    try {
      answers.lay(await run());
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  };
  return {
    pending,
    tap: (row) =>
      void mark(row.learner, row.name, () => {
        const now = answers.latest.current?.rows.find((one) => one.learner === row.learner) ?? row;
        return { code: tapped(codeOf(now)) };
      }),
    mark: (learner, name, change) => mark(learner, name, () => change),
    rest: (door) => once(() => act(() => call('mark.rest', { session, code: 'P', door }))),
    undo: () => void act(() => call('undo', { session })),
    cancel: (cause) => once(() => cancelOne(session, cause, open)),
    walkIn: async (name) => {
      if (!(await act(() => call('walk.in', { session, ...name })))) return said.value?.text ?? '';
      say(`${name.first_name} is a visitor, here. Saved here.`);
      return null;
    },
    move: (moves) => once(() => moveAll(moves, open)),
    amend: (reason) => once(() => act(() => call('register.reopen', { session, reason })).then((done) => done && open(null))),
    finish: (rest) => once(() => finishOne(session, rest, answers, open)),
  };
}

interface DockProps {
  register: Register;
  closed: boolean;
  acts: Acts;
  open: Opens;
}

function Dock({ register, closed, acts, open }: DockProps): JSX.Element {
  const { totals, undo } = register;
  if (closed) {
    return (
      <footer class="dock">
        <p class="dock-word">
          <Icon name="circle-check" />
          <span>
            <b>Closed.</b> {sumWords(register.session)}.
          </span>
        </p>
        <div class="acts">
          <button type="button" class="b2 amend" onClick={() => open({ kind: 'amend' })}>
            <Icon name="pencil" />
            <span>Amend</span>
          </button>
          <button type="button" class="b1" onClick={() => go({ screen: 'today' })}>
            Back to today
          </button>
        </div>
      </footer>
    );
  }
  const byName = register.rows.length > 0;
  const finish = (): void => {
    if (!countToFinish(register)) return;
    if (totals.unmarked > 0) open({ kind: 'finish', unmarked: totals.unmarked });
    else acts.finish();
  };
  return (
    <footer class="dock">
      <div class={undo ? 'undo' : 'undo none'}>
        <span role="status">{undo ? undo.text : byName ? 'A tap marks. Nothing counts until you finish.' : 'Nothing counts until you finish.'}</span>
        {undo ? (
          <button type="button" onClick={acts.undo}>
            <Icon name="undo-2" />
            Undo
            <span class="vh">: {undo.steps === 1 ? '1 step' : `${undo.steps} steps`} left</span>
          </button>
        ) : null}
      </div>
      <div class="acts">
        {/* It keeps its place when it is done: of two quick taps the second must not fall on Finish, which would take it, and the keyboard stays where it was. */}
        {byName ? (
          <button type="button" class="b2 rest" aria-disabled={totals.unmarked === 0} onClick={() => totals.unmarked > 0 && acts.rest()}>
            <span>{totals.unmarked > 0 ? 'Mark the rest here' : 'Everyone is marked'}</span>
            {totals.unmarked > 0 ? <small>{totals.unmarked} unmarked</small> : null}
          </button>
        ) : null}
        <button type="button" class="b1" onClick={finish}>
          <span>
            Finish register
            {byName || typeof register.session.headcount === 'number' ? <small>{sumWords({ ...register.session, totals: { ...totals, unmarked: 0 } })}</small> : null}
          </span>
        </button>
      </div>
    </footer>
  );
}

function Hint({ register, closed }: { register: Register; closed: boolean }): JSX.Element {
  const byName = register.rows.length > 0;
  if (closed) return <p class="hint">This register is closed. To change {byName ? 'a mark' : 'the number'}, amend it with a reason.</p>;
  if (register.session.state === 'reopened') {
    return (
      <p class="hint">
        Opened again{register.reason ? `: ${register.reason}` : ''}. Finish it again when the marks are right.
      </p>
    );
  }
  if (!byName && typeof register.session.headcount === 'number') return <p class="hint">The class is counted. Finish when the number is right.</p>;
  if (!byName) return <p class="hint">Nobody is enrolled by name on this day. Count the class; the magnifying glass above adds a visitor.</p>;
  if (register.totals.unmarked === 0) return <p class="hint">Everyone is marked. Finish when it is right.</p>;
  return <p class="hint">Everyone starts unmarked. Tap a name for here, again for away.</p>;
}

/** A link from before, or a register left open: nobody should mark today's players in it. */
function OtherDay({ date }: { date: string }): JSX.Element {
  return (
    <div class="notice in-list">
      <Icon name="calendar-days" />
      <p>
        This is the register of <b>{longDate(date)}</b>, not today’s.
      </p>
    </div>
  );
}

/** Nobody waits for this register; whoever meets all the same takes it as ever. */
function Shut({ session, today }: { session: Register['session']; today: boolean }): JSX.Element {
  return (
    <div class="notice in-list">
      <Icon name="calendar-days" />
      <p>
        <b>{`Closed ${today ? 'today' : 'that day'}: ${session.closure ?? ''}${session.school ? ` (${session.school})` : ''}.`}</b> Nobody waits for this register. If you meet all the same, take it as ever.
      </p>
    </div>
  );
}

interface SheetsProps {
  shown: Open;
  register: Register;
  closed: boolean;
  acts: Acts;
  open: Opens;
}

function Sheets({ shown, register, closed, acts, open }: SheetsProps): JSX.Element | null {
  const close = (): void => open(null);
  if (shown?.kind === 'find') {
    const visitor = (learner: LearnerItem): void => {
      void acts.mark(learner.id, learner.name, { code: 'P' });
      close();
    };
    return <FindSheet rows={register.rows} closed={closed} onRow={(row) => open({ kind: 'row', learner: row.learner })} onVisitor={visitor} onNew={acts.walkIn} onClose={close} />;
  }
  if (shown?.kind === 'finish') return <FinishSheet unmarked={shown.unmarked} busy={false} onFinish={acts.finish} onClose={close} />;
  if (shown?.kind === 'cancel') return <CancelSheet onCancel={acts.cancel} onClose={close} />;
  if (shown?.kind === 'move') return <MoveSheet item={register.session} onMove={acts.move} onClose={close} />;
  if (shown?.kind === 'needs') return <NeedsSheet session={register.session.id} order={register.rows.map((one) => one.learner)} onClose={close} />;
  if (shown?.kind === 'amend') return <AmendSheet busy={false} onAmend={acts.amend} onClose={close} />;
  const row = shown?.kind === 'row' ? register.rows.find((one) => one.learner === shown.learner) : undefined;
  if (!row) return null;
  const change = (of: RegisterRow, to: MarkChange): Promise<string | null> => acts.mark(of.learner, of.name, to);
  const learner = (of: RegisterRow, note: boolean): void =>
    go({ screen: 'learner', learner: of.learner, activity: register.session.activity, session: register.session.id, note });
  return <RowSheet key={row.learner} row={row} session={register.session} closed={closed} onMark={change} onLearner={learner} onClose={close} />;
}

const leave = (): void => back({ screen: 'today' });

/** Never drawn anew: the same object is passed over. */
const walkIns = (
  <div class="ponly walk" aria-hidden="true">
    <h2>Walk-ins</h2>
    <div />
    <div />
    <div />
    <div />
    <div />
    <div />
  </div>
);

function HeadButtons({ session, onFind }: { session: string; onFind: () => void }): JSX.Element {
  return (
    <>
      <button type="button" class="sq wide-only" aria-label="Print" onClick={() => window.print()}>
        <Icon name="printer" />
      </button>
      <button type="button" class="sq" aria-label="Evacuation list" onClick={() => go({ screen: 'evacuation', session })}>
        <Icon name="siren" />
      </button>
      <button type="button" class="sq" aria-label="Find a name or add a visitor" aria-haspopup="dialog" onClick={onFind}>
        <Icon name="search" />
      </button>
    </>
  );
}

function Opening({ asked }: { asked: Asked<Register> }): JSX.Element {
  return (
    <>
      <Top title="Register" onBack={leave} backLabel="Back to today" />
      <main class="page">
        {asked.failure ? <NoScreen failure={asked.failure} /> : <p class="mute loading">Opening the register…</p>}
      </main>
    </>
  );
}

/** What may be done with one that nobody is marked in. */
function NotHeld({ session, open }: { session: Register['session']; open: Opens }): JSX.Element {
  return (
    <div class="not-held">
      <button type="button" class="b3" onClick={() => open({ kind: 'move' })}>
        Change the time
      </button>
      <button type="button" class="b3" onClick={() => open({ kind: 'cancel' })}>
        It does not take place
      </button>
      {session.adhoc ? <RemoveSession session={session.id} /> : null}
    </div>
  );
}

function subOf({ date, starts, ends, place }: Register['session']): string {
  return `${isToday(date) ? 'Today' : shortDate(date)}, ${clock(starts)} to ${clock(ends)}${place ? `, ${place}` : ''}`;
}

export function RegisterScreen({ session }: { session: string }): JSX.Element {
  const asked = useAsk('register.get', { session }, session, [`register:${session}`], settleMs, withShown);
  const [shown, open] = useState<Open>(null);
  const list = useRef<HTMLElement>(null);
  const [drawn] = useState<DrawnRows>(() => new Map());
  const acts = useActs(asked, session, open, list, drawn);
  const right = useMemo(() => <HeadButtons session={session} onFind={() => open({ kind: 'find' })} />, [session]);
  const register = asked.data;
  if (!register) return <Opening asked={asked} />;
  const { name, date, state, status } = register.session;
  const closed = state === 'closed';
  const cancelled = status === 'cancelled' && !closed;
  const sections = cancelled ? [] : sectionsOf(register.rows);
  const twice = namesakes(register.rows);
  const onTap = (row: RegisterRow): void => (closed ? open({ kind: 'amend' }) : acts.tap(row));
  const onMore = (row: RegisterRow): void => open({ kind: 'row', learner: row.learner });
  const today = isToday(date);
  return (
    <div class="register">
      <Top title={name} sub={subOf(register.session)} onBack={leave} backLabel="Back to today" right={right}>
        {cancelled ? null : register.rows.length > 0 ? <Tally totals={register.totals} /> : <Counted people={register.session.headcount ?? null} />}
      </Top>
      {sections.length > 1 ? <SectionJump sections={sections} /> : null}
      <main ref={list}>
        {today ? null : <OtherDay date={date} />}
        {register.session.closure && !closed && !cancelled ? <Shut session={register.session} today={today} /> : null}
        <Questions session={session} />
        {cancelled ? <Cancelled session={register.session} onAfterAll={() => acts.cancel()} /> : <Hint register={register} closed={closed} />}
        {today && !cancelled ? <NeedsLine session={session} standing={register.rows.length} onOpen={() => open({ kind: 'needs' })} /> : null}
        {closed && today ? <Unexplained count={unexplained(register.rows)} onRing={() => go({ screen: 'absences', session })} /> : null}
        {closed || cancelled ? null : <FromTheDoor rows={register.rows} onConfirm={() => acts.rest(true)} />}
        <p class="ponly">
          {longDate(date)}. Tick here, write L and the time for late, leave blank for away. Taken by ______________________ Time ________
        </p>
        {!cancelled && isCounted(register.session, register.rows.length) ? <Headcount session={register.session} closed={closed} /> : null}
        {sections.map((section, index) => (
          <RegisterSection key={index} index={index} section={section} twice={twice} closed={closed} pending={acts.pending} drawn={drawn} onTap={onTap} onMore={onMore} />
        ))}
        {closed || cancelled || register.totals.unmarked < register.totals.of ? null : <NotHeld session={register.session} open={open} />}
        {walkIns}
      </main>
      {cancelled ? null : <Dock register={register} closed={closed} acts={acts} open={open} />}
      <Sheets shown={shown} register={register} closed={closed} acts={acts} open={open} />
    </div>
  );
}
