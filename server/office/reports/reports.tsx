// reports.tsx: which reports there are, snapshots, and which page of them an address shows.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useFocus } from '../../../shared/ui/components/focus.ts';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import { ActForm, Checks } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { failureOf, follow, go, me, refresh, useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';
import { BoardScreen } from './board.tsx';
import { addressOf } from './address.ts';
import { figureWords, reportApi, returnOf, thisYear, type Cut, type PlanFunction, type Report, type Sign } from './report_api.ts';
import { ReportScreen, SessionsScreen } from './table.tsx';

function Line({ report }: { report: Report }): JSX.Element {
  const year = thisYear();
  const first = report.by[0] ?? 'hub';
  const asked = useAsk(() => reportApi.table(report.name, first, year, null), `index ${report.name}`, ['today'], 5000);
  return (
    <tr>
      <th scope="row">
        <Link href={addressOf({ report: report.name, by: report.by.includes('school') ? 'school' : (report.by[report.by.length - 1] ?? 'hub'), period: year, school: null })}>{report.title}</Link>
      </th>
      <td class="def">{report.says}</td>
      <td class="num">
        <b>{report.shape === 'ratio' ? 'By group' : asked.data ? figureWords(report.shape, asked.data.total) : asked.failure ? 'Not now' : '…'}</b>
      </td>
    </tr>
  );
}

/** Of which function of the Local Plan they are evidence. */
function FunctionRows({ title, reports }: { title: string; reports: readonly Report[] }): JSX.Element | null {
  if (reports.length === 0) return null;
  return (
    <tbody>
      <tr class="group">
        <th scope="rowgroup" colSpan={3}>
          {title}
        </th>
      </tr>
      {reports.map((report) => (
        <Line key={report.name} report={report} />
      ))}
    </tbody>
  );
}

function Index({ reports, functions, signs }: { reports: readonly Report[]; functions: readonly PlanFunction[]; signs: readonly Sign[] }): JSX.Element {
  const own = me.value?.role === 'partner';
  return (
    <>
      <header class="hd">
        <div>
          <h1>Reports</h1>
          <p>{own ? 'Your own activities, the school year so far.' : 'The school year so far. Each figure opens to what it is made of.'}</p>
        </div>
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
      </header>
      <div class="scroll" role="region" aria-label="Reports" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Report</th>
              <th scope="col" class="def">
                What it counts
              </th>
              <th scope="col" class="num">
                This year
              </th>
            </tr>
          </thead>
          {functions.map(({ name, title }) => (
            <FunctionRows key={name} title={title} reports={reports.filter((report) => report.function === name)} />
          ))}
        </table>
      </div>
      {own ? null : <Snapshots functions={functions} />}
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
  const send = async (): Promise<void> => {
    await reportApi.setSigns(chosen);
    refresh('signs');
  };
  return (
    <section class="card" aria-labelledby="returns">
      <h2 id="returns">Inclusion</h2>
      <p class="mute">The yearly return counts learners by school, key stage, sex, remission, pupil premium and SEND. It hides no small number: it is for the office.</p>
      <p class="files">
        <a class="b2" href={returnOf(thisYear(), 'xlsx')} download>
          <Icon name="download" />
          The return, for Excel
        </a>
        <a class="b2" href={returnOf(thisYear(), 'csv')} download>
          <Icon name="download" />
          The return, CSV
        </a>
      </p>
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

function SaveForm({ functions, adjusts, onDone }: { functions: readonly PlanFunction[]; adjusts: string | null; onDone: () => void }): JSX.Element {
  const first = useFocus<HTMLInputElement>();
  const [title, setTitle] = useState('');
  const [words, setWords] = useState<Record<string, string>>({});
  const say = (name: string, text: string): void => setWords((now) => ({ ...now, [name]: text }));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const { id } = await reportApi.save(title, words, thisYear(), adjusts);
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
      <label class="field">
        <span>What the board should know</span>
        <textarea class="input" rows={4} maxLength={1500} value={words['words'] ?? ''} onInput={(event) => say('words', event.currentTarget.value)} />
      </label>
      {functions.map(({ name, title: heading }) => (
        <label class="field" key={name}>
          <span>{heading}</span>
          <textarea class="input" rows={2} maxLength={500} value={words[`words_${name}`] ?? ''} onInput={(event) => say(`words_${name}`, event.currentTarget.value)} />
        </label>
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

function Snapshots({ functions }: { functions: readonly PlanFunction[] }): JSX.Element {
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
      {open ? <SaveForm key={adjusts ?? 'new'} functions={functions} adjusts={adjusts} onDone={() => setOpen(false)} /> : null}
    </section>
  );
}

export function ReportsPage({ path }: { path: string }): JSX.Element {
  const [, , first, second, third, fourth] = path.split('/');
  const asked = useAsk(() => reportApi.reports(), 'reports', ['signs']);
  if (first === 'snapshots' && second) return <BoardScreen key={second} id={second} />;
  if (first === 'sessions' && second) return <SessionsScreen key={path} activity={second} period={third ?? thisYear()} />;
  if (!asked.data) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  if (!first) return <Index reports={asked.data.reports} functions={asked.data.functions} signs={asked.data.signs} />;
  const place = { report: first, by: (second ?? 'hub') as Cut, period: third ?? thisYear(), school: fourth ?? null };
  return <ReportScreen key={path} place={place} reports={asked.data.reports} terms={asked.data.terms} />;
}
