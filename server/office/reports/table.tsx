// table.tsx: one report: what it says, its chart, its table, and the ways to cut it. Its address says all of it, so that a figure can be sent.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, longDate, shortDate } from '../../../shared/ui/format.ts';
import { go, me, useAsk } from '../live.ts';
import { Link, Trouble, useSorted, type Column } from '../parts.tsx';
import { addressOf, type Place } from './address.ts';
import { count, figureWords, fileOf, lessonsOf, reportApi, roundedWords, share, thisYear, unknownWords, type Cut, type Figure, type Report, type ReportTable, type Term } from './report_api.ts';

const cutWords: Record<Cut, string> = { hub: 'Whole hub', term: 'By term', area: 'By area', school: 'By school', activity: 'By activity', kind: 'By kind', phase: 'By phase', stage: 'By stage', partner: 'By partner', people: 'By group' };
const heads: Record<Cut, string> = { hub: 'Hub', term: 'Term', area: 'Area', school: 'School', activity: 'Activity', kind: 'Kind', phase: 'Phase', stage: 'Stage', partner: 'Partner', people: 'Group' };

export const sees = (): boolean => me.value?.role !== 'lead' && me.value?.role !== 'partner';
const tells = (report: Report): boolean => report.shape === 'rate' || report.shape === 'ratio';

/** Bars by the server's sums, drawn to a hundred or to the largest; the table below says the same in words. */
function Chart({ report, rows }: { report: Report; rows: readonly Figure[] }): JSX.Element | null {
  const shown = rows.slice(0, 40);
  if (shown.length < 2) return null;
  const most = Math.max(0, ...shown.map((one) => one.part ?? 0));
  const line = 30;
  return (
    <figure class="chart card">
      <svg viewBox={`0 0 760 ${shown.length * line}`} role="img" aria-label={`${report.title}: the table below has the same figures`}>
        {shown.map((one, index) => (
          <g key={one.id ?? one.name} transform={`translate(0 ${index * line})`}>
            <text x="0" y="20" class="cn">
              {one.name.length > 40 ? `${one.name.slice(0, 39)}…` : one.name}
            </text>
            <rect class="ct" x="300" y="6" width="370" height="18" rx="4" />
            <rect class="cb" x="300" y="6" width={Math.round(370 * share(report.shape, one, most))} height="18" rx="4" />
            <text x="760" y="20" class="cv">
              {figureWords(report.shape, one)}
            </text>
          </g>
        ))}
      </svg>
      {rows.length > shown.length ? <figcaption>The first {shown.length} of {rows.length}; the table has all.</figcaption> : null}
    </figure>
  );
}

function nextOf(report: Report, place: Place, one: Figure): string | null {
  // Schools are no children: whoever sees the sum sees which they are.
  if (place.report === 'coverage') return place.by === 'school' && one.id ? `/schools/${one.id}` : addressOf({ ...place, by: 'school' });
  if (place.by === 'partner') return one.id ? `/partners/${one.id}` : null;
  if (!sees() || !one.id) return null;
  if (place.report === 'disadvantaged' && place.by === 'school') return me.value?.roles.includes('office') ? `/reports/behind/${one.id}/${place.period}` : null;
  if (place.by === 'school' && report.by.includes('activity')) return addressOf({ ...place, by: 'activity', school: one.id });
  return place.by === 'activity' ? `/reports/sessions/${one.id}/${place.period}` : null;
}

function Row({ report, place, one, total }: { report: Report; place: Place; one: Figure; total?: boolean }): JSX.Element {
  const next = total ? null : nextOf(report, place, one);
  const owes = report.name === 'owed' && place.by === 'school' && one.id && sees() && !total;
  return (
    <tr class={total ? 'total' : ''}>
      <th scope="row">
        {next ? <Link href={next}>{one.name}</Link> : one.name}
        {one.area ? <small>{one.area}</small> : null}
      </th>
      {one.hidden ? (
        <td class="num" colSpan={(tells(report) ? 3 : 1) + (report.beside ? 1 : 0)}>
          Fewer than 5
        </td>
      ) : (
        <>
          {tells(report) ? (
            <>
              <td class="num">{count(one.part ?? 0)}</td>
              <td class="num">{count(one.whole ?? 0)}</td>
            </>
          ) : null}
          <td class="num">
            <b>{figureWords(report.shape, one)}</b>
          </td>
          {report.beside ? <td class="num">{count(one.beside ?? 0)}</td> : null}
        </>
      )}
      {report.name === 'owed' && place.by === 'school' && sees() ? (
        <td class="num">
          {owes ? (
            <a href={lessonsOf(one.id ?? '', place.period)} download>
              Statement
            </a>
          ) : null}
        </td>
      ) : null}
    </tr>
  );
}

function Figures({ report, place, table }: { report: Report; place: Place; table: ReportTable }): JSX.Element {
  const columns: Column<Figure>[] = [{ name: heads[place.by], value: (one) => one.name }];
  if (tells(report)) columns.push({ name: report.part, value: (one) => one.part ?? -1, number: true }, { name: report.whole, value: (one) => one.whole ?? -1, number: true });
  columns.push({ name: report.shape === 'rate' ? 'Per cent' : report.shape === 'ratio' ? 'Parity' : report.part, value: (one) => (tells(report) && one.whole ? share(report.shape, one, 1) : (one.part ?? -1)), number: true });
  if (report.beside) columns.push({ name: report.beside, value: (one) => one.beside ?? -1, number: true });
  if (report.name === 'owed' && place.by === 'school' && sees()) columns.push({ name: 'Lessons', value: () => 0, number: true });
  const { items, head } = useSorted(table.rows, columns);
  return (
    <div class="scroll" role="region" aria-label={report.title} tabIndex={0}>
      <table>
        <thead>{head}</thead>
        <tbody>
          {items.map((one) => (
            <Row key={one.id ?? one.name} report={report} place={place} one={one} />
          ))}
        </tbody>
        {place.by === 'people' ? null : (
          <tfoot>
            <Row report={report} place={place} one={{ ...table.total, name: 'All' }} total />
          </tfoot>
        )}
      </table>
    </div>
  );
}

function Choices({ report, place, terms }: { report: Report; place: Place; terms: readonly Term[] }): JSX.Element {
  const years = [Number(thisYear()), Number(thisYear()) - 1, Number(thisYear()) - 2];
  const cuts = report.by.filter((by) => by !== 'activity' || me.value?.role === 'partner' || (sees() && place.school));
  return (
    <div class="choices">
      <label class="field">
        <span>Cut</span>
        <select class="input" value={place.by} onChange={(event) => go(addressOf({ ...place, by: event.currentTarget.value as Cut }))}>
          {cuts.map((by) => (
            <option key={by} value={by}>
              {cutWords[by]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Period</span>
        <select class="input" value={place.period} onChange={(event) => go(addressOf({ ...place, period: event.currentTarget.value }))}>
          {years.map((year) => (
            <option key={year} value={String(year)}>{`School year ${year}/${String(year + 1).slice(2)}`}</option>
          ))}
          {report.yearly
            ? null
            : terms.map((term) => (
                <option key={term.from} value={term.from}>
                  {term.name}
                </option>
              ))}
        </select>
      </label>
      <div class="files">
        <a class="b2" href={fileOf(place.report, place.by, place.period, place.school, 'csv')} download>
          <Icon name="download" />
          CSV
        </a>
        <a class="b2" href={fileOf(place.report, place.by, place.period, place.school, 'xlsx')} download>
          <Icon name="download" />
          Excel
        </a>
        <button type="button" class="b2" onClick={() => window.print()}>
          <Icon name="printer" />
          Print
        </button>
      </div>
    </div>
  );
}

export function ReportScreen({ place, reports, terms }: { place: Place; reports: readonly Report[]; terms: readonly Term[] }): JSX.Element {
  const report = reports.find((one) => one.name === place.report);
  const asked = useAsk(() => reportApi.table(place.report, place.by, place.period, place.school), addressOf(place), ['today'], 2000);
  const table = asked.data;
  if (!report) return <p>There is no such report.</p>;
  return (
    <>
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href="/reports">Reports</Link>
          </p>
          <h1>{report.title}</h1>
          <p>{table ? `${table.period}, ${shortDate(table.from)} to ${shortDate(table.to)}` : 'Asking…'}</p>
        </div>
        {place.by === 'people' ? null : (
          <p class="big" aria-label="The whole">
            {table ? figureWords(report.shape, table.total) : ''}
            {table && report.beside && report.shape === 'rate' ? <small>{unknownWords(table.total)}</small> : null}
          </p>
        )}
      </header>
      <p class="says">{report.says}</p>
      <Choices report={report} place={place} terms={terms} />
      {place.school ? (
        <p>
          <Link href={addressOf({ ...place, by: 'school', school: null })}>All schools</Link>
        </p>
      ) : null}
      <Trouble failure={asked.failure} />
      {table && table.rows.length === 0 && place.by !== 'hub' ? <p class="mute">Nothing of this period is recorded yet.</p> : null}
      {table ? <Chart report={report} rows={table.rows} /> : null}
      {table ? <Figures report={report} place={place} table={table} /> : null}
      {table?.rounded ? <p class="mute">{roundedWords}</p> : null}
    </>
  );
}

/** The sessions behind the figure of one activity; each leads to its register, where the rows are. */
export function SessionsScreen({ activity, period }: { activity: string; period: string }): JSX.Element {
  const asked = useAsk(() => reportApi.sessions(activity, period), `sessions ${activity} ${period}`, ['today'], 2000);
  const sessions = asked.data?.sessions ?? [];
  return (
    <>
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href="/reports">Reports</Link>
          </p>
          <h1>{sessions[0]?.activity ?? 'Sessions'}</h1>
          <p>{asked.data ? `${sessions.length} sessions` : 'Asking…'}</p>
        </div>
      </header>
      <Trouble failure={asked.failure} />
      {sessions.length > 0 ? (
        <div class="scroll" role="region" aria-label="Sessions" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col">Tutor</th>
                <th scope="col">State</th>
                <th scope="col" class="num">
                  Here
                </th>
                <th scope="col" class="num">
                  Away
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((one) => (
                <tr key={one.session}>
                  <th scope="row">
                    <Link href={`/registers/${one.session}`}>{`${longDate(one.date)}, ${clock(one.starts)}`}</Link>
                  </th>
                  <td>{one.staff ?? ''}</td>
                  <td>
                    {one.status}
                    {one.cause ? <small>{`${one.cause.replace('_', ' ')}${one.notice_days != null ? `, ${one.notice_days} days’ notice` : ''}`}</small> : null}
                    {one.register ? <small>{`register ${one.register}`}</small> : null}
                    {one.makeup ? <small>make-up</small> : null}
                  </td>
                  <td class="num">{one.here}</td>
                  <td class="num">{one.away}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </>
  );
}
