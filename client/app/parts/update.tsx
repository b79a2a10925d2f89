// update.tsx: a newer Tutti waits. It is taken from Today only, by a tap: never in the middle of a register.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { applyUpdate, updateWaits } from '../../browser/home.ts';

export function UpdateNotice(): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  if (!updateWaits.value) return null;
  return (
    <div class="notice update" role="status">
      <Icon name="refresh-cw" />
      <p>A newer Tutti is ready. It takes a moment; everything stays saved.</p>
      <button
        type="button"
        class="b2"
        disabled={busy}
        onClick={() => {
          setBusy(true);
          applyUpdate();
        }}
      >
        Update
      </button>
    </div>
  );
}
