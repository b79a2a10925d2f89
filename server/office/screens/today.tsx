// today.tsx: the Today board: which registers are closed, open, due or missing, live while the tablets report.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { civil, clock, joined, longDate, moment, totalsWords } from '../../../shared/ui/format.ts';
import { api, type BoardCounts, type BoardRegister, type BoardState } from '../api.ts';
import { FleetTiles } from '../fleet.tsx';
import { useSaid } from '../kept.ts';
import { follow, me, refresh, useAsk } from '../live.ts';
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
  { name: 'State', by: (one) => states.findIndex((known) => known.state === one.state), cell: (one) => <StatePill state={one.state} status={one.status} closure={one.closure} /> },
  { name: 'Marked', by: marked, number: true, cell: (one) => (isCounted(one) ? <Counts of={one} /> : null) },
  { name: 'Last heard', by: (one) => one.updated_at ?? 0, number: true, cell: (one) => (one.updated_at ? moment(one.updated_at, Date.now()) : <span class="mute">Nothing yet</span>) },
];

function Counts({ of: one }: { of: BoardCounts }): JSX.Element {
  const count = one.of - one.unmarked;
  if (one.of === 0) return <>{one.headcount > 0 ? `${one.headcount.toLocaleString('en-GB')} counted` : ''}</>;
  return (
    <>
      {count} of {one.of}
      {count > 0 ? <small>{totalsWords({ ...one, unmarked: 0 })}</small> : null}
    </>
  );
}

const minuteMs = 60_000;

/** Somebody began it, the meeting is over, and it is not finished. */
function isLate(one: BoardRegister, now: ReturnType<typeof civil>): boolean {
  const over = one.date === now.date ? one.ends < now.minute : one.date < now.date;
  return one.state === 'open' && over;
}

export function TodayScreen(): JSX.Element {
  // Whoever comes back from a register finds the board as they left it.
  const [day, setDay] = useSaid('day');
  const [only, setOnly] = useSaid('only');
  const date = /^\d{4}-\d\d-\d\d$/.test(day) ? day : null;
  const asked = useAsk(() => api.today(date), `today ${date ?? ''}`, ['today']);
  const board = asked.data;
  const now = civil(Date.now());
  const late = (one: BoardRegister): boolean => isLate(one, now);
  const shown = (board?.registers ?? []).filter((one) => only === '' || (only === 'late' ? late(one) : one.state === only));
  const lateCount = (board?.registers ?? []).filter(late).length;
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
      <Trouble failure={asked.failure} />
      {board ? (
        <>
          <div class="tiles" role="group" aria-label="Show only">
            {states
              .filter(({ state }) => (state !== 'cancelled' && state !== 'shut') || (board.counts[state] ?? 0) > 0)
              .map(({ state, name, tone }) => (
              <button type="button" class={`tile ${(board.counts[state] ?? 0) > 0 ? tone : ''}`} key={state} aria-pressed={only === state} onClick={() => setOnly(only === state ? '' : state)}>
                <b>{board.counts[state] ?? 0}</b>
                <span>{name}</span>
              </button>
            ))}
            <button type="button" class={`tile ${lateCount > 0 ? 'warn' : ''}`} aria-pressed={only === 'late'} onClick={() => setOnly(only === 'late' ? '' : 'late')}>
              <b>{lateCount}</b>
              <span>Late: over, not finished</span>
            </button>
          </div>
          {/* Below a county's day nobody would see that a device is quiet. */}
          {me.value?.roles.some((role) => role !== 'partner') ? <FleetTiles /> : null}
          {board.registers.length === 0 ? (
            <Empty icon="calendar-days" title="No sessions on this day">
              {me.value?.roles.includes('office') ? 'Import a timetable, or choose another day above.' : 'Choose another day above.'}
            </Empty>
          ) : (
            <Table label="Registers" columns={board.registers.some(isCounted) ? columns : columns.filter((one) => one.by !== marked)} items={shown} keyOf={(one) => one.session} first={0} empty="No register is in that state. Press the figure again to see them all." />
          )}
        </>
      ) : null}
    </>
  );
}
