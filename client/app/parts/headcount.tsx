// headcount.tsx: a whole class without names is counted, and not called one by one.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Failure, SessionItem } from '../../../shared/ui/generated/calls.ts';
import { call, failureOf } from '../state.ts';

/** Asked where nobody has a name. */
export function isCounted(session: SessionItem, rows: number): boolean {
  return rows === 0 || typeof session.headcount === 'number';
}

export function Headcount({ session, closed }: { session: SessionItem; closed: boolean }): JSX.Element {
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const held = session.headcount;
  const counted = typeof held === 'number';
  const people = /^\d{1,4}$/.test(text.trim()) ? Number(text) : null;
  const save = (event: Event): void => {
    event.preventDefault();
    if (people === null) return;
    call('session.headcount', { session: session.id, people }).then(
      () => {
        setFailure(null);
        setText('');
      },
      (error: unknown) => setFailure(failureOf(error)),
    );
  };
  return (
    <form class="notice in-list stack" onSubmit={save} aria-label="Headcount">
      <p role="status">{counted ? `${held} in the room, counted without names.` : 'Nobody was counted without a name.'}</p>
      {closed ? null : (
        <div class="acts">
          <label class="field">
            <span>{counted ? 'Another number' : 'How many were in the room?'}</span>
            <input class="input" type="text" inputMode="numeric" autocomplete="off" maxLength={4} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <button type="submit" class="b2" disabled={people === null}>
            Save the number
          </button>
        </div>
      )}
      {failure ? <p role="alert">{failure.text}</p> : null}
    </form>
  );
}
