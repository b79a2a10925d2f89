// table.tsx: one report: what it says, its chart, its table, and the ways to cut it. Its address says all of it, so that a figure can be sent.
import type { JSX } from 'preact';
import { fullDate } from '../../../shared/ui/format.ts';
import { go, me, useAsk } from '../live.ts';
import { Select } from '../acting.tsx';
import { Download, Link, PageHead, PrintButton, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { addressOf, type Place } from './address.ts';
import { Lacking } from './lacking.tsx';
import { PeriodChoice } from './period.tsx';
import { count, figureWords, fileOf, lessonsOf, reportApi, roundedWords, share, unknownWords, type Cut, type Figure, type Report, type ReportTable, type Term } from './report_api.ts';

const cutWords: Record<Cut, string> = { hub: 'Whole hub', term: 'By term', area: 'By area', school: 'By school', activity: 'By activity', kind: 'By kind', phase: 'By phase', stage: 'By stage', partner: 'By partner', people: 'By group', line: 'By line' };
const heads: Record<Cut, string> = { hub: 'Hub', term: 'Term', area: 'Area', school: 'School', activity: 'Activity', kind: 'Kind', phase: 'Phase', stage: 'Stage', partner: 'Partner', people: 'Group', line: 'Line' };

export const sees = (): boolean => me.value?.role !== 'lead' && me.value?.role !== 'partner';
/** Groups overlap and lines count different things: there is no sum of them. */
const addsUp = (report: Report): boolean => report.shape !== 'ratio' && !report.by.includes('line');
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
          <g key={index} transform={`translate(0 ${index * line})`}>
            <text x="0" y="20" class="cn">
              {one.name.length > 40 ? `${one.name.slice(0, 39)}…` : one.name}
            </text>
            <rect class="ct" x="300" y="6" width="370" height="18" rx="4" />
            <rect class="cb" x="300" y="6" width={Math.round(370 * share(report.shape, one, most))} height="18" rx="4" />
            {report.shape === 'ratio' ? <line class="cg" x1="485" x2="485" y1="3" y2="27" /> : null}
            <text x="760" y="20" class="cv">
              {figureWords(report.shape, one)}
            </text>
          </g>
        ))}
      </svg>
      {report.shape === 'ratio' ? <figcaption>The line in each bar is 1.00: the group is as large among those who come as where they live.</figcaption> : null}
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

function Name({ report, place, one }: { report: Report; place: Place; one: Figure }): JSX.Element {
  const next = nextOf(report, place, one);
  return (
    <>
      {next ? <Link href={next}>{one.name}</Link> : one.name}
      {one.area ? <small>{one.area}</small> : null}
    </>
  );
}

/** Groups of people in each area: a heading each. */
const byPeopleAndArea = (report: Report, place: Place): boolean => report.shape === 'ratio' && place.by === 'area';

/** Of what is not shown one cell says so, and the others are empty. */
function columnsOf(report: Report, place: Place): Column<Figure>[] {
  const figure = report.shape === 'rate' ? 'Per cent' : report.shape === 'ratio' ? 'Parity' : report.part;
  // On a phone the figure stands beside the name, and below the name what it is made of.
  const number = (name: string, of: (one: Figure) => number | undefined): Column<Figure> => ({ name, number: true, folds: (one) => !one.hidden, by: (one) => of(one) ?? -1, cell: (one) => (one.hidden ? '' : count(of(one) ?? 0)) });
  const first: Column<Figure> = byPeopleAndArea(report, place)
    ? { name: heads.area, by: (one) => one.area ?? '', cell: (one) => one.area }
    : { name: heads[place.by], by: (one) => (place.by === 'line' ? (one.area ?? '') : one.name), cell: (one, isTotal) => (isTotal ? 'All' : <Name report={report} place={place} one={one} />) };
  const columns: Column<Figure>[] = [first];
  if (tells(report)) columns.push(number(report.part, (one) => one.part), number(report.whole, (one) => one.whole));
  columns.push({ name: figure, number: true, by: (one) => (tells(report) && one.whole ? share(report.shape, one, 1) : (one.part ?? -1)), cell: (one) => <b>{figureWords(report.shape, one)}</b> });
  if (report.beside) columns.push(number(report.beside, (one) => one.beside));
  if (report.name === 'owed' && place.by === 'school' && sees()) {
    columns.push({
      name: 'Lessons',
      number: true,
      cell: (one, isTotal) =>
        one.id && !isTotal ? (
          <a href={lessonsOf(one.id, place.period)} download="" aria-label={`Statement of ${one.name}`}>
            Statement
          </a>
        ) : null,
    });
  }
  return columns;
}

function Choices({ report, place, terms }: { report: Report; place: Place; terms: readonly Term[] }): JSX.Element {
  const cuts = report.by.filter((by) => (by !== 'hub' || !report.by.includes('line')) && (by !== 'activity' || me.value?.role === 'partner' || (sees() && place.school)));
  return (
    <div class="choices">
      <Select label="Figures" value={place.by} onValue={(by) => go(addressOf({ ...place, by: by as Cut }))} choices={cuts.map((by) => ({ value: by, label: cutWords[by] }))} />
      <PeriodChoice period={place.period} terms={report.yearly ? [] : terms} onChange={(period) => go(addressOf({ ...place, period }))} />
      <div class="files">
        <Download href={fileOf(place.report, place.by, place.period, place.school, 'csv')}>CSV</Download>
        <Download href={fileOf(place.report, place.by, place.period, place.school, 'xlsx')}>Excel</Download>
        <PrintButton />
      </div>
    </div>
  );
}

/** What the figure beside the title is. */
function wholeWords(report: Report, place: Place): string {
  const of = place.school ? 'this school' : me.value?.role === 'partner' ? 'your own activities' : 'whole hub';
  if (report.shape === 'middle') return `the median, ${of}`;
  return report.shape === 'rate' ? `${report.part.toLowerCase()}, ${of}` : `${report.part.toLowerCase()} in all`;
}

/** Of the whole hub there is no row but the sum. */
function Figures({ report, place, table }: { report: Report; place: Place; table: ReportTable }): JSX.Element {
  const sum = { ...table.total, name: 'All' };
  return (
    <Table
      key={addressOf(place)}
      label={report.title}
      columns={columnsOf(report, place)}
      items={place.by === 'hub' ? [] : table.rows}
      keyOf={(one) => one.id ?? `${one.name} ${one.area ?? ''}`}
      // Stages climb, and groups stand as in the chart: neither is a list of names.
      most={500}
      first={place.by === 'stage' || place.by === 'people' ? -1 : 0}
      {...(byPeopleAndArea(report, place) ? { group: (one: Figure) => one.name } : {})}
      total={addsUp(report) ? sum : undefined}
      empty={place.by === 'hub' ? null : 'Nothing of this period is recorded yet. Choose another period above, or figures by something else.'}
    />
  );
}

export function ReportScreen({ place, reports, terms }: { place: Place; reports: readonly Report[]; terms: readonly Term[] }): JSX.Element {
  const report = reports.find((one) => one.name === place.report);
  const asked = useAsk(() => reportApi.table(place.report, place.by, place.period, place.school), addressOf(place), ['today'], 2000);
  const table = asked.data;
  if (!report) return <PageHead title="No such report" crumb={<Link href="/reports">Reports</Link>} sub="None has this address. Reports names them all." />;
  return (
    <>
      <PageHead title={report.title} crumb={<Link href="/reports">Reports</Link>} sub={table ? `${table.period}, ${fullDate(table.from)} to ${fullDate(table.to)}` : asked.failure ? '' : 'Asking…'}>
        {!addsUp(report) ? null : (
          <p class="big">
            {table ? figureWords(report.shape, table.total) : ''}
            <small>{table && report.beside && report.shape === 'rate' ? unknownWords(table.total) : wholeWords(report, place)}</small>
          </p>
        )}
      </PageHead>
      <p class="says">{report.says}</p>
      <Choices report={report} place={place} terms={terms} />
      {place.school ? (
        <p>
          <Link href={addressOf({ ...place, by: 'school', school: null })}>All schools</Link>
        </p>
      ) : null}
      <Trouble failure={asked.failure} />
      <Lacking from={table?.entries_from} />
      {table && !byPeopleAndArea(report, place) && place.by !== 'line' ? <Chart report={report} rows={table.rows} /> : null}
      {table ? <Figures report={report} place={place} table={table} /> : null}
      {table?.rounded ? <p class="mute">{roundedWords}</p> : null}
    </>
  );
}

