// difference.tsx: what a list would change, by kind, old beside new.
import type { JSX } from 'preact';
import { plural } from '../../../shared/ui/format.ts';
import { columnWords, type Difference, type LineKind, type LookLine } from './calls.ts';

const kinds: readonly { kind: LineKind; name: string; empty: string }[] = [
  { kind: 'new', name: 'New', empty: 'Nothing in it is new.' },
  { kind: 'changed', name: 'Changed', empty: 'Nothing that the hub has would change.' },
  { kind: 'unchanged', name: 'Unchanged', empty: 'No row of it is as the hub has it.' },
  { kind: 'gone', name: 'Not in the list', empty: 'The hub has nothing that the list has not.' },
];

export function shownRows(look: Difference): string {
  const { new: fresh = 0, changed = 0 } = look.counts ?? {};
  return [fresh > 0 ? `${fresh.toLocaleString('en-GB')} new` : '', changed > 0 ? plural(changed, 'change') : ''].filter((one) => one !== '').join(' and ');
}

function Changes({ line, kind }: { line: LookLine; kind: LineKind }): JSX.Element {
  return (
    <ul class="diff">
      {line.changes.map((one) => (
        <li key={one.column}>
          <b>{columnWords(one.column)}</b>{' '}
          {kind === 'changed' ? (
            <>
              <del>{one.before ?? 'nothing'}</del> <span aria-hidden="true">→</span> <ins>{one.after ?? 'nothing'}</ins>
            </>
          ) : (
            one.after
          )}
        </li>
      ))}
    </ul>
  );
}

/** `file`: a list that stands for all of its kind, so that what is not in it is worth knowing. */
export function DifferenceView({ look, file = false, onShow, onMore }: { look: Difference; file?: boolean; onShow: (kind: LineKind) => void; onMore: () => void }): JSX.Element {
  const shown = look.shown ?? 'new';
  const lines = look.lines ?? [];
  const numbered = file && shown !== 'gone';
  return (
    <>
      <div class="chips" role="group" aria-label="What to show">
        {kinds.filter((one) => file || one.kind === 'new' || one.kind === 'changed').map(({ kind, name }) => (
          <button key={kind} type="button" class="chip" aria-pressed={kind === shown} onClick={() => onShow(kind)}>
            {name} <b>{(look.counts?.[kind] ?? 0).toLocaleString('en-GB')}</b>
          </button>
        ))}
      </div>
      {shown === 'gone' && lines.length > 0 ? <p class="mute">The hub has these and the list has not. They stay as they are.</p> : null}
      {lines.length === 0 ? (
        <p class="mute">{kinds.find((one) => one.kind === shown)?.empty}</p>
      ) : (
        <div class="scroll" role="region" aria-label="Difference" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {numbered ? <th scope="col">Row</th> : null}
                <th scope="col">Name</th>
                {shown === 'new' || shown === 'changed' ? <th scope="col">{shown === 'new' ? 'Values' : 'Before and after'}</th> : null}
              </tr>
            </thead>
            <tbody>
              {lines.map((line, index) => (
                <tr key={index}>
                  {numbered ? <td class="num">{line.row}</td> : null}
                  <th scope="row">{line.name}</th>
                  {shown === 'new' || shown === 'changed' ? (
                    <td>
                      <Changes line={line} kind={shown} />
                    </td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {look.next ? (
        <button type="button" class="b3" onClick={onMore}>
          Show more
        </button>
      ) : null}
    </>
  );
}
