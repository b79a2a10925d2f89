// reports.tsx: which reports there are, targets, snapshots, and which page of them an address shows.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import { ActForm, Checks } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { failureOf, go, me, refresh, useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';
import { BoardScreen } from './board.tsx';
import { figureWords, reportApi, returnOf, targetWords, thisYear, type Cut, type Report, type Sign, type Target } from './report_api.ts';
import { addressOf, ReportScreen, SessionsScreen } from './table.tsx';

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

function Index({ reports, signs }: { reports: readonly Report[]; signs: readonly Sign[] }): JSX.Element {
  const own = me.value?.role === 'partner';
  return (
    <>
      <header class="hd">
        <div>
          <h1>Reports</h1>
          <p>{own ? 'Your own activities, the school year so far.' : 'The school year so far. Each figure opens to what it is made of.'}</p>
        </div>
      </header>
      <div class="scroll" role="region" aria-label="Reports" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Report</th>
              <th scope="col">What it counts</th>
              <th scope="col" class="num">
                This year
              </th>
            </tr>
          </thead>
          <tbody>
            {reports.map((report) => (
              <Line key={report.name} report={report} />
            ))}
          </tbody>
        </table>
      </div>
      {own ? null : <Targets reports={reports} />}
      {own ? null : <Snapshots />}
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

/* ---- targets ---- */

export function TargetTable({ targets, onEdit }: { targets: readonly Target[]; onEdit?: (one: Target) => void }): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col" class="num">
            Wanted
          </th>
          <th scope="col" class="num">
            So far
          </th>
          <th scope="col">State</th>
          {onEdit ? <th scope="col">Change</th> : null}
        </tr>
      </thead>
      <tbody>
        {targets.map((one) => {
          const words = targetWords(one);
          return (
            <tr key={one.report}>
              <th scope="row">{one.title}</th>
              <td class="num">{words.wanted}</td>
              <td class="num">{words.now}</td>
              <td>
                <span class={`pill ${words.met ? 'good' : 'warn'}`}>{words.met ? 'Met' : 'Not yet'}</span>
              </td>
              {onEdit ? (
                <td>
                  <button type="button" class="b3" onClick={() => onEdit(one)} aria-label={`Change the target ${one.title}`}>
                    <Icon name="pencil" />
                    Change
                  </button>
                </td>
              ) : null}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function TargetForm({ reports, start, onDone }: { reports: readonly Report[]; start: Target | null; onDone: () => void }): JSX.Element {
  const [report, setReport] = useState(start?.report ?? 'tuition');
  const [goal, setGoal] = useState(start ? String(start.goal) : '');
  const [baseline, setBaseline] = useState(start?.baseline === undefined ? '' : String(start.baseline));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await reportApi.setTarget(report, Number(thisYear()), goal === '' ? null : Number(goal), baseline === '' ? null : Number(baseline));
      refresh('targets');
      onDone();
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <form class="choices" onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>Report</span>
        <select class="input" value={report} onChange={(event) => setReport(event.currentTarget.value)}>
          {reports
            .filter((one) => one.shape !== 'middle' && one.shape !== 'ratio')
            .map((one) => (
              <option key={one.name} value={one.name}>
                {one.title}
              </option>
            ))}
        </select>
      </label>
      <label class="field">
        <span>{report === 'disadvantaged' ? 'Per cent wanted' : baseline === '' ? 'Number wanted' : 'Per cent more'}</span>
        <input class="input" inputMode="numeric" pattern="[0-9]*" value={goal} onInput={(event) => setGoal(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>Baseline, if it is growth</span>
        <input class="input" inputMode="numeric" pattern="[0-9]*" value={baseline} onInput={(event) => setBaseline(event.currentTarget.value)} />
      </label>
      <div class="files">
        <button type="submit" class="b1">
          Set the target
        </button>
      </div>
      <Trouble failure={failure} />
    </form>
  );
}

function Targets({ reports }: { reports: readonly Report[] }): JSX.Element {
  const asked = useAsk(() => reportApi.targets(thisYear()), 'targets', ['targets', 'today'], 2000);
  const [editing, setEditing] = useState<Target | 'new' | null>(null);
  const leads = me.value?.role === 'lead';
  const targets = asked.data?.targets ?? [];
  return (
    <section class="card" aria-labelledby="targets">
      <h2 id="targets">Targets {asked.data?.year ?? ''}</h2>
      <Trouble failure={asked.failure} />
      {targets.length > 0 ? (
        <div class="scroll" role="region" aria-label="Targets" tabIndex={0}>
          <TargetTable targets={targets} {...(leads ? { onEdit: setEditing } : {})} />
        </div>
      ) : <p class="mute">The hub lead has set no target for this school year.</p>}
      {leads && editing === null ? (
        <p>
          <button type="button" class="b2" onClick={() => setEditing('new')}>
            <Icon name="plus" />
            Add a target
          </button>
        </p>
      ) : null}
      {leads && editing !== null ? <TargetForm key={editing === 'new' ? 'new' : editing.report} reports={reports} start={editing === 'new' ? null : editing} onDone={() => setEditing(null)} /> : null}
    </section>
  );
}

/* ---- snapshots ---- */

function SaveForm({ adjusts, onDone }: { adjusts: string | null; onDone: () => void }): JSX.Element {
  const [title, setTitle] = useState('');
  const [words, setWords] = useState('');
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
        <input class="input" required maxLength={200} value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>What the board should know</span>
        <textarea class="input" rows={5} maxLength={4000} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
      <p>
        <button type="submit" class="b1">
          Save the figures as they are now
        </button>
      </p>
      <Trouble failure={failure} />
    </form>
  );
}

function Snapshots(): JSX.Element {
  const asked = useAsk(() => reportApi.snapshots(), 'snapshots', ['snapshots']);
  const [adjusts, setAdjusts] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const may = me.value?.role === 'lead' || me.value?.role === 'office';
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
      {open ? <SaveForm key={adjusts ?? 'new'} adjusts={adjusts} onDone={() => setOpen(false)} /> : null}
    </section>
  );
}

export function ReportsPage({ path }: { path: string }): JSX.Element {
  const [, , first, second, third, fourth] = path.split('/');
  const asked = useAsk(() => reportApi.reports(), 'reports', ['signs']);
  if (first === 'snapshots' && second) return <BoardScreen key={second} id={second} />;
  if (first === 'sessions' && second) return <SessionsScreen key={path} activity={second} period={third ?? thisYear()} />;
  if (!asked.data) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  if (!first) return <Index reports={asked.data.reports} signs={asked.data.signs} />;
  const place = { report: first, by: (second ?? 'hub') as Cut, period: third ?? thisYear(), school: fourth ?? null };
  return <ReportScreen key={path} place={place} reports={asked.data.reports} terms={asked.data.terms} />;
}
