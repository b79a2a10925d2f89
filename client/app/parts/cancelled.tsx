// cancelled.tsx: in place of a register that does not take place: why, and the way back.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { cancel_cause_labels, type SessionItem } from '../../../shared/ui/generated/calls.ts';

export function Cancelled({ session, onAfterAll }: { session: SessionItem; onAfterAll: () => void }): JSX.Element {
  const { cause } = session;
  return (
    <div class="empty">
      <Icon name="calendar-days" />
      <h2>Cancelled{cause ? `: ${cancel_cause_labels[cause].toLowerCase()}` : ''}</h2>
      <p>Nobody is missed here, and there is nothing to finish.</p>
      <button type="button" class="b2" onClick={onAfterAll}>
        It takes place after all
      </button>
    </div>
  );
}
