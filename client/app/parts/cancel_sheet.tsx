// cancel_sheet.tsx: why a session does not take place. The cause decides whether a lesson is owed.
import type { JSX } from 'preact';
import { Icon, type IconName } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { cancel_cause_labels, type CancelCause } from '../../../shared/ui/generated/calls.ts';
import { Complaint } from './refused.tsx';

const causes: readonly [CancelCause, IconName][] = [
  ['school_notice', 'school'],
  ['school_short', 'clock'],
  ['tutor_absent', 'user'],
  ['hub', 'music'],
  ['weather', 'cloud-alert'],
];

export function CancelSheet({ onCancel, onClose }: { onCancel: (cause: CancelCause) => void; onClose: () => void }): JSX.Element {
  return (
    <Sheet title="Why does it not take place?" onClose={onClose}>
      <p class="mute">The cause decides whether the lesson is owed.</p>
      <div class="choices">
        {causes.map(([cause, icon]) => (
          <button type="button" class="choice" key={cause} onClick={() => onCancel(cause)}>
            <Icon name={icon} />
            <span>{cancel_cause_labels[cause]}</span>
          </button>
        ))}
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>Go back to the register</span>
        </button>
      </div>
      <Complaint />
    </Sheet>
  );
}
