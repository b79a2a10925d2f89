// unexplained.tsx: a finished register that has somebody away without a word leads on to whom to ring.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';

export function Unexplained({ count, onRing }: { count: number; onRing: () => void }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <div class="notice bad in-list">
      <Icon name="phone" />
      <p>{count} away, and nobody was told.</p>
      <button type="button" class="b2" onClick={onRing}>
        Whom to ring
      </button>
    </div>
  );
}
