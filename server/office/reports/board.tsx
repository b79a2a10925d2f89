// board.tsx: a saved snapshot as two pages for the board: targets, the five functions with their trend, terms and areas, and the id that proves them.
import type { JSX } from 'preact';
import { civil, clock, datedDay } from '../../../shared/ui/format.ts';
import { useAsk } from '../live.ts';
import { Link, PageHead, PrintButton, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { lackingWords } from './lacking.tsx';
import { count, figureWords, hiddenWords, reportApi, roundedWords, unknownWords, type Cut, type Figure, type Report, type Snapshot } from './report_api.ts';
import { TargetChart, TargetTable } from './targets.tsx';

function rowsIn(tables: Snapshot['tables'], report: string, by: Cut): readonly Figure[] {
  return tables.find((table) => table.report === report && table.by === by)?.rows ?? [];
}
const rowsOf = (snapshot: Snapshot, report: string, by: Cut): readonly Figure[] => rowsIn(snapshot.tables, report, by);
const totalOf = (tables: Snapshot['tables'], report: string): Figure | undefined => tables.find((table) => table.report === report)?.total;

/** Of a rate of how many it is not known. */
function besideWords(report: Report, total: Figure | undefined): string {
  return report.beside && report.shape === 'rate' && total ? unknownWords(total) : '';
}

/** What the small registers of a function hold, this year and the years before, in a line each. */
function PlanLines({ snapshot, title }: { snapshot: Snapshot; title: string }): JSX.Element | null {
  const then = snapshot.before.map(({ tables }) => rowsIn(tables, 'plan', 'line'));
  const rows = rowsOf(snapshot, 'plan', 'line').filter((row) => row.area === title);
  if (rows.length === 0) return null;
  const before = (row: Figure): string => then.map((year) => year.find((one) => one.name === row.name)).map((one) => (one ? figureWords('number', one) : '–')).join(', ');
  return (
    <dl class="figures plan-lines" aria-label={`${title}: what was written down`}>
      {rows.map((row) => (
        <div key={row.name}>
          <dt>{row.name}</dt>
          <dd>
            {figureWords('number', row)} <small class="mute">({before(row)})</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What a function of the Local Plan can show, this year and the years before. */
function FunctionPart({ snapshot, name, title, words }: { snapshot: Snapshot; name: string; title: string; words: string }): JSX.Element {
  const reports = snapshot.reports.filter((report) => report.function === name && !report.by.includes('line'));
  const noted = rowsOf(snapshot, 'plan', 'line').some((row) => row.area === title);
  const then = (tables: Snapshot['tables'], report: Report): string => {
    // It has no figure of all: its groups stand in a table of their own.
    if (report.shape === 'ratio') return tables === snapshot.tables ? 'By group' : '';
    const total = totalOf(tables, report.name);
    return total ? figureWords(report.shape, total) : '';
  };
  const columns: Column<Report>[] = [
    { name: 'Figure', cell: (report) => report.title },
    ...snapshot.before.map((year) => ({ name: year.period, number: true, cell: (report: Report) => then(year.tables, report) })),
    { name: snapshot.period, number: true, cell: (report) => <b>{then(snapshot.tables, report)}</b> },
  ];
  if (reports.some((report) => report.beside && report.shape === 'rate')) columns.push({ name: 'Not known', number: true, cell: (report) => besideWords(report, totalOf(snapshot.tables, report.name)) });
  return (
    <section>
      <h2>{title}</h2>
      {words ? <p class="said-text">{words}</p> : null}
      {reports.length > 0 ? (
        <Table label={title} columns={columns} items={reports} keyOf={(report) => report.name} />
      ) : words || noted ? null : (
        <p class="mute">No figure and no words of this yet.</p>
      )}
      <PlanLines snapshot={snapshot} title={title} />
    </section>
  );
}

/** Reports down the side: there are more of them than terms or areas. */
function Grid({ snapshot, by, title }: { snapshot: Snapshot; by: Cut; title: string }): JSX.Element | null {
  const reports: Report[] = snapshot.reports.filter((report) => (report.shape === 'ratio') === (by === 'people') && report.by.includes(by) && rowsOf(snapshot, report.name, by).length > 0);
  const names = [...new Set(reports.flatMap((report) => rowsOf(snapshot, report.name, by).map((row) => row.name)))];
  if (names.length === 0) return null;
  const columns: Column<Report>[] = [
    { name: 'Figure', cell: (report) => report.title },
    ...names.map((name) => ({
      name,
      number: true,
      cell: (report: Report) => {
        const one = rowsOf(snapshot, report.name, by).find((row) => row.name === name);
        return one ? figureWords(report.shape, one) : '';
      },
    })),
  ];
  return (
    <section>
      <h2>{title}</h2>
      <Table label={title} columns={columns} items={reports} keyOf={(report) => report.name} />
    </section>
  );
}

/** Where learners stand, from the first stage on; a bar is a share of everybody who came. */
function Stages({ snapshot }: { snapshot: Snapshot }): JSX.Element | null {
  const report = snapshot.reports.find((one) => one.by.includes('stage'));
  const rows = report ? rowsOf(snapshot, report.name, 'stage') : [];
  if (!report || rows.length === 0) return null;
  return (
    <section>
      <h2>{report.title}</h2>
      <dl class="figures">
        {rows.map((row) => (
          <div key={row.name}>
            <dt>{row.name}</dt>
            <dd>{row.hidden ? hiddenWords : `${count(row.part ?? 0)} (${figureWords('rate', row)})`}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** "Thursday 26 November 2026 at 14:05", by the clock of the hub: whoever reads it anywhere reads the same. */
function asOf(at: string): string {
  const { date, minute } = civil(Date.parse(at));
  return `${datedDay(date)} at ${clock(minute)}`;
}

export function BoardScreen({ id }: { id: string }): JSX.Element {
  const asked = useAsk(() => reportApi.snapshot(id), `snapshot ${id}`, []);
  const snapshot = asked.data;
  if (!snapshot) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  const lacking = [...snapshot.before.flatMap(({ tables }) => tables), ...snapshot.tables].find((table) => table.entries_from)?.entries_from;
  const leftOut = Math.max(0, ...snapshot.tables.map((table) => table.left_out ?? 0));
  return (
    <article class="board stack">
      <PageHead title={snapshot.title} crumb={<Link href="/reports">Reports</Link>} sub={`${snapshot.hub}, ${snapshot.period}. Figures as they were on ${asOf(snapshot.at)}.`}>
        <PrintButton />
      </PageHead>
      {snapshot.words ? <p class="said-text">{snapshot.words}</p> : null}
      {snapshot.targets.length > 0 ? (
        <section>
          <h2>Targets</h2>
          <TargetChart targets={snapshot.targets} />
          <TargetTable targets={snapshot.targets} />
        </section>
      ) : null}
      {snapshot.functions.map(({ name, title, words }) => (
        <FunctionPart key={name} snapshot={snapshot} name={name} title={title} words={words} />
      ))}
      <Stages snapshot={snapshot} />
      <Grid snapshot={snapshot} by="term" title="By term" />
      <Grid snapshot={snapshot} by="area" title="By area" />
      <Grid snapshot={snapshot} by="people" title="By group" />
      <div class="not-printed stack">
        <Grid snapshot={snapshot} by="kind" title="By kind" />
        <Grid snapshot={snapshot} by="partner" title="By partner" />
      </div>
      <footer>
        <p class="mute">
          Snapshot {id}
          {snapshot.adjusts ? `, adjusts ${snapshot.adjusts}` : ''}. {roundedWords}
          {leftOut > 0 ? ` It keeps no figure of each of ${count(leftOut)} schools: they are in Reports.` : ''}
          {lacking ? ` ${lackingWords(lacking)} They do not count in figures of those years.` : ''}
        </p>
      </footer>
    </article>
  );
}
