// owed.tsx: lessons owed: every school, one school down to its enrolments, and the statement that a school is sent.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, longDate, shortDate } from '../../../shared/ui/format.ts';
import { follow, go, useAsk } from '../live.ts';
import { Link, Trouble, useSorted, type Column } from '../parts.tsx';
import { cancelled, causes, causeWords, contractWords, owedApi, type Counts, type Lesson, type OwedEnrolment, type OwedPeriod, type OwedSchool } from './owed_api.ts';
import { count, fileOf, lessonsOf, reportApi, thisYear, yearWords } from './report_api.ts';
import { sees } from './table.tsx';

const addressOf = (period: string, school?: string, page?: string): string => ['/owed', period, school, page].filter(Boolean).join('/');

const countColumns: (Column<{ counts: Counts }> & { small?: (counts: Counts) => string[] })[] = [
  { name: 'Due', value: ({ counts }) => counts.due, number: true },
  { name: 'Delivered', value: ({ counts }) => counts.delivered, number: true, small: ({ makeups }) => (makeups > 0 ? [`${count(makeups)} made up`] : []) },
  {
    name: 'Cancelled',
    value: ({ counts }) => cancelled(counts),
    number: true,
    small: (counts) => causes.filter((cause) => counts[cause] > 0).map((cause) => `${causeWords[cause]}: ${count(counts[cause])}`),
  },
  { name: 'No word yet', value: ({ counts }) => counts.waiting, number: true },
  { name: 'Owed', value: ({ counts }) => counts.owed, number: true, small: ({ charged }) => (charged > 0 ? [`less ${count(charged)} at short notice`] : []) },
  { name: 'Disputed', value: ({ counts }) => counts.disputed, number: true },
];

function CountCells({ counts }: { counts: Counts }): JSX.Element {
  return (
    <>
      {countColumns.map(({ name, value, small }) => {
        return (
          <td class="num" key={name}>
            {name === 'Owed' ? <b>{count(Number(value({ counts })))}</b> : count(Number(value({ counts })))}
            {small?.(counts).map((words) => (
              <small key={words} class="line">
                {words}
              </small>
            ))}
          </td>
        );
      })}
    </>
  );
}

function sum(list: readonly { counts: Counts }[]): Counts {
  const names = ['due', 'delivered', 'makeups', 'waiting', 'charged', 'owed', 'disputed', ...causes] as const;
  return Object.fromEntries(names.map((name) => [name, list.reduce((all, { counts }) => all + counts[name], 0)])) as Counts;
}

function PeriodChoice({ period, onChange }: { period: string; onChange: (period: string) => void }): JSX.Element {
  const terms = useAsk(() => reportApi.reports(), 'reports', []).data?.terms ?? [];
  const now = Number(thisYear());
  return (
    <label class="field">
      <span>Period</span>
      <select class="input" value={period} onChange={(event) => onChange(event.currentTarget.value)}>
        {[now, now - 1, now - 2].map((year) => (
          <option key={year} value={String(year)}>{`School year ${yearWords(String(year))}`}</option>
        ))}
        {terms.map((term) => (
          <option key={term.from} value={term.from}>
            {term.name}
          </option>
        ))}
      </select>
    </label>
  );
}

const periodWords = (period: OwedPeriod | null): string => (period ? `${period.period}, ${shortDate(period.from)} to ${shortDate(period.to)}` : 'Asking…');
const explained =
  'A lesson counts once for each child with a place in it. Owed are lessons that were due, less those delivered, and less those the school cancelled in less time than its contract asks.';

/* ---- every school ---- */

function Schools({ period, schools }: { period: string; schools: readonly OwedSchool[] }): JSX.Element {
  const columns: Column<OwedSchool>[] = [{ name: 'School', value: (one) => one.name }, { name: 'Contract', value: contractWords }, ...countColumns];
  const { items, head } = useSorted(schools, columns);
  return (
    <div class="scroll" role="region" aria-label="Lessons owed by school" tabIndex={0}>
      <table>
        <thead>{head}</thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                {sees() ? <Link href={addressOf(period, one.id)}>{one.name}</Link> : one.name}
                {one.area ? <small>{one.area}</small> : null}
              </th>
              <td>{contractWords(one)}</td>
              <CountCells counts={one.counts} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr class="total">
            <th scope="row">All</th>
            <td />
            <CountCells counts={sum(schools)} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function AllSchools({ period }: { period: string }): JSX.Element {
  const asked = useAsk(() => owedApi.schools(period), `owed ${period}`, ['today'], 2000);
  const schools = asked.data?.schools ?? [];
  return (
    <>
      <header class="hd">
        <div>
          <h1>Lessons owed</h1>
          <p>{periodWords(asked.data)}</p>
        </div>
        <p class="big" aria-label="Owed in all">
          {asked.data ? count(sum(schools).owed) : ''}
        </p>
      </header>
      <p class="says">{explained}</p>
      <div class="choices">
        <PeriodChoice period={period} onChange={(chosen) => go(addressOf(chosen))} />
        <div class="files">
          <a class="b2" href={fileOf('owed', 'school', period, null, 'xlsx')} download>
            <Icon name="download" />
            Excel
          </a>
          <button type="button" class="b2" onClick={() => window.print()}>
            <Icon name="printer" />
            Print
          </button>
        </div>
      </div>
      <Trouble failure={asked.failure} />
      {asked.data && schools.length === 0 ? <p class="mute">No school has a contract or a lesson in this period.</p> : null}
      {schools.length > 0 ? <Schools period={period} schools={schools} /> : null}
    </>
  );
}

/* ---- one school ---- */

function Enrolments({ list }: { list: readonly OwedEnrolment[] }): JSX.Element {
  const columns: Column<OwedEnrolment>[] = [{ name: 'Learner', value: (one) => one.learner_name }, { name: 'Activity', value: (one) => one.activity_name }, ...countColumns];
  const { items, head } = useSorted(list, columns, 1);
  return (
    <div class="scroll" role="region" aria-label="Enrolments" tabIndex={0}>
      <table>
        <thead>{head}</thead>
        <tbody>
          {items.map((one) => (
            <tr key={`${one.learner} ${one.activity}`}>
              <th scope="row">
                <Link href={`/learners/${one.learner}`}>{one.learner_name}</Link>
                <small>
                  {one.instrument ? `${one.instrument}, ` : ''}
                  {one.starts ? `from ${shortDate(one.starts)}` : ''}
                  {one.ends ? ` to ${shortDate(one.ends)}` : ''}
                </small>
              </th>
              <td>
                <Link href={`/reports/sessions/${one.activity}/${thisYear()}`}>{one.activity_name}</Link>
              </td>
              <CountCells counts={one.counts} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr class="total">
            <th scope="row">All</th>
            <td />
            <CountCells counts={sum(list)} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function OneSchool({ period, school }: { period: string; school: string }): JSX.Element {
  const asked = useAsk(() => owedApi.school(school, period), `owed ${school} ${period}`, ['today'], 2000);
  const answer = asked.data;
  return (
    <>
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href={addressOf(period)}>Lessons owed</Link>
          </p>
          <h1>{answer?.school.name ?? 'Lessons owed'}</h1>
          <p>
            {periodWords(answer)}
            {answer ? `. ${contractWords(answer.school)}` : ''}
          </p>
        </div>
        <p class="big" aria-label="Owed in all">
          {answer ? count(answer.school.counts.owed) : ''}
        </p>
      </header>
      <div class="choices">
        <PeriodChoice period={period} onChange={(chosen) => go(addressOf(chosen, school))} />
        <div class="files">
          <a class="b2" href={addressOf(period, school, 'statement')} onClick={follow}>
            <Icon name="scroll-text" />
            Statement
          </a>
          <button type="button" class="b2" onClick={() => window.print()}>
            <Icon name="printer" />
            Print
          </button>
        </div>
      </div>
      <Trouble failure={asked.failure} />
      {answer && answer.enrolments.length === 0 ? <p class="mute">No lesson of this period is owed by anybody here.</p> : null}
      {answer && answer.enrolments.length > 0 ? <Enrolments list={answer.enrolments} /> : null}
      {answer && answer.school.counts.disputed > 0 ? (
        <p>
          People have said different things about {count(answer.school.counts.disputed)} of these. <Link href="/reconcile">Settle them</Link>
        </p>
      ) : null}
    </>
  );
}

/* ---- what a school is sent ---- */

function outcomeWords(lesson: Lesson): string {
  const word = lesson.status.slice(0, 1).toUpperCase() + lesson.status.slice(1);
  const cause = lesson.cause ? causeWords[lesson.cause as keyof typeof causeWords] : null;
  const notice = lesson.notice_days != null ? `, ${lesson.notice_days} days\u2019 notice` : '';
  return `${word}${cause ? `: ${cause.toLowerCase()}${notice}` : ''}${lesson.makeup ? ', a make-up' : ''}`;
}

function Lessons({ lessons }: { lessons: readonly Lesson[] }): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label="Lessons" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Lesson</th>
            <th scope="col">Activity</th>
            <th scope="col">Tutor</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="num">
              Minutes
            </th>
          </tr>
        </thead>
        <tbody>
          {lessons.map((one) => (
            <tr key={one.session}>
              <th scope="row">{`${longDate(one.date)}, ${clock(one.starts)}`}</th>
              <td>{one.activity}</td>
              <td>{one.staff ?? ''}</td>
              <td>{outcomeWords(one)}</td>
              <td class="num">{count(one.minutes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Statement({ period, school }: { period: string; school: string }): JSX.Element {
  const asked = useAsk(() => owedApi.statement(school, period), `statement ${school} ${period}`, ['today'], 2000);
  const answer = asked.data;
  if (!answer) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  const delivered = answer.lessons.filter((one) => one.status === 'delivered');
  const minutes = delivered.reduce((all, one) => all + one.minutes, 0);
  return (
    <article class="board stack">
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href={addressOf(period, school)}>{answer.school.name}</Link>
          </p>
          <h1>Lessons at {answer.school.name}</h1>
          <p>
            {answer.hub}. {periodWords(answer)}. {contractWords(answer.school)}.
          </p>
        </div>
        <div class="files">
          <a class="b2" href={lessonsOf(school, period, 'csv')} download>
            <Icon name="download" />
            CSV
          </a>
          <a class="b2" href={lessonsOf(school, period, 'xlsx')} download>
            <Icon name="download" />
            Excel
          </a>
          <button type="button" class="b2" onClick={() => window.print()}>
            <Icon name="printer" />
            Print
          </button>
        </div>
      </header>
      <dl class="figures">
        <div>
          <dt>Lessons delivered</dt>
          <dd>{count(delivered.length)}</dd>
        </div>
        <div>
          <dt>Hours delivered</dt>
          <dd>{(minutes / 60).toFixed(1)}</dd>
        </div>
        <div>
          <dt>Make-ups among them</dt>
          <dd>{count(delivered.filter((one) => one.makeup).length)}</dd>
        </div>
        <div>
          <dt>Cancelled</dt>
          <dd>{count(answer.lessons.filter((one) => one.status === 'cancelled').length)}</dd>
        </div>
        <div>
          <dt>Owed to its learners</dt>
          <dd>{count(answer.school.counts.owed)}</dd>
        </div>
      </dl>
      <Lessons lessons={answer.lessons} />
    </article>
  );
}

export function OwedPage({ path }: { path: string }): JSX.Element {
  const [, , period = thisYear(), school, page] = path.split('/');
  if (school && page === 'statement') return <Statement key={path} period={period} school={school} />;
  return school ? <OneSchool key={path} period={period} school={school} /> : <AllSchools key={period} period={period} />;
}
