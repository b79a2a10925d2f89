// runs.tsx: what was brought in so far, each of which can be taken back while nothing stands on it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment, plural } from '../../../shared/ui/format.ts';
import type { ApiFailure } from '../api.ts';
import { failureOf, refresh, useAsk } from '../live.ts';
import { Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { runs, undo, type Run, type Undone } from './calls.ts';

const when = (at: number): string => moment(at, Date.now());

function Outcome({ said }: { said: Undone }): JSX.Element {
  if (said.undone) {
    return (
      <div class="notice good" role="status">
        <Icon name="circle-check" />
        <p>
          Taken back: {plural(said.changed ?? 0, 'row')}.{said.kept ? ` ${plural(said.kept, 'school or term', 'schools or terms')} stay in their lists.` : ''}
        </p>
      </div>
    );
  }
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <div>
        <p>Nothing was taken back: later work stands on it ({plural(said.block_count ?? 0, 'row')}).</p>
        <ul>
          {(said.blocks ?? []).map((one, index) => (
            <li key={index}>{one.by === 'changed' ? `${one.name} was changed since` : `${one.name}: ${one.by.replaceAll('_', ' ')} ${one.later ?? ''}`}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function TakeBack({ run, sure, onSure, onBack }: { run: Run; sure: boolean; onSure: () => void; onBack: () => void }): JSX.Element {
  if (run.undone_at) return <span class="mute">Taken back {when(run.undone_at)}</span>;
  if (sure) {
    return (
      // A double click on what stood here before is no answer.
      <button type="button" class="b2" onClick={(event) => event.detail < 2 && onBack()}>
        Yes, take it back
      </button>
    );
  }
  return (
    <button type="button" class="b3" onClick={onSure} aria-label={`Take back ${run.what}, ${when(run.at)}`}>
      <Icon name="undo-2" />
      Take back
    </button>
  );
}

export function Runs(): JSX.Element | null {
  const asked = useAsk(runs, 'imports', ['imports']);
  const [sure, setSure] = useState('');
  const [said, setSaid] = useState<Undone | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const back = async (run: Run): Promise<void> => {
    setSure('');
    setSaid(null);
    setFailure(null);
    try {
      setSaid(await undo(run.id));
    } catch (error) {
      setFailure(failureOf(error));
    }
    refresh('imports');
  };
  const list = asked.data?.imports ?? [];
  const columns: readonly Column<Run>[] = [
    {
      name: 'List',
      by: (run) => run.what,
      cell: (run) => (
        <>
          {run.what}
          <small>{run.name}</small>
        </>
      ),
    },
    { name: 'When', by: (run) => run.at, cell: (run) => when(run.at) },
    { name: 'Who', by: (run) => run.who ?? '', cell: (run) => run.who },
    { name: 'New', by: (run) => run.new, number: true, cell: (run) => run.new.toLocaleString('en-GB') },
    { name: 'Changed', by: (run) => run.changed, number: true, cell: (run) => run.changed.toLocaleString('en-GB') },
    { name: 'Take back', cell: (run) => <TakeBack run={run} sure={sure === run.id} onSure={() => setSure(run.id)} onBack={() => void back(run)} /> },
  ];
  if (list.length === 0 && !asked.failure) return null;
  return (
    <section class="stack" aria-label="Brought in so far">
      <h2>Brought in so far</h2>
      <Trouble failure={failure ?? asked.failure} />
      {said ? <Outcome said={said} /> : null}
      <Table label="Imports" columns={columns} items={list} keyOf={(run) => run.id} />
    </section>
  );
}
