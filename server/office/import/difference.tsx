// difference.tsx: what a list would change, by kind, old beside new.
import type { JSX } from 'preact';
import { plural } from '../../../shared/ui/format.ts';
import { Table, type Column } from '../table.tsx';
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

function columns(shown: LineKind, numbered: boolean): Column<LookLine>[] {
  const all: Column<LookLine>[] = numbered ? [{ name: 'Row', number: true, cell: (line) => line.row }] : [];
  all.push({ name: 'Name', names: true, cell: (line) => line.name });
  if (shown === 'new' || shown === 'changed') all.push({ name: shown === 'new' ? 'Values' : 'Before and after', cell: (line) => <Changes line={line} kind={shown} /> });
  return all;
}

/** `file`: a list that stands for all of its kind, so that what is not in it is worth knowing. */
export function DifferenceView({ look, file = false, onShow, onMore }: { look: Difference; file?: boolean; onShow: (kind: LineKind) => void; onMore: () => void }): JSX.Element {
  const shown = look.shown ?? 'new';
  const lines = look.lines ?? [];
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
      <Table key={shown} label="Difference" columns={columns(shown, file && shown !== 'gone')} items={lines} keyOf={(_, at) => at} empty={kinds.find((one) => one.kind === shown)?.empty} />
      {look.next ? (
        <button type="button" class="b3" onClick={onMore}>
          Show more
        </button>
      ) : null}
    </>
  );
}
