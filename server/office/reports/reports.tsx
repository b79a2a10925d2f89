// reports.tsx: which reports there are, snapshots, and which page of them an address shows.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useFocus } from '../../../shared/ui/components/focus.ts';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import { ActForm, Checks, TextArea } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { failureOf, follow, go, me, refresh, useAsk } from '../live.ts';
import { Download, Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { BoardScreen } from './board.tsx';
import { addressOf } from './address.ts';
import { PeriodChoice } from './period.tsx';
import { figureWords, reportApi, returnOf, thisYear, type Cut, type PlanFunction, type Report, type Sign, type Term } from './report_api.ts';
import { SessionsScreen } from './sessions.tsx';
import { ReportScreen } from './table.tsx';

/** This year's figure, asked for once the list stands. */
function ThisYear({ report }: { report: Report }): JSX.Element {
  const first = report.by[0] ?? 'hub';
  const asked = useAsk(() => reportApi.table(report.name, first, thisYear(), null), `index ${report.name}`, ['today'], 5000);
  return <b>{report.shape === 'ratio' ? 'By group' : report.by.includes('line') ? 'By line' : asked.data ? figureWords(report.shape, asked.data.total) : asked.failure ? 'Not now' : '…'}</b>;
}

const opensBy = ({ by }: Report): Cut => (by.includes('stage') ? 'stage' : by.includes('school') ? 'school' : (by[by.length - 1] ?? 'hub'));
const columns: readonly Column<Report>[] = [
  { name: 'Report', cell: (report) => <Link href={addressOf({ report: report.name, by: opensBy(report), period: thisYear(), school: null })}>{report.title}</Link> },
  { name: 'What it counts', class: 'def', cell: (report) => report.says },
  { name: 'This year', number: true, cell: (report) => <ThisYear report={report} /> },
];

function Index({ reports, functions, terms, signs }: Saving & { reports: readonly Report[]; signs: readonly Sign[] }): JSX.Element {
  const own = me.value?.role === 'partner';
  return (
    <>
      <PageHead title="Reports" sub={own ? 'Your own activities, the school year so far.' : 'The school year so far. Each figure opens to what it is made of.'}>
        {own ? null : (
          <p class="files">
            <a class="b2" href="/targets" onClick={follow}>
              <Icon name="target" />
              Targets
            </a>
            <a class="b2" href="/owed" onClick={follow}>
              <Icon name="hourglass" />
              Lessons owed
            </a>
          </p>
        )}
      </PageHead>
      <Table label="Reports" columns={columns} items={functions.flatMap(({ name }) => reports.filter((report) => report.function === name))} keyOf={({ name }) => name} group={(report) => functions.find(({ name }) => name === report.function)?.title ?? ''} />
      {own ? null : <Snapshots functions={functions} terms={terms} />}
      {me.value?.roles.includes('office') ? <Returns signs={signs} /> : null}
    </>
  );
}

/* ---- the return, and what counts as disadvantage ---- */

const signChoices = [
  { value: 'fsm', label: 'Free school meals' },
  { value: 'pupil_premium', label: 'Pupil premium' },
  { value: 'cla', label: 'Looked after' },
];

function Returns({ signs }: { signs: readonly Sign[] }): JSX.Element {
  const [chosen, setChosen] = useState<string[]>([...signs]);
  const [year, setYear] = useState(thisYear());
  const send = async (): Promise<void> => {
    await reportApi.setSigns(chosen);
    refresh('signs');
  };
  return (
    <section class="card" aria-labelledby="returns">
      <h2 id="returns">Inclusion</h2>
      <p class="mute">The yearly return counts learners by school, key stage, sex, remission, pupil premium and SEND. It hides no small number: it is for the office.</p>
      <div class="choices">
        <PeriodChoice period={year} terms={[]} onChange={setYear} />
        <p class="files">
          <Download href={returnOf(year, 'xlsx')}>The return, for Excel</Download>
          <Download href={returnOf(year, 'csv')}>The return, CSV</Download>
        </p>
      </div>
      <details>
        <summary>What counts as disadvantage</summary>
        <ActForm submit="Save" send={send} ready={chosen.length > 0}>
          <Checks legend="One of these is enough" choices={signChoices} chosen={chosen} onChosen={setChosen} />
        </ActForm>
      </details>
    </section>
  );
}

/* ---- snapshots ---- */

interface Saving {
  functions: readonly PlanFunction[];
  terms: readonly Term[];
}

/** A new one is of any period there is; one that adjusts another is of that one's. */
function SaveForm({ functions, terms, adjusts, onDone }: Saving & { adjusts: string | null; onDone: () => void }): JSX.Element {
  const first = useFocus<HTMLInputElement>();
  const [title, setTitle] = useState('');
  const [period, setPeriod] = useState(thisYear());
  const [words, setWords] = useState<Record<string, string>>({});
  const say = (name: string, text: string): void => setWords((now) => ({ ...now, [name]: text }));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const { id } = await reportApi.save(title, words, adjusts ? null : period, adjusts);
      refresh('snapshots');
      onDone();
      go(`/reports/snapshots/${id}`);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>Title</span>
        <input ref={first} class="input" required maxLength={200} value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
      </label>
      {adjusts ? <p class="mute">Of the same period as the snapshot that it adjusts.</p> : <PeriodChoice period={period} terms={terms} onChange={setPeriod} />}
      <TextArea label="What the board should know" rows={4} maxLength={1500} value={words['words'] ?? ''} onValue={(text) => say('words', text)} />
      {functions.map(({ name, title: heading }) => (
        <TextArea key={name} label={heading} rows={2} maxLength={500} value={words[`words_${name}`] ?? ''} onValue={(text) => say(`words_${name}`, text)} />
      ))}
      <p>
        <button type="submit" class="b1">
          Save the figures as they are now
        </button>
      </p>
      <Trouble failure={failure} />
    </form>
  );
}

function Snapshots({ functions, terms }: Saving): JSX.Element {
  const asked = useAsk(() => reportApi.snapshots(), 'snapshots', ['snapshots']);
  const [adjusts, setAdjusts] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const may = me.value?.roles.some((role) => role === 'lead' || role === 'office') ?? false;
  const list = asked.data?.snapshots ?? [];
  return (
    <section class="card" aria-labelledby="snapshots">
      <h2 id="snapshots">Saved for the board</h2>
      <p class="mute">A snapshot keeps its figures, whatever arrives later. One that adjusts another is saved beside it.</p>
      <Trouble failure={asked.failure} />
      <ul class="lines">
        {list.map((one) => (
          <li key={one.id}>
            <Link href={`/reports/snapshots/${one.id}`}>{one.title}</Link>
            <span class="mute">
              {moment(one.at, Date.now())}
              {one.who ? `, ${one.who}` : ''}
              {one.adjusts ? ', adjusted' : ''}
            </span>
            {may ? (
              <button
                type="button"
                class="b3"
                onClick={() => {
                  setAdjusts(one.id);
                  setOpen(true);
                }}
              >
                Adjust
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {may && !open ? (
        <p>
          <button
            type="button"
            class="b2"
            onClick={() => {
              setAdjusts(null);
              setOpen(true);
            }}
          >
            <Icon name="plus" />
            Save a snapshot
          </button>
        </p>
      ) : null}
      {open ? <SaveForm key={adjusts ?? 'new'} functions={functions} terms={terms} adjusts={adjusts} onDone={() => setOpen(false)} /> : null}
    </section>
  );
}

export function ReportsPage({ path }: { path: string }): JSX.Element {
  const [, , first, second, third, fourth] = path.split('/');
  const asked = useAsk(() => reportApi.reports(), 'reports', ['signs']);
  if (first === 'snapshots' && second) return <BoardScreen key={second} id={second} />;
  if (first === 'sessions' && second) return <SessionsScreen key={path} activity={second} period={third ?? thisYear()} />;
  if (!asked.data) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  if (!first) return <Index reports={asked.data.reports} functions={asked.data.functions} terms={asked.data.terms} signs={asked.data.signs} />;
  const place = { report: first, by: (second ?? 'hub') as Cut, period: third ?? thisYear(), school: fourth ?? null };
  return <ReportScreen key={path} place={place} reports={asked.data.reports} terms={asked.data.terms} />;
}
