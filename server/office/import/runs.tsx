// runs.tsx: what was brought in so far, each of which can be taken back while nothing stands on it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { plural } from '../../../shared/ui/format.ts';
import type { ApiFailure } from '../api.ts';
import { failureOf, refresh, useAsk } from '../live.ts';
import { Trouble } from '../parts.tsx';
import { runs, undo, type Run, type Undone } from './calls.ts';

function when(at: number): string {
  return new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

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
  if (list.length === 0 && !asked.failure) return null;
  return (
    <section class="stack" aria-label="Brought in so far">
      <h2>Brought in so far</h2>
      <Trouble failure={failure ?? asked.failure} />
      {said ? <Outcome said={said} /> : null}
      <div class="scroll" role="region" aria-label="Imports" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">List</th>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col" class="num">
                New
              </th>
              <th scope="col" class="num">
                Changed
              </th>
              <th scope="col">Take back</th>
            </tr>
          </thead>
          <tbody>
            {list.map((run) => (
              <tr key={run.id}>
                <th scope="row">
                  {run.what}
                  <small>{run.name}</small>
                </th>
                <td>{when(run.at)}</td>
                <td>{run.who}</td>
                <td class="num">{run.new.toLocaleString('en-GB')}</td>
                <td class="num">{run.changed.toLocaleString('en-GB')}</td>
                <td>
                  {run.undone_at ? (
                    <span class="mute">Taken back {when(run.undone_at)}</span>
                  ) : sure === run.id ? (
                    <button type="button" class="b2" onClick={() => void back(run)}>
                      Yes, take it back
                    </button>
                  ) : (
                    <button type="button" class="b3" onClick={() => setSure(run.id)} aria-label={`Take back ${run.what}, ${when(run.at)}`}>
                      <Icon name="undo-2" />
                      Take back
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
