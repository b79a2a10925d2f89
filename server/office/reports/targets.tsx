// targets.tsx: what the lead wants of a school year, how far it is, and the form that sets it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import { Select, Text } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { failureOf, go, me, refresh, useAsk } from '../live.ts';
import { Empty, Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { addressOf } from './address.ts';
import { Lacking } from './lacking.tsx';
import { count, reportApi, roundedWords, statePill, stateWords, targetWords, thisYear, unknownWords, yearWords, type Measure, type Report, type Target } from './report_api.ts';

/** How far each target is, drawn to a line where it is met; the table beside it says the same in words. */
export function TargetChart({ targets }: { targets: readonly Target[] }): JSX.Element | null {
  if (targets.length === 0) return null;
  const line = 34;
  const [left, wide, most] = [230, 300, 1.25];
  return (
    <figure class="chart card">
      <svg viewBox={`0 0 640 ${targets.length * line}`} role="img" aria-label="How far each target is: the table has the same figures">
        {targets.map((one, index) => {
          const { now, reached } = targetWords(one);
          return (
            <g key={one.report} transform={`translate(0 ${index * line})`}>
              <text x="0" y="22" class="cn">
                {one.title}
              </text>
              <rect class="ct" x={left} y="7" width={wide} height="20" rx="4" />
              <rect class="cb" x={left} y="7" width={Math.round((wide * Math.min(reached, most)) / most)} height="20" rx="4" />
              <line class="cg" x1={left + wide / most} x2={left + wide / most} y1="3" y2="31" />
              <text x="640" y="22" class="cv">
                {now}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption>The line is the target.</figcaption>
    </figure>
  );
}

const reportOf = (one: Target, reports: readonly Report[], year: string): string => {
  const report = reports.find(({ name }) => name === one.report);
  return addressOf({ report: one.report, by: report?.by.includes('school') ? 'school' : 'hub', period: year, school: null });
};

interface TableProps {
  targets: readonly Target[];
  /** Without it the titles are no links: a saved snapshot is not what the report says today. */
  open?: { reports: readonly Report[]; year: string };
  onEdit?: (one: Target) => void;
}

export function TargetTable({ targets, open, onEdit }: TableProps): JSX.Element {
  const columns: Column<Target>[] = [
    { name: 'Target', cell: (one) => (open ? <Link href={reportOf(one, open.reports, open.year)}>{one.title}</Link> : one.title) },
    { name: 'Wanted', number: true, folds: true, cell: (one) => targetWords(one).wanted },
    {
      name: 'So far',
      number: true,
      foldsLast: true,
      cell: (one) => (
        <>
          <span>{targetWords(one).now}</span>
          {one.beside !== undefined ? <small>{unknownWords(one)}</small> : null}
        </>
      ),
    },
    { name: 'State', class: 'time', cell: (one) => <span class={statePill(one)}>{stateWords[one.state]}</span> },
    {
      name: 'Note',
      class: 'note',
      folds: (one) => one.note !== '',
      cell: (one) => (
        <>
          <span>{one.note}</span>
          {open && one.who ? <small>{`${one.who}, ${moment(one.at, Date.now())}`}</small> : null}
        </>
      ),
    },
  ];
  if (onEdit) {
    columns.push({
      name: 'Change',
      foldsLast: true,
      plain: 'last',
      class: 'act',
      cell: (one) => (
        <button type="button" class="b3" onClick={() => onEdit(one)} aria-label={`Change the target ${one.title}`}>
          <Icon name="pencil" />
          Change
        </button>
      ),
    });
  }
  return <Table label="Targets" columns={columns} items={targets} keyOf={(one) => one.report} />;
}

const measureWords: Record<Measure, string> = { number: 'A number', growth: 'Growth on a baseline', share: 'A share of the whole' };
const goalWords: Record<Measure, string> = { number: 'Number wanted', growth: 'Per cent more', share: 'Per cent wanted' };
const numberOf = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));

function TargetForm({ reports, year, start, onDone }: { reports: readonly Report[]; year: string; start: Target | null; onDone: () => void }): JSX.Element {
  const [name, setName] = useState(start?.report ?? 'tuition');
  const [measure, setMeasure] = useState<Measure>(start?.measure ?? 'number');
  const [goal, setGoal] = useState(start ? String(start.goal) : '');
  const [baseline, setBaseline] = useState(start?.baseline ? String(start.baseline) : '');
  const [note, setNote] = useState(start?.note ?? '');
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const report = reports.find((one) => one.name === name);
  const measures: Measure[] = report?.shape === 'rate' ? ['number', 'growth', 'share'] : ['number', 'growth'];
  const chosen = measures.includes(measure) ? measure : 'number';
  const send = async (wanted: string): Promise<void> => {
    const [most, base] = [numberOf(wanted), numberOf(baseline)];
    try {
      const wish = { report: name, year: Number(year), note, measure: chosen };
      await reportApi.setTarget(most === undefined ? { report: name, year: Number(year) } : { ...wish, goal: most, ...(chosen === 'growth' && base !== undefined ? { baseline: base } : {}) });
      refresh('targets');
      onDone();
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <form
      class="card"
      aria-label={start ? `Change the target ${start.title}` : 'A new target'}
      onSubmit={(event) => {
        event.preventDefault();
        void send(goal);
      }}
    >
      <h2>{start ? `${start.title}, ${yearWords(year)}` : `A new target for ${yearWords(year)}`}</h2>
      <div class="choices">
        {start ? null : <Select label="Report" value={name} onValue={setName} choices={reports.filter((one) => one.shape !== 'ratio' && !one.by.includes('line')).map((one) => ({ value: one.name, label: one.title }))} />}
        <Select label="What it is" value={chosen} onValue={(word) => setMeasure(word as Measure)} choices={measures.map((one) => ({ value: one, label: measureWords[one] }))} />
        <label class="field">
          <span>{goalWords[chosen]}</span>
          <input class="input" required inputMode="numeric" pattern="[1-9][0-9]*" value={goal} onInput={(event) => setGoal(event.currentTarget.value)} />
        </label>
        {chosen === 'growth' ? (
          <label class="field">
            <span>Baseline</span>
            <input class="input" required inputMode="numeric" pattern="[1-9][0-9]*" value={baseline} onInput={(event) => setBaseline(event.currentTarget.value)} />
          </label>
        ) : null}
      </div>
      {report ? <p class="mute">{chosen === 'share' ? `${report.part}, of: ${report.whole.toLowerCase()}.` : `${report.part}. ${report.says}`}</p> : null}
      <Text label="Note, if there is one to make" value={note} maxLength={400} required={false} onValue={setNote} />
      <div class="files">
        <button type="submit" class="b1">
          Set the target
        </button>
        <button type="button" class="b2" onClick={onDone}>
          Leave it
        </button>
        {start ? (
          <button type="button" class="b3" onClick={() => void send('')}>
            Take it away
          </button>
        ) : null}
      </div>
      <Trouble failure={failure} />
    </form>
  );
}

function YearChoice({ year }: { year: string }): JSX.Element {
  const now = Number(thisYear());
  const choices = [now + 1, now, now - 1, now - 2, now - 3].map((one) => ({ value: String(one), label: yearWords(String(one)) }));
  return <Select label="School year" value={year} onValue={(chosen) => go(`/targets/${chosen}`)} choices={choices} />;
}

export function TargetsScreen({ year = thisYear() }: { year?: string | undefined }): JSX.Element {
  const asked = useAsk(() => reportApi.targets(year), `targets ${year}`, ['targets', 'today'], 2000);
  const reports = useAsk(() => reportApi.reports(), 'reports', []).data?.reports ?? [];
  const [editing, setEditing] = useState<Target | 'new' | null>(null);
  const leads = me.value?.roles.includes('lead') ?? false;
  const targets = asked.data?.targets ?? [];
  const met = targets.filter((one) => one.state === 'met').length;
  const edit = leads ? { onEdit: setEditing } : {};
  return (
    <>
      <PageHead title="Targets" sub={asked.data ? (targets.length > 0 ? `${yearWords(year)}: ${count(met)} of ${count(targets.length)} met so far. Each opens to what it is made of.` : yearWords(year)) : 'Asking…'}>
        <div class="choices">
          <YearChoice year={year} />
          {leads && editing === null ? (
            <button type="button" class="b1" onClick={() => setEditing('new')}>
              <Icon name="plus" />
              Add a target
            </button>
          ) : null}
        </div>
      </PageHead>
      <Trouble failure={asked.failure} />
      <Lacking from={targets.length > 0 ? asked.data?.entries_from : undefined} />
      {leads && editing !== null ? <TargetForm key={editing === 'new' ? 'new' : editing.report} reports={reports} year={year} start={editing === 'new' ? null : editing} onDone={() => setEditing(null)} /> : null}
      {asked.data && targets.length === 0 ? (
        <Empty icon="target" title={`No targets for ${yearWords(year)}`}>
          {leads ? 'Add the first one above.' : 'The hub lead sets them.'}
        </Empty>
      ) : null}
      <TargetChart targets={targets} />
      <TargetTable targets={targets} open={{ reports, year }} {...edit} />
      {targets.some((one) => one.rounded) ? <p class="mute">{roundedWords}</p> : null}
    </>
  );
}
