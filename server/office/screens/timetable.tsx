// timetable.tsx: a week of the hub: every meeting by day, of one tutor, school or activity where a name is given; and the terms it lies in.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, daysAfter, fullDate, isoToday, joined, longDate, plural, schoolYearOf } from '../../../shared/ui/format.ts';
import { Find } from '../acting.tsx';
import { api, type BoardRegister } from '../api.ts';
import { useBeside, useSaid } from '../kept.ts';
import { me, useAsk } from '../live.ts';
import { usePages, useRested } from '../paged.ts';
import { Empty, Link, PageHead, PrintButton, Trouble } from '../parts.tsx';
import { reportApi, type Term } from '../reports/report_api.ts';
import { Table, type Column } from '../table.tsx';
import { sees } from '../reports/table.tsx';
import { Closures, SchoolsClosed } from '../schools/closures.tsx';
import { Terms } from '../schools/terms.tsx';
import { StatePill } from './today.tsx';

const days = 7;
/** A week is seven boards: on a busy evening, with something new each second, they are asked for three times a minute. */
const restMs = 20_000;
/** A county has a thousand meetings a day: what nobody could read is drawn when somebody asks for it. */
const drawnAtOnce = 400;

/** The Monday of the week. */
export function mondayOf(date: string): string {
  return daysAfter(date, -((new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7));
}

interface Week {
  registers: BoardRegister[];
  total: number;
  /** Where each of its days goes on. */
  next: string | null;
}

/** A page of each day that has one. */
async function askWeek(monday: string, find: string, after: string | null): Promise<Week> {
  const from = after === null ? Array.from({ length: days }, () => null) : (JSON.parse(after) as (string | null)[]);
  const boards = await Promise.all(from.map((at, index) => (after !== null && at === null ? null : api.today({ date: daysAfter(monday, index), only: '', find, order: 'time' }, at))));
  const next = boards.map((board) => board?.next ?? null);
  return {
    registers: boards.flatMap((board) => board?.registers ?? []),
    total: boards.reduce((sum, board) => sum + (board?.total ?? 0), 0),
    next: next.some(Boolean) ? JSON.stringify(next) : null,
  };
}

const seen = (one: BoardRegister): boolean => one.of !== undefined;
const columns: readonly Column<BoardRegister>[] = [
  {
    name: 'Time',
    class: 'time',
    by: (one) => one.starts * 1440 + one.ends,
    cell: (one) => (
      <>
        <b>{clock(one.starts)}</b> <span class="mute">{clock(one.ends)}</span>
      </>
    ),
  },
  { name: 'Activity', by: (one) => one.name, names: true, cell: (one) => (seen(one) ? <Link href={`/registers/${one.session}`}>{one.name}</Link> : one.name) },
  { name: 'Where', folds: true, by: (one) => one.school ?? one.place ?? '', cell: (one) => joined([one.place, one.school]) },
  { name: 'Who', folds: true, by: (one) => one.staff_names.join(', '), cell: (one) => (one.staff_names.length > 0 ? one.staff_names.join(', ') : <span class="mute">Nobody</span>) },
  { name: 'Learners', foldsLast: true, by: (one) => one.of ?? 0, number: true, cell: (one) => one.of },
  { name: 'State', foldsLast: true, plain: 'first', class: 'time', by: (one) => one.state, cell: (one) => <StatePill state={one.state} status={one.status} closure={one.closure} /> },
];
const ofAll: Column<BoardRegister> = { name: 'More', foldsLast: true, plain: 'last', class: 'time', cell: (one) => <Link href={`/activities/${one.activity}`}>The activity</Link> };

/** Whoever is not told how many children come has no column for it. */
function columnsOf(list: readonly BoardRegister[]): readonly Column<BoardRegister>[] {
  const told = list.some(seen) ? columns : columns.filter(({ name }) => name !== 'Learners');
  return sees() ? [...told, ofAll] : told;
}

/** Of two meetings on one day the earlier stands first. */
function inOrder(list: readonly BoardRegister[]): BoardRegister[] {
  return [...list].sort((a, b) => a.date.localeCompare(b.date) || a.starts - b.starts || a.name.localeCompare(b.name, 'en-GB'));
}

/** Which term the week is in; a week between two is in none. */
function termWords(terms: readonly Term[], monday: string): string {
  return terms.find(({ from, to }) => from <= daysAfter(monday, days - 1) && to >= monday)?.name ?? 'outside the terms';
}

function WeekChoice({ monday, onWeek }: { monday: string; onWeek: (day: string) => void }): JSX.Element {
  return (
    <div class="choices">
      <label class="field day">
        <span>Week of</span>
        <input class="input" type="date" value={monday} onChange={(event) => onWeek(event.currentTarget.value)} />
      </label>
      <div class="files">
        <button type="button" class="b2" onClick={() => onWeek(daysAfter(monday, -days))}>
          <Icon name="chevron-left" />
          Week before
        </button>
        <button type="button" class="b2" onClick={() => onWeek(daysAfter(monday, days))}>
          Week after
          <Icon name="chevron-right" />
        </button>
        <PrintButton />
      </div>
    </div>
  );
}

export function TimetableScreen(): JSX.Element {
  const [week, setWeek] = useSaid('week');
  const [text, setText] = useBeside('find'); // a lesson of one may be called by its learner's name
  const monday = mondayOf(/^\d{4}-\d\d-\d\d$/.test(week) ? week : isoToday());
  const find = useRested(text.trim());
  const { pages, failure, more } = usePages((after) => askWeek(monday, find, after), `timetable ${monday} ${find}`, ['today'], restMs);
  const terms = useAsk(() => reportApi.reports(), 'reports', []).data?.terms ?? [];
  const seesClosures = me.value?.roles.some((role) => role !== 'partner') ?? false;
  const found = inOrder(pages.flatMap(({ registers }) => registers));
  const total = pages[0]?.total ?? 0;
  return (
    <>
      <PageHead
        title="Timetable"
        crumb={<Link href="/today">Today</Link>}
        live
        sub={pages[0] ? `${fullDate(monday)} to ${fullDate(daysAfter(monday, days - 1))}, ${termWords(terms, monday)}: ${plural(total, 'meeting')}` : 'Asking…'}
      >
        <Find label="A tutor, school or activity" value={text} onValue={setText} />
      </PageHead>
      <WeekChoice monday={monday} onWeek={setWeek} />
      {/* Below a week of hundreds of meetings nobody would find them. */}
      <details>
        <summary>{seesClosures ? 'Terms and closed days' : 'Terms'}</summary>
        <div class="two">
          <Terms from={monday} to={daysAfter(monday, days - 1)} onWeek={setWeek} />
          {seesClosures ? <Closures school={null} from={`${schoolYearOf(monday)}-09-01`} /> : null}
        </div>
      </details>
      {seesClosures ? <SchoolsClosed from={monday} to={daysAfter(monday, days - 1)} /> : null}
      <Trouble failure={failure} />
      {pages[0] ? (
        <Table
          label="The week"
          columns={columnsOf(found)}
          items={found}
          keyOf={(one) => one.session}
          most={drawnAtOnce}
          group={(one) => longDate(one.date)}
          empty={
            <Empty icon="calendar-days" title={find === '' ? 'Nothing meets in this week' : 'Nothing of that name meets in this week'}>
              {find === '' ? 'Choose another week, or import a timetable.' : 'Try a part of the name, or another week.'}
            </Empty>
          }
        />
      ) : null}
      {more ? (
        <p class="table-rest">
          {`${found.length.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}.`}
          <button type="button" class="b3" onClick={more}>
            Show more
          </button>
        </p>
      ) : null}
    </>
  );
}
