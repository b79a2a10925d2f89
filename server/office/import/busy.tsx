// busy.tsx: what the hub is doing with a list, and how far it is.
import type { JSX } from 'preact';
import type { Progress } from './calls.ts';

export interface Work {
  words: string;
  done?: number;
  of?: number;
  unit?: 'rows' | '%';
}

const stages: Record<NonNullable<Progress['stage']>, string> = { reading: 'Reading the list…', comparing: 'Comparing with the hub…', writing: 'Bringing it in…' };

export function busyWith({ stage, done = 0, rows = 0 }: Progress): Work {
  return { words: stage ? stages[stage] : '', done, of: rows, unit: 'rows' };
}

function far({ done = 0, of = 0, unit }: Work): string {
  return unit === '%' ? `${done} %` : `${done.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')} rows`;
}

/** The words are said when they change; the numbers beside them are there to be looked at. */
export function Busy({ work }: { work: Work | null }): JSX.Element {
  const { words = '', done = 0, of = 0 } = work ?? {};
  return (
    <div class="busy">
      <p role="status">{words}</p>
      {work && of > 0 ? (
        <>
          <progress aria-label={words} max={of} value={done} />
          <span class="mute">{far(work)}</span>
        </>
      ) : null}
    </div>
  );
}
