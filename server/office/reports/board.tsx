// board.tsx: a saved snapshot as two pages for the board: targets, figures, terms and areas, and the id that proves them.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, longDate } from '../../../shared/ui/format.ts';
import { useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';
import { figureWords, reportApi, type Cut, type Figure, type Report, type Snapshot } from './report_api.ts';
import { TargetTable } from './reports.tsx';

function rowsOf(snapshot: Snapshot, report: string, by: Cut): readonly Figure[] {
  return snapshot.tables.find((table) => table.report === report && table.by === by)?.rows ?? [];
}
function totalOf(snapshot: Snapshot, report: string): Figure | undefined {
  return snapshot.tables.find((table) => table.report === report)?.total;
}

function Grid({ snapshot, by, title }: { snapshot: Snapshot; by: Cut; title: string }): JSX.Element | null {
  const reports: Report[] = snapshot.reports.filter((report) => report.by.includes(by));
  const names = [...new Set(reports.flatMap((report) => rowsOf(snapshot, report.name, by).map((row) => row.name)))];
  if (names.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <div class="scroll" role="region" aria-label={title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              {reports.map((report) => (
                <th scope="col" class="num" key={report.name}>
                  {report.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {reports.map((report) => {
                  const one = rowsOf(snapshot, report.name, by).find((row) => row.name === name);
                  return (
                    <td class="num" key={report.name}>
                      {one ? figureWords(report.shape, one) : ''}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** "Thursday 26 November 2026 at 14:05", by the clock of whoever reads. */
function asOf(at: string): string {
  const when = new Date(at);
  return `${longDate(at.slice(0, 10))} ${at.slice(0, 4)} at ${clock(when.getHours() * 60 + when.getMinutes())}`;
}

export function BoardScreen({ id }: { id: string }): JSX.Element {
  const asked = useAsk(() => reportApi.snapshot(id), `snapshot ${id}`, []);
  const snapshot = asked.data;
  if (!snapshot) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  return (
    <article class="board stack">
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href="/reports">Reports</Link>
          </p>
          <h1>{snapshot.title}</h1>
          <p>
            {snapshot.hub}, school year {snapshot.period}. Figures as they were on {asOf(snapshot.at)}.
          </p>
        </div>
        <button type="button" class="b2" onClick={() => window.print()}>
          <Icon name="printer" />
          Print
        </button>
      </header>
      {snapshot.words ? <p class="said-text">{snapshot.words}</p> : null}
      {snapshot.targets.length > 0 ? (
        <section>
          <h2>Targets</h2>
          <div class="scroll" role="region" aria-label="Targets" tabIndex={0}>
            <TargetTable targets={snapshot.targets} />
          </div>
        </section>
      ) : null}
      <section>
        <h2>The hub</h2>
        <dl class="figures">
          {snapshot.reports.map((report) => {
            const total = totalOf(snapshot, report.name);
            return (
              <div key={report.name}>
                <dt>{report.title}</dt>
                <dd>{total ? figureWords(report.shape, total) : ''}</dd>
              </div>
            );
          })}
        </dl>
      </section>
      <Grid snapshot={snapshot} by="term" title="Term" />
      <Grid snapshot={snapshot} by="area" title="Area" />
      <Grid snapshot={snapshot} by="kind" title="Kind" />
      <Grid snapshot={snapshot} by="partner" title="Partner" />
      <Grid snapshot={snapshot} by="people" title="Group" />
      <footer>
        <p class="mute">
          Snapshot {id}
          {snapshot.adjusts ? `, adjusts ${snapshot.adjusts}` : ''}. Numbers under five are not shown, and others with them where they could be worked out.
        </p>
      </footer>
    </article>
  );
}
