// owed.tsx: lessons owed: every school, one school down to its enrolments, and the statement that a school is sent.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, fullDate, joined, longDate, plural } from '../../../shared/ui/format.ts';
import { follow, go, useAsk } from '../live.ts';
import { Download, Link, PageHead, PrintButton, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { cancelled, causes, causeWords, contractWords, owedApi, type Counts, type Lesson, type OwedEnrolment, type OwedPeriod, type OwedSchool } from './owed_api.ts';
import { PeriodChoice } from './period.tsx';
import { count, fileOf, hasBegun, lessonsOf, reportApi, thisYear } from './report_api.ts';
import { sees } from './table.tsx';

const addressOf = (period: string, school?: string, page?: string): string => ['/owed', period, school, page].filter(Boolean).join('/');

interface Counted {
  counts: Counts;
}

function countColumn(name: string, of: (counts: Counts) => number, small: (counts: Counts) => string[] = () => []): Column<Counted> {
  return {
    name,
    number: true,
    by: ({ counts }) => of(counts),
    cell: ({ counts }) => (
      <>
        {name === 'Owed' ? <b>{count(of(counts))}</b> : <span>{count(of(counts))}</span>}
        {small(counts).map((words) => (
          <small class={name === 'Cancelled' ? 'time' : undefined} key={words}>
            {words}
          </small>
        ))}
      </>
    ),
  };
}

const countColumns: readonly Column<Counted>[] = [
  { ...countColumn('Due', ({ due }) => due), folds: true },
  { ...countColumn('Delivered', ({ delivered }) => delivered, ({ makeups }) => (makeups > 0 ? [`${count(makeups)} made up`] : [])), folds: true },
  {
    ...countColumn('Cancelled', cancelled, (counts) => causes.filter((cause) => counts[cause] > 0).map((cause) => `${causeWords[cause]}: ${count(counts[cause])}`)),
    folds: ({ counts }) => cancelled(counts) > 0,
  },
  { ...countColumn('No word yet', ({ waiting }) => waiting), folds: ({ counts }) => counts.waiting > 0 },
  countColumn('Owed', ({ owed }) => owed, ({ charged }) => (charged > 0 ? [`less ${count(charged)} at short notice`] : [])),
  { ...countColumn('Disputed', ({ disputed }) => disputed), folds: ({ counts }) => counts.disputed > 0 },
];

function sum(list: readonly Counted[]): Counts {
  const names = ['due', 'delivered', 'makeups', 'waiting', 'charged', 'owed', 'disputed', ...causes] as const;
  return Object.fromEntries(names.map((name) => [name, list.reduce((all, { counts }) => all + counts[name], 0)])) as Counts;
}

function Period({ period, onChange }: { period: string; onChange: (period: string) => void }): JSX.Element {
  return <PeriodChoice period={period} onChange={onChange} terms={useAsk(() => reportApi.reports(), 'reports', []).data?.terms ?? []} />;
}

const periodWords = (period: OwedPeriod | null): string => (period ? `${period.period}, ${fullDate(period.from)} to ${fullDate(period.to)}` : 'Asking…');
const explained =
  'A lesson counts once for each child with a place in it. Owed are lessons that were due, less those delivered, and less those the school cancelled in less time than its contract asks.';

/* ---- every school ---- */

const schoolColumns = (period: string): readonly Column<OwedSchool>[] => [
  {
    name: 'School',
    by: (one) => one.name,
    cell: (one, isTotal) => (
      <>
        {sees() && !isTotal ? <Link href={addressOf(period, one.id)}>{one.name}</Link> : one.name}
        {one.area ? <small>{one.area}</small> : null}
      </>
    ),
  },
  { name: 'Contract', folds: true, by: contractWords, cell: (one, isTotal) => (isTotal ? '' : contractWords(one)) },
  ...countColumns,
];

function AllSchools({ period }: { period: string }): JSX.Element {
  const asked = useAsk(() => owedApi.schools(period), `owed ${period}`, ['today'], 2000);
  const schools = asked.data?.schools ?? [];
  const all: OwedSchool = { id: '', name: 'All', lessons_a_year: null, notice_days: null, contract_from: null, contract_to: null, counts: sum(schools) };
  return (
    <>
      <PageHead title="Lessons owed" sub={periodWords(asked.data)}>
        <p class="big">
          {asked.data ? count(sum(schools).owed) : ''}
          <small>lessons owed in all</small>
        </p>
      </PageHead>
      <p class="says">{explained}</p>
      <div class="choices">
        <Period period={period} onChange={(chosen) => go(addressOf(chosen))} />
        <div class="files">
          <Download href={fileOf('owed', 'school', period, null, 'xlsx')}>Excel</Download>
          <PrintButton />
        </div>
      </div>
      <Trouble failure={asked.failure} />
      {asked.data ? (
        <Table
          label="Lessons owed by school"
          columns={schoolColumns(period)}
          items={schools}
          keyOf={(one) => one.id}
          first={0}
          most={500}
          total={all}
          empty="No school has a contract or a lesson in this period."
        />
      ) : null}
    </>
  );
}

/* ---- one school ---- */

const enrolmentColumns: readonly Column<OwedEnrolment>[] = [
  {
    name: 'Learner',
    by: (one) => one.learner_name,
    cell: (one, isTotal) =>
      isTotal ? (
        'All'
      ) : (
        <>
          <Link href={`/learners/${one.learner}`}>{one.learner_name}</Link>
          <small>{joined([one.instrument, `${one.starts ? `from ${fullDate(one.starts)}` : ''}${one.ends ? ` to ${fullDate(one.ends)}` : ''}`])}</small>
        </>
      ),
  },
  { name: 'Activity', folds: true, by: (one) => one.activity_name, cell: (one, isTotal) => (isTotal ? '' : <Link href={`/reports/sessions/${one.activity}/${thisYear()}`}>{one.activity_name}</Link>) },
  ...countColumns,
];

function Enrolments({ list }: { list: readonly OwedEnrolment[] }): JSX.Element {
  const all: OwedEnrolment = { learner: '', activity: '', learner_name: '', activity_name: '', instrument: null, starts: null, ends: null, counts: sum(list) };
  return <Table label="Enrolments" columns={enrolmentColumns} items={list} keyOf={(one) => `${one.learner} ${one.activity}`} first={1} total={all} empty="No lesson of this period is owed by anybody here." />;
}

function OneSchool({ period, school }: { period: string; school: string }): JSX.Element {
  const asked = useAsk(() => owedApi.school(school, period), `owed ${school} ${period}`, ['today'], 2000);
  const answer = asked.data;
  return (
    <>
      <PageHead
        title={answer?.school.name ?? 'Lessons owed'}
        crumb={<Link href={addressOf(period)}>Lessons owed</Link>}
        sub={`${periodWords(answer)}${answer ? `. ${contractWords(answer.school)}` : ''}`}
      >
        <p class="big">
          {answer ? count(answer.school.counts.owed) : ''}
          <small>lessons owed here</small>
        </p>
      </PageHead>
      <div class="choices">
        <Period period={period} onChange={(chosen) => go(addressOf(chosen, school))} />
        <div class="files">
          <a class="b2" href={addressOf(period, school, 'statement')} onClick={follow}>
            <Icon name="scroll-text" />
            Statement
          </a>
          <PrintButton />
        </div>
      </div>
      <Trouble failure={asked.failure} />
      {answer ? <Enrolments list={answer.enrolments} /> : null}
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
  if (lesson.status === 'scheduled' && lesson.closure && !lesson.register) return `Closed: ${lesson.closure}`;
  if (lesson.status === 'scheduled') return hasBegun(lesson) ? 'No word yet' : 'To come';
  const word = lesson.status.slice(0, 1).toUpperCase() + lesson.status.slice(1);
  const cause = lesson.cause ? causeWords[lesson.cause as keyof typeof causeWords] : null;
  const notice = lesson.notice_days != null ? `, ${plural(lesson.notice_days, 'day\u2019s', 'days\u2019')} notice` : '';
  return `${word}${cause ? `: ${cause.toLowerCase()}${notice}` : ''}${lesson.makeup ? ', a make-up' : ''}`;
}

const lessonColumns: readonly Column<Lesson>[] = [
  { name: 'Lesson', by: (one) => `${one.date} ${clock(one.starts)}`, cell: (one) => `${longDate(one.date)}, ${clock(one.starts)}` },
  { name: 'Activity', by: (one) => one.activity, cell: (one) => one.activity },
  { name: 'Tutor', by: (one) => one.staff ?? '', cell: (one) => one.staff },
  { name: 'Outcome', by: outcomeWords, cell: outcomeWords },
  { name: 'Minutes', by: (one) => one.minutes, number: true, cell: (one) => count(one.minutes) },
];

function Statement({ period, school }: { period: string; school: string }): JSX.Element {
  const asked = useAsk(() => owedApi.statement(school, period), `statement ${school} ${period}`, ['today'], 2000);
  const answer = asked.data;
  if (!answer) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  const delivered = answer.lessons.filter((one) => one.status === 'delivered');
  const minutes = delivered.reduce((all, one) => all + one.minutes, 0);
  return (
    <article class="board stack">
      <PageHead
        title={`Lessons at ${answer.school.name}`}
        crumb={<Link href={addressOf(period, school)}>{answer.school.name}</Link>}
        sub={`${answer.hub}. ${periodWords(answer)}. ${contractWords(answer.school)}.`}
      >
        <div class="files">
          <Download href={lessonsOf(school, period, 'csv')}>CSV</Download>
          <Download href={lessonsOf(school, period, 'xlsx')}>Excel</Download>
          <PrintButton />
        </div>
      </PageHead>
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
      <Table label="Lessons" columns={lessonColumns} items={answer.lessons} keyOf={(one) => one.session} first={0} empty="No lesson in this period." />
    </article>
  );
}

export function OwedPage({ path }: { path: string }): JSX.Element {
  const [, , period = thisYear(), school, page] = path.split('/');
  if (school && page === 'statement') return <Statement key={path} period={period} school={school} />;
  return school ? <OneSchool key={path} period={period} school={school} /> : <AllSchools key={period} period={period} />;
}
