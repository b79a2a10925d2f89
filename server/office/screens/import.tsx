// import.tsx: lists from elsewhere: chosen or pasted, columns mapped, mistakes named, the difference seen, applied, taken back.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { FileField, Select, TextArea } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { apply, columnWords, drop, look, send, watched, type FileLook, type FileMistake, type Reading, type Run } from '../import/calls.ts';
import { DifferenceView, shownRows } from '../import/difference.tsx';
import { listOf, pasted, type List } from '../import/file.ts';
import { NumberChanges } from '../import/numbers.tsx';
import { Runs } from '../import/runs.tsx';
import { Busy, busyWith, type Work } from '../import/busy.tsx';
import { failureOf, follow, refresh } from '../live.ts';
import { PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

interface Sent {
  id: string;
  workbook: boolean;
  /** Of a workbook with several: which one this is, and what there is to choose from. */
  sheet: string;
  sheets: readonly string[];
  file: File | null;
  name: string;
  reading: Reading;
  look: FileLook;
}

/** How days are read is asked once: it is said again with whatever is asked of the same file. */
function daysOf(seen: FileLook): Reading {
  return seen.dates === 'uk' ? { dates: 'uk' } : {};
}

function sentence(error: unknown): ApiFailure {
  const failure = failureOf(error);
  return failure.code === 'INTERNAL' && error instanceof Error ? { code: 'INVALID', text: error.message } : failure;
}

function Choose({ onList, busy }: { onList: (name: string, list: () => Promise<List>, file: File | null) => void; busy: Work | null }): JSX.Element {
  const [text, setText] = useState('');
  // Whoever comes from a spreadsheet pastes, wherever on the page the keyboard is.
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const at = event.target;
      const cells = event.clipboardData?.getData('text/plain') ?? '';
      if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || !cells.includes('\t')) return;
      event.preventDefault();
      setText(cells);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);
  return (
    <section class="card stack" aria-label="Choose a list">
      <FileField label="A file: CSV or an Excel workbook" accept=".csv,.txt,.tsv,.xlsx,text/csv" disabled={busy !== null} onFile={(file) => onList(file.name, () => listOf(file), file)} />
      <TextArea label="Or cells copied from a spreadsheet, with their headings" rows={4} value={text} onValue={setText} />
      <div class="acts">
        <button type="button" class="b2" disabled={busy !== null || text.trim() === ''} onClick={() => onList('Pasted cells', () => Promise.resolve(pasted(text)), null)}>
          <Icon name="upload" />
          Look at the cells
        </button>
        <Busy work={busy} />
      </div>
    </section>
  );
}

interface Heading {
  heading: string;
  index: number;
  samples: string;
}

/** What is chosen stands at once. While the hub compares, the next choice waits for its answer: asked beside it, one of the two would be lost. */
function useMap(map: readonly string[], busy: boolean, onMap: (map: string[]) => void): [readonly string[], (index: number, name: string) => void] {
  const [wanted, want] = useState<string[] | null>(null);
  const asked = useRef<string[] | null>(null);
  const ask = (next: string[]): void => {
    asked.current = next;
    onMap(next);
  };
  useEffect(() => {
    if (busy || !wanted) return;
    if (wanted === asked.current) want(null);
    else ask(wanted);
  }, [busy]);
  const now = wanted ?? map;
  const set = (index: number, name: string): void => {
    const next = now.map((old, at) => (at === index ? name : old === name && name !== '' ? '' : old));
    want(next);
    if (!busy) ask(next);
  };
  return [now, set];
}

function Columns({ sent, busy, onMap }: { sent: Sent; busy: boolean; onMap: (map: string[]) => void }): JSX.Element {
  const { headings, columns, rows } = sent.look;
  const sample = sent.look.sample.slice(0, Math.max(rows, 1)); // without what was left out beneath a short list
  const [map, set] = useMap(sent.look.map, busy, onMap);
  const isNumbered = map.includes('upn') || map.includes('mis_id');
  const shown: readonly Column<Heading>[] = [
    { name: 'Heading in the file', cell: ({ heading }) => heading || <em>no heading</em> },
    { name: 'First rows', class: 'sample', cell: ({ samples }) => samples },
    {
      name: 'Goes to',
      cell: ({ heading, index }) => (
        <select aria-label={`Column for ${heading || `column ${index + 1}`}`} value={map[index] ?? ''} onChange={(event) => set(index, event.currentTarget.value)}>
          <option value="">leave out</option>
          {columns.map((column) => (
            <option key={column.name} value={column.name}>
              {columnWords(column.name)}
              {column.required && !(column.name === 'ref' && isNumbered) && !(column.name === 'first_name' && map.includes('full_name')) ? ' (needed)' : ''}
            </option>
          ))}
        </select>
      ),
    },
  ];
  const items = headings.map((heading, index) => ({ heading, index, samples: sample.map((row) => row[index] ?? '').filter((one) => one !== '').join(' · ') }));
  return <Table label="Columns" columns={shown} items={items} keyOf={({ index }) => index} />;
}

const mistakeColumns: readonly Column<FileMistake>[] = [
  { name: 'Row', by: (one) => one.row, number: true, cell: (one) => (one.row > 0 ? one.row : '') },
  { name: 'Column', by: (one) => columnWords(one.column), names: true, cell: (one) => columnWords(one.column) },
  { name: 'What is wrong', by: (one) => one.text, cell: (one) => one.text },
];

function Mistakes({ sent, onUk }: { sent: Sent; onUk: () => void }): JSX.Element {
  const { errors, error_count: count, ambiguous } = sent.look;
  return (
    <>
      {ambiguous > 0 && sent.look.dates !== 'uk' ? (
        <div class="notice">
          <Icon name="triangle-alert" />
          <div class="stack">
            <p>{plural(ambiguous, 'date')} could be read two ways: is 1/2/26 the first of February?</p>
            <button type="button" class="b2" onClick={onUk}>
              Yes, the day comes first
            </button>
          </div>
        </div>
      ) : null}
      <div class="notice bad" role="alert">
        <Icon name="triangle-alert" />
        <p>{plural(count, 'mistake')} in the file. Nothing was changed; correct the file or the columns, and choose it again.</p>
      </div>
      <Table label="Mistakes" columns={mistakeColumns} items={errors} keyOf={(_, at) => at} />
    </>
  );
}

interface ReaderProps {
  sent: Sent;
  work: Work | null;
  ask: (reading: Reading, more?: boolean) => void;
  onSheet: (sheet: string) => void;
  onApply: (numbers: number) => void;
  onDrop: () => void;
}

/** Where the rows were read from. */
function sourceWords({ workbook, sheet, sheets, look: seen }: Sent): string {
  if (!workbook) return `as ${seen.encoding} with ${seen.delimiter}s between cells`;
  return sheets.length > 1 ? `from the sheet “${sheet}” of the workbook, which has ${sheets.length}` : 'from the first sheet of the workbook';
}

/** What of the file is none of the list's, so that nobody looks for it in the difference. */
function leftOut({ heading_row: heading, beneath }: FileLook): string {
  const above = heading > 1 ? ` Headings are in row ${heading}; what stands above was left out.` : '';
  const below = beneath.length > 0 ? ` Left out beneath the list: ${beneath.length > 1 ? 'rows' : 'row'} ${beneath.join(', ')}, as totals or words alone.` : '';
  return above + below;
}

function Reader({ sent, work, ask, onSheet, onApply, onDrop }: ReaderProps): JSX.Element {
  const { look: seen, reading } = sent;
  const busy = work !== null;
  // Said of these very numbers: with another column it is other children that are to be looked at.
  const [right, setRight] = useState('');
  const numbers = JSON.stringify([seen.number_changes, seen.numbers]);
  const unseen = seen.number_changes > 0 && numbers !== right;
  const waiting = (seen.counts?.new ?? 0) + (seen.counts?.changed ?? 0);
  return (
    <section class="stack" aria-label="The list">
      <div class="card stack">
        <h2>{sent.name}</h2>
        <p>
          {plural(seen.rows, 'row')}, read {sourceWords(sent)}{seen.remembered ? '; columns as you chose them last time' : ''}{seen.dates === 'uk' ? '; the day comes first in dates' : ''}.{leftOut(seen)}
        </p>
        {sent.sheets.length > 1 ? <Select label="Sheet" value={sent.sheet} disabled={busy} onValue={onSheet} choices={sent.sheets.map((name) => ({ value: name, label: name }))} /> : null}
        <Select label="What is it a list of?" value={seen.table} disabled={busy} onValue={(table) => ask({ dates: reading.dates, table })} choices={seen.tables.map((name) => ({ value: name, label: columnWords(name) }))} />
      </div>
      <Columns sent={sent} busy={busy} onMap={(map) => ask({ ...reading, table: seen.table, map, after: undefined })} />
      {seen.error_count > 0 ? (
        <Mistakes sent={sent} onUk={() => ask({ ...reading, table: seen.table, map: seen.map, dates: 'uk' })} />
      ) : (
        <DifferenceView look={seen} file onShow={(show) => ask({ ...reading, show, after: undefined })} onMore={() => ask({ ...reading, show: seen.shown, after: seen.next }, true)} />
      )}
      {seen.error_count === 0 && seen.number_changes > 0 ? <NumberChanges look={seen} right={!unseen} onRight={(is) => setRight(is ? numbers : '')} /> : null}
      <div class="acts">
        <button type="button" class="b1" disabled={busy || seen.error_count > 0 || waiting === 0 || unseen} onClick={() => onApply(seen.number_changes)}>
          <Icon name="check" />
          {waiting > 0 ? `Bring in ${shownRows(seen)}` : 'Nothing to bring in'}
        </button>
        <button type="button" class="b3" disabled={busy} onClick={onDrop}>
          <Icon name="x" />
          Another list
        </button>
        <Busy work={work} />
      </div>
    </section>
  );
}

interface Trying {
  work: Work | null;
  failure: ApiFailure | null;
  say(work: Work): void;
  attempt(words: string, work: () => Promise<void>): void;
}

/** One thing at a time, with words for what it is and for why it failed. */
function useTrying(): Trying {
  const [work, say] = useState<Work | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const run = async (words: string, act: () => Promise<void>): Promise<void> => {
    say({ words });
    setFailure(null);
    try {
      await act();
    } catch (error) {
      setFailure(sentence(error));
    }
    say(null);
  };
  return { work, failure, say, attempt: (words, act) => void run(words, act) };
}

/** The hub removes it by itself later. */
const forget = ({ id }: Sent): void => void drop(id).catch(() => undefined);

const comparing = 'Comparing with the hub…';

function lookedAt(id: string, reading: Reading, say: (work: Work) => void): Promise<FileLook> {
  return watched(id, look(id, reading), (now) => say(busyWith(now)));
}

function BroughtIn({ run }: { run: Run }): JSX.Element {
  return (
    <div class="notice good" role="status">
      <Icon name="circle-check" />
      <p>
        Brought in: {run.new.toLocaleString('en-GB')} new, {run.changed.toLocaleString('en-GB')} changed.
      </p>
    </div>
  );
}

export function ImportScreen(): JSX.Element {
  const [sent, setSent] = useState<Sent | null>(null);
  const [done, setDone] = useState<Run | null>(null);
  const { work, failure, say, attempt } = useTrying();
  const begin = (name: string, make: () => Promise<List>, file: File | null, before: Sent | null = null): void => {
    setDone(null);
    attempt('Reading…', async () => {
      const { bytes, workbook, sheet = '', sheets = [] } = await make();
      const id = await send(bytes, (share) => say({ words: 'Sending…', done: Math.round(share * 100), of: 100, unit: '%' }));
      say({ words: comparing });
      const first = await lookedAt(id, { name }, say);
      setSent({ id, name, workbook, sheet, sheets, file, reading: { name, ...daysOf(first) }, look: first });
      if (before) forget(before);
    });
  };
  const ask = (now: Sent, reading: Reading, more = false): void =>
    attempt(comparing, async () => {
      const next = await lookedAt(now.id, { ...reading, name: now.name }, say);
      const lines = more ? [...(now.look.lines ?? []), ...(next.lines ?? [])] : next.lines;
      setSent({ ...now, reading: { ...reading, table: next.table, map: next.map }, look: { ...next, lines } });
    });
  const bring = (now: Sent, numbers: number): void =>
    attempt('Bringing it in…', async () => {
      const how = { ...now.reading, show: undefined, after: undefined, table: now.look.table, map: now.look.map, name: now.name, ...(numbers > 0 ? { numbers } : {}) };
      const run = await watched(now.id, apply(now.id, how), (far) => say(busyWith(far)));
      setDone(run);
      setSent(null);
      refresh('imports');
    });
  const away = (now: Sent): void => {
    setSent(null);
    forget(now);
  };
  /** Another sheet of the same workbook is another list; one that cannot be read leaves this one where it is. */
  const turn = (now: Sent, sheet: string): void => {
    const { file } = now;
    if (file) begin(now.name, () => listOf(file, sheet), file, now);
  };
  return (
    <>
      <PageHead title="Import" sub="Learners, schools, staff, activities and enrolments from any system. Nothing is changed before you have seen the difference.">
        <a class="b2" href="/rollover" onClick={follow}>
          <Icon name="calendar-days" />
          New school year
        </a>
      </PageHead>
      <Trouble failure={failure} />
      {done ? <BroughtIn run={done} /> : null}
      {sent ? (
        <Reader sent={sent} work={work} ask={(reading, more) => ask(sent, reading, more)} onSheet={(sheet) => turn(sent, sheet)} onApply={(numbers) => bring(sent, numbers)} onDrop={() => away(sent)} />
      ) : (
        <Choose onList={begin} busy={work} />
      )}
      <Runs />
    </>
  );
}
