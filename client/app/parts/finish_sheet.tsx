// finish_sheet.tsx: Finish with unmarked rows asks: here, away, or go back.
import type { JSX } from 'preact';
import { MarkGlyph } from '../../../shared/ui/components/mark_glyph.tsx';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import type { MarkCode } from '../../../shared/ui/generated/calls.ts';
import { Complaint } from './refused.tsx';

interface FinishSheetProps {
  unmarked: number;
  busy: boolean;
  onFinish: (rest: MarkCode) => void;
  onClose: () => void;
}

export function FinishSheet({ unmarked, busy, onFinish, onClose }: FinishSheetProps): JSX.Element {
  const who = unmarked === 1 ? '1 player is' : `${unmarked} players are`;
  return (
    <Sheet title={`${who} still unmarked`} onClose={onClose}>
      <p>A finished register has a mark for everyone. What shall the {unmarked === 1 ? 'last one' : 'rest'} be?</p>
      <div class="choices tall">
        <button type="button" class="choice m-P" disabled={busy} onClick={() => onFinish('P')}>
          <MarkGlyph code="P" />
          <span>Mark {unmarked} here and finish</span>
        </button>
        <button type="button" class="choice m-AU" disabled={busy} onClick={() => onFinish('AU')}>
          <MarkGlyph code="AU" />
          <span>Mark {unmarked} away, not told, and finish</span>
        </button>
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>Go back to the register</span>
        </button>
      </div>
      <Complaint />
    </Sheet>
  );
}
