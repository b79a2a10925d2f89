// today.tsx: the Today board: which registers are closed, open, due or missing, live while the tablets report.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, joined, longDate, moment, totalsWords } from '../../../shared/ui/format.ts';
import { Find } from '../acting.tsx';
import { api, type Board, type BoardCounts, type BoardRegister, type BoardState } from '../api.ts';
import { Fleet } from '../fleet.tsx';
import { useBeside, useSaid } from '../kept.ts';
import { follow, me, refresh } from '../live.ts';
import { usePages, useRested } from '../paged.ts';
import { Empty, Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

const states: readonly { state: BoardState; name: string; tone: string }[] = [
  { state: 'missing', name: 'Missing', tone: 'bad' },
  { state: 'due', name: 'Due now', tone: 'warn' },
  { state: 'open', name: 'Open', tone: 'info' },
  { state: 'closed', name: 'Closed', tone: 'good' },
  { state: 'upcoming', name: 'To come', tone: '' },
  { state: 'cancelled', name: 'Cancelled', tone: '' },
  { state: 'shut', name: 'Closed day', tone: '' },
];

/** A day's own reason stands where nobody took the register. */
export function StatePill({ state, status, closure }: { state: string | null | undefined; status?: string | undefined; closure?: string | null | undefined }): JSX.Element {
  if (state === 'shut') return <span class="pill">Closed: {closure}</span>;
  if (status === 'cancelled' && state !== 'closed') return <span class="pill">Cancelled</span>;
  const known = states.find((one) => one.state === state);
  if (known) {
    return (
      <span class={`pill ${known.tone}`}>
        {state === 'closed' ? <Icon name="check" /> : null}
        {state === 'missing' ? <Icon name="triangle-alert" /> : null}
        {known.name}
      </span>
    );
  }
  return <span class="pill">{state === 'reopened' ? 'Opened again' : 'Not started'}</span>;
}

/** Whoever is told how many children came may look at the register too. */
function isCounted(one: BoardRegister): one is BoardRegister & BoardCounts {
  return one.of !== undefined;
}

const marked = (one: BoardRegister): number => (isCounted(one) && one.of > 0 ? (one.of - one.unmarked) / one.of : 0);
const columns: readonly Column<BoardRegister>[] = [
  {
    name: 'Time',
    by: (one) => one.starts * 1440 + one.ends,
    class: 'time',
    cell: (one) => (
      <>
        <b>{clock(one.starts)}</b> <span class="mute">{clock(one.ends)}</span>
      </>
    ),
  },
  { name: 'Register', by: (one) => one.name, names: true, cell: (one) => (isCounted(one) ? <Link href={`/registers/${one.session}`}>{one.name}</Link> : one.name) },
  { name: 'Where', folds: true, by: (one) => one.school ?? one.place ?? '', cell: (one) => joined([one.place, one.school]) },
  { name: 'Who', folds: true, by: (one) => one.staff_names.join(', '), cell: (one) => one.staff_names.join(', ') },
  { name: 'State', foldsLast: true, plain: 'first', by: (one) => states.findIndex((known) => known.state === one.state), cell: (one) => <StatePill state={one.state} status={one.status} closure={one.closure} /> },
  { name: 'Marked', foldsLast: (one) => isCounted(one) && one.of + one.headcount > 0, by: marked, number: true, cell: (one) => (isCounted(one) ? <Counts of={one} /> : null) },
  { name: 'Last heard', foldsLast: (one) => Boolean(one.updated_at), by: (one) => one.updated_at ?? 0, number: true, cell: (one) => (one.updated_at ? moment(one.updated_at, Date.now()) : <span class="mute">Nothing yet</span>) },
];

function Counts({ of: one }: { of: BoardCounts }): JSX.Element {
  const count = one.of - one.unmarked;
  if (one.of === 0) return <>{one.headcount > 0 ? `${one.headcount.toLocaleString('en-GB')} counted` : ''}</>;
  return (
    <>
      <span>
        {count} of {one.of}
      </span>
      {count > 0 ? <small>{totalsWords({ ...one, unmarked: 0 })}</small> : null}
    </>
  );
}

const minuteMs = 60_000;

/** On a busy evening something changes each second, and a day on which thousands meet takes the hub a good part of one. */
const restMs = 5_000;
const manyMeet = 2_000;
/** Fewer are looked through by eye. */
const findFrom = 30;

// A press on a head would sort the page that is here, and not the list: heads sort once all of it is.
const unsorted = columns.map(({ by: _, ...rest }): Column<BoardRegister> => rest);

/** An address may be written by hand. */
function known(only: string): string {
  return only === 'late' || states.some(({ state }) => state === only) ? only : '';
}

interface StateTilesProps {
  board: Pick<Board, 'counts' | 'late'>;
  only: string;
  onOnly: (only: string) => void;
}

function StateTiles({ board, only, onOnly }: StateTilesProps): JSX.Element {
  const count = (state: BoardState): number => board.counts[state] ?? 0;
  const flip = (state: string): void => onOnly(only === state ? '' : state);
  // What is chosen keeps its button, or nobody could leave it.
  const shown = states.filter(({ state }) => (state !== 'cancelled' && state !== 'shut') || state === only || count(state) > 0);
  return (
    <div class="tiles" role="group" aria-label="Show only">
      {shown.map(({ state, name, tone }) => (
        <button type="button" class={`tile ${count(state) > 0 ? tone : ''}`} key={state} aria-pressed={only === state} onClick={() => flip(state)}>
          <b>{count(state).toLocaleString('en-GB')}</b>
          <span>{name}</span>
        </button>
      ))}
      <button type="button" class={`tile ${board.late > 0 ? 'warn' : ''}`} aria-pressed={only === 'late'} onClick={() => flip('late')}>
        <b>{board.late.toLocaleString('en-GB')}</b>
        <span>Late: over, not finished</span>
      </button>
    </div>
  );
}

export function TodayScreen(): JSX.Element {
  // Whoever comes back from a register finds the board as they left it.
  const [day, setDay] = useSaid('day');
  const [said, setOnly] = useSaid('only');
  const only = known(said);
  const [find, setFind] = useBeside('find');
  const wanted = { date: /^\d{4}-\d\d-\d\d$/.test(day) ? day : '', only, find: useRested(find.trim()) };
  const meet = useRef(0);
  const { pages, failure, more } = usePages((after) => api.today(wanted, after), `today ${JSON.stringify(wanted)}`, ['today'], meet.current > manyMeet ? restMs : 0);
  const board = pages[0];
  const shown = pages.flatMap((page) => page.registers);
  meet.current = Object.values(board?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  // How the devices are stands above the list, for below a county's day nobody would see that one is quiet.
  const tiles = (of: Board): JSX.Element => <StateTiles board={of} only={only} onOnly={setOnly} />;
  const isNarrowed = wanted.only !== '' || wanted.find !== '';
  // The clock changes the board too: what was to come is due now, what was open is late.
  useEffect(() => {
    const timer = window.setInterval(() => refresh('today'), minuteMs);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <>
      <PageHead title="Today" sub={board ? longDate(board.date) : 'Asking…'}>
        <div class="choices">
          <label class="field day">
            <span>Day</span>
            <input class="input" type="date" value={board?.date ?? ''} onChange={(event) => setDay(event.currentTarget.value)} />
          </label>
          <a class="b2" href="/timetable" onClick={follow}>
            <Icon name="clock" />
            The week
          </a>
        </div>
      </PageHead>
      <Trouble failure={failure} />
      {board ? (
        <>
          {me.value?.roles.some((role) => role !== 'partner') ? <Fleet>{tiles(board)}</Fleet> : tiles(board)}
          {meet.current >= findFrom || find ? (
            <div class="choices">
              <Find label="Register, school or tutor" value={find} onValue={setFind} />
            </div>
          ) : null}
          {shown.length === 0 && !isNarrowed ? (
            <Empty icon="calendar-days" title="No sessions on this day">
              {me.value?.roles.includes('office') ? 'Import a timetable, or choose another day above.' : 'Choose another day above.'}
            </Empty>
          ) : (
            <Table
              label="Registers"
              columns={(more ? unsorted : columns).filter(({ name }) => name !== 'Marked' || shown.some(isCounted))}
              items={shown}
              keyOf={(one) => one.session}
              first={more ? undefined : 0}
              empty={wanted.find ? 'No register has these words in its name, its school, its place or its tutors’ names.' : 'No register is in that state. Press the figure again to see them all.'}
            />
          )}
          {more ? (
            <p class="table-rest">
              {`${shown.length.toLocaleString('en-GB')} of ${board.total.toLocaleString('en-GB')}, those first that need somebody.`}
              <button type="button" class="b3" onClick={more}>
                Show more
              </button>
            </p>
          ) : null}
        </>
      ) : null}
    </>
  );
}
