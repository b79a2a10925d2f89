// amend_sheet.tsx: a closed register opens again only with a reason, which stays with every mark changed.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { Complaint } from './refused.tsx';

interface AmendSheetProps {
  busy: boolean;
  onAmend: (reason: string) => void;
  onClose: () => void;
}

const common = ['Arrived after the register was taken', 'Marked the wrong person', 'We were told afterwards'];

export function AmendSheet({ busy, onAmend, onClose }: AmendSheetProps): JSX.Element {
  const [reason, setReason] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (reason.trim() !== '') onAmend(reason.trim());
  };
  return (
    <Sheet title="Amend this register" onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p>The first marks stay in the history, with your name and this reason.</p>
        <div class="chips" role="group" aria-label="Common reasons">
          {common.map((text) => (
            <button type="button" class="chip" key={text} aria-pressed={reason === text} onClick={() => setReason(text)}>
              {text}
            </button>
          ))}
        </div>
        <label class="field">
          <span>Reason</span>
          <textarea rows={2} maxLength={200} required value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <button type="submit" class="b1 wide" disabled={busy || reason.trim() === ''}>
          Open the register again
        </button>
        <Complaint />
      </form>
    </Sheet>
  );
}
