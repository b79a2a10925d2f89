// kept.tsx: whether the browser has promised to keep this device's records, and what to do when it has not.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { installs, kept } from '../../browser/home.ts';

export function KeptNotice(): JSX.Element | null {
  if (kept.value === null) return null;
  if (kept.value)
    return (
      <div class="notice good">
        <Icon name="check" />
        <p>This browser keeps Tutti’s records until you remove them.</p>
      </div>
    );
  return (
    <div class="notice">
      <Icon name="triangle-alert" />
      <p>
        This browser may clear Tutti’s records when the device runs out of space. {installs.value === 'no' ? 'Keep some space free, and' : 'Put Tutti on the home screen, and'} send what you mark the same day:
        what the office has signed for is safe there.
      </p>
    </div>
  );
}
