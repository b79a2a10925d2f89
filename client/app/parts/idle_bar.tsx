// idle_bar.tsx: the last seconds before a screen goes back or locks by itself, shown and put off by a tap.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';

interface IdleBarProps {
  /** What happens then. */
  what: string;
  left: number;
  onMore: () => void;
}

/** Read out once, when it comes; the seconds are for the eye. */
export function IdleBar({ what, left, onMore }: IdleBarProps): JSX.Element {
  return (
    <div class="notice idle">
      <Icon name="clock" />
      <p aria-hidden="true">
        {what} in {left} s.
      </p>
      <p class="vh" role="alert">
        {what} soon.
      </p>
      <button type="button" class="b2" onClick={onMore}>
        More time
      </button>
    </div>
  );
}
