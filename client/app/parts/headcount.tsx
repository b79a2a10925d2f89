// headcount.tsx: a whole class without names is counted, and not called one by one.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Failure, SessionItem } from '../../../shared/ui/generated/calls.ts';
import { call, failureOf, said } from '../state.ts';

/** Asked where nobody has a name. */
export function isCounted(session: SessionItem, rows: number): boolean {
  return rows === 0 || typeof session.headcount === 'number';
}

/** Where the number goes, for whoever would finish without one. */
const fieldId = 'headcount';

/** What session.headcount holds at most. */
const peopleMax = 2000;

const peopleOf = (text: string): number | null => (/^\d{1,4}$/.test(text) ? Number(text) : null);

/** Whether a register may be finished, and with which number: whoever typed one and presses Finish means it. null: it is asked for first, or again; nobody
 * at all is a number too. */
export function countToFinish({ session, rows }: { session: SessionItem; rows: readonly unknown[] }): { people?: number } | null {
  const field = document.getElementById(fieldId);
  const text = field instanceof HTMLInputElement ? field.value.trim() : '';
  if (text === '' && (rows.length > 0 || typeof session.headcount === 'number')) return {};
  const people = peopleOf(text);
  const wrong = wrongWords(text, people);
  if (people !== null && !wrong) return { people };
  field?.focus();
  said.value = { text: wrong || 'Nobody is on this register by name: count the class first. 0 is a number too.', bad: true };
  return null;
}

function wrongWords(text: string, people: number | null): string {
  if (text === '') return '';
  if (people === null) return 'A number is wanted, in digits.';
  return people > peopleMax ? `${people} is more than a room holds: from 0 to ${peopleMax} are counted.` : '';
}

export function Headcount({ session, closed }: { session: SessionItem; closed: boolean }): JSX.Element {
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const held = session.headcount;
  const counted = typeof held === 'number';
  const people = peopleOf(text.trim());
  const wrong = wrongWords(text.trim(), people) || (failure?.text ?? '');
  const save = (event: Event): void => {
    event.preventDefault();
    if (people === null || wrong) return;
    call('session.headcount', { session: session.id, people }).then(
      () => {
        said.value = null;
        setText('');
      },
      (error: unknown) => setFailure(failureOf(error)),
    );
  };
  const type = (next: string): void => {
    setFailure(null);
    setText(next);
  };
  return (
    <form class="notice in-list stack" onSubmit={save} aria-label="Headcount">
      <p role="status">{counted ? `${held} in the room, counted without names.` : closed ? 'Nobody was counted.' : ''}</p>
      {closed ? null : (
        <div class="counting">
          <label class="field">
            <span>{counted ? 'Another number' : 'How many were in the room?'}</span>
            <input
              id={fieldId}
              class="input"
              type="text"
              inputMode="numeric"
              autocomplete="off"
              maxLength={4}
              aria-describedby="headcount-word"
              aria-invalid={wrong ? 'true' : undefined}
              value={text}
              onInput={(event) => type(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="b2" disabled={people === null || wrong !== ''}>
            Save<span class="vh"> the number</span>
          </button>
        </div>
      )}
      <p id="headcount-word" role="alert">
        {wrong}
      </p>
    </form>
  );
}
