// call_sheet.tsx: what came of a call: one of four outcomes, and the words if there were any.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { call_outcome_labels, type Absence, type CallOutcome, type Contact } from '../../../shared/ui/generated/calls.ts';
import { Complaint } from './refused.tsx';

export interface Ringing {
  absence: Absence;
  /** null: somebody who is not on the list. */
  contact: Contact | null;
}

interface CallSheetProps {
  ringing: Ringing;
  onSaid: (outcome: CallOutcome, words: string) => void;
  onClose: () => void;
}

const outcomes: readonly [CallOutcome, IconName][] = [
  ['explained', 'check'],
  ['unaware', 'triangle-alert'],
  ['message', 'message-circle'],
  ['no_answer', 'minus'],
];

export function CallSheet({ ringing, onSaid, onClose }: CallSheetProps): JSX.Element {
  const [words, setWords] = useState('');
  const { absence, contact } = ringing;
  const missing = !contact && words.trim() === '';
  return (
    <Sheet title={contact ? contact.name : 'Another call'} onClose={onClose}>
      <p class="mute">About {absence.name}. What was said goes to the office and to safeguarding.</p>
      <label class="field">
        <span>{contact ? 'What was said, if anything' : 'Whom you rang, and what was said'}</span>
        <textarea rows={2} maxLength={500} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
      <div class="choices pairs" role="group" aria-label="What came of it">
        {outcomes.map(([outcome, icon]) => (
          <button type="button" class="choice" key={outcome} disabled={missing} onClick={() => onSaid(outcome, words.trim())}>
            <Icon name={icon} />
            <span>{call_outcome_labels[outcome]}</span>
          </button>
        ))}
      </div>
      <Complaint />
    </Sheet>
  );
}
