// numbers.tsx: UPNs and the like that a list would change: looked at one by one, because another number may be another child.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { joined, plural } from '../../../shared/ui/format.ts';
import { Checks } from '../acting.tsx';
import { Table, type Column } from '../table.tsx';
import { columnWords, type FileLook, type NumberChange } from './calls.ts';

const columns: readonly Column<NumberChange>[] = [
  { name: 'Row', number: true, cell: (one) => one.row },
  { name: 'Name', names: true, cell: (one) => joined([one.first_name, one.last_name], ' ') },
  { name: 'Number', cell: (one) => columnWords(one.column) },
  {
    name: 'Before and after',
    cell: (one) => (
      <span class="diff">
        <del>{one.before}</del> <span aria-hidden="true">→</span> <ins>{one.after}</ins>
      </span>
    ),
  },
];

export function NumberChanges({ look, right, onRight }: { look: FileLook; right: boolean; onRight: (right: boolean) => void }): JSX.Element {
  const { number_changes: count, numbers } = look;
  return (
    <section class="stack">
      <div class="notice">
        <Icon name="triangle-alert" />
        <p>
          {count === 1 ? 'The number of one learner' : `${plural(count, 'number')} of learners`} would change. Another UPN may be another child: look at each{count > numbers.length ? `; the first ${numbers.length} are shown` : ''}.
        </p>
      </div>
      <Table label="Numbers that change" columns={columns} items={numbers} keyOf={(_, at) => at} />
      <Checks
        legend="Looked at"
        choices={[{ value: 'right', label: count === 1 ? 'It is the same child, and the new number is right' : 'They are the same children, and the new numbers are right' }]}
        chosen={right ? ['right'] : []}
        onChosen={(chosen) => onRight(chosen.length > 0)}
      />
    </section>
  );
}
