// from_the_door.tsx: who signed in at the door and is not marked yet: one act says that they are here.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import type { RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { codeOf } from '../marks.ts';

export function FromTheDoor({ rows, onConfirm }: { rows: readonly RegisterRow[]; onConfirm: () => void }): JSX.Element | null {
  const waiting = rows.filter((row) => codeOf(row) === 'none' && row.door_in != null && row.door_out == null).length;
  if (waiting === 0) return null;
  return (
    <div class="notice in-list">
      <Icon name="door-open" />
      <p>{waiting} signed in at the door. Look, then say that they are here.</p>
      <button type="button" class="b2" onClick={onConfirm}>
        Mark {waiting} here
      </button>
    </div>
  );
}
