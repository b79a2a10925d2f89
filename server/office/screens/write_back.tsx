// write_back.tsx: attendance and progress for the systems beside this one: saved mappings, a file of what is new, and the files made before.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { fullDate, moment, plural } from '../../../shared/ui/format.ts';
import type { ApiFailure } from '../api.ts';
import { failureOf, refresh, useAsk } from '../live.ts';
import { Empty, PageHead, Trouble } from '../parts.tsx';
import { thisYear } from '../reports/report_api.ts';
import { MappingForm } from '../write_back_form.tsx';
import { beginnings, delimiterNames, fileAddress, writeBackApi, type Field, type MadeFile, type Mapping, type Settings } from '../write_back_api.ts';

const topic = 'writeback';

function settingsWords({ what, format, delimiter, dates, from, columns }: Settings): string {
  const file = format === 'xlsx' ? 'Excel workbook' : `CSV with ${delimiterNames[delimiter].toLowerCase()}`;
  return `${what === 'attendance' ? 'Attendance' : 'Progress'} from ${fullDate(from)}, ${file}, ${plural(columns.length, 'column')}, dates like ${dates}.`;
}

function runWords(run: MadeFile): string {
  const parts = [`${run.fresh} new`, `${run.changed} changed`];
  if (run.gone > 0) parts.push(`${run.gone} sent before that no longer count`);
  return parts.join(', ');
}

function Runs({ runs, name }: { runs: readonly MadeFile[]; name: string }): JSX.Element | null {
  const [all, setAll] = useState(false);
  const shown = all ? runs : runs.slice(0, 5);
  if (runs.length === 0) return <p class="mute">No file has been made by it yet.</p>;
  return (
    <>
      <ul class="lines" aria-label={`Files of ${name}`}>
        {shown.map((run) => (
          <li key={run.id}>
            {run.kept ? (
              <a class="b3" href={fileAddress(run)} download="">
                File {run.no}
              </a>
            ) : (
              <span>File {run.no}, no longer kept</span>
            )}
            <span class="mute">
              {runWords(run)}. {moment(run.at, Date.now())}
              {run.who ? `, ${run.who}` : ''}
            </span>
          </li>
        ))}
      </ul>
      {shown.length < runs.length ? (
        <p>
          <button type="button" class="b3" onClick={() => setAll(true)}>
            All {runs.length} files
          </button>
        </p>
      ) : null}
    </>
  );
}

function Card({ mapping, onChange }: { mapping: Mapping; onChange: () => void }): JSX.Element {
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [said, setSaid] = useState('');
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const act = async (what: () => Promise<string>): Promise<void> => {
    setBusy(true);
    try {
      setFailure(null);
      setSaid(await what());
      refresh(topic);
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy(false);
  };
  const make = async (): Promise<string> => {
    const { run } = await writeBackApi.run(mapping.id);
    return run ? `File ${run.no} is made: ${runWords(run)}.` : 'Nothing is new since the last file.';
  };
  const drop = async (): Promise<string> => {
    await writeBackApi.drop(mapping.id);
    return '';
  };
  return (
    <section class="card" aria-label={mapping.name}>
      <h2>{mapping.name}</h2>
      <p class="mute">{settingsWords(mapping.settings)}</p>
      <div class="files">
        <button type="button" class="b1" disabled={busy} onClick={() => void act(make)}>
          <Icon name="download" />
          Make a file of what is new
        </button>
        <button type="button" class="b2" onClick={onChange} aria-label={`Change ${mapping.name}`}>
          <Icon name="pencil" />
          Change
        </button>
        {sure ? (
          <button type="button" class="b2" disabled={busy} onClick={() => void act(drop)}>
            Yes, drop it with its files
          </button>
        ) : (
          <button type="button" class="b3" onClick={() => setSure(true)} aria-label={`Drop ${mapping.name}`}>
            Drop
          </button>
        )}
      </div>
      <p role="status">{said}</p>
      <Trouble failure={failure} />
      <Runs runs={mapping.runs} name={mapping.name} />
    </section>
  );
}

interface Start {
  id: string | null;
  name: string;
  settings: Settings;
}

function Beginnings({ taken, onBegin }: { taken: readonly string[]; onBegin: (start: Start) => void }): JSX.Element {
  return (
    <div class="files" role="group" aria-label="A new mapping">
      {beginnings(`${thisYear()}-09-01`)
        .filter(({ name }) => !taken.includes(name))
        .map(({ name, settings }) => (
          <button key={name} type="button" class="b2" onClick={() => onBegin({ id: null, name, settings })}>
            <Icon name="plus" />
            {name}
          </button>
        ))}
    </div>
  );
}

export function WriteBackScreen(): JSX.Element {
  const asked = useAsk(() => writeBackApi.all(), topic, [topic]);
  const [start, setStart] = useState<Start | null>(null);
  const mappings = asked.data?.mappings ?? [];
  const fields: readonly Field[] = asked.data?.fields ?? [];
  return (
    <>
      <PageHead title="Write back" sub="Files for SpeedAdmin, Excel and other systems. Each holds what is new or different since the one before." />
      <p class="says">
        Marks go once their register is closed. A file that was made stays as it was, so that it can be taken again. A workbook keeps leading zeros in Excel; CSV keeps them for other
        systems.
      </p>
      <Trouble failure={asked.failure} />
      {start ? (
        <MappingForm
          key={start.id ?? start.name}
          start={start}
          fields={fields}
          onDone={() => {
            setStart(null);
            refresh(topic);
          }}
        />
      ) : (
        <Beginnings taken={mappings.map(({ name }) => name)} onBegin={setStart} />
      )}
      {asked.data && mappings.length === 0 && !start ? (
        <Empty icon="download" title="Nothing is written back yet">
          Begin with one of those above: say which columns the other system takes, and the first file is one press away.
        </Empty>
      ) : null}
      {mappings.map((mapping) => (
        <Card key={mapping.id} mapping={mapping} onChange={() => setStart(mapping)} />
      ))}
    </>
  );
}
