// tally.tsx: the running totals on the stave. They always add up to everyone.
import type { JSX } from 'preact';
import type { Totals } from '../../../shared/ui/generated/calls.ts';

/** Of a class without names: `people` is null until they are counted. */
export function Counted({ people }: { people: number | null }): JSX.Element {
  return (
    <dl class="tally">
      <div class="t-here">
        <dt>{people === null ? 'not counted yet' : 'counted in the room'}</dt>
        <dd>{people ?? '–'}</dd>
      </div>
    </dl>
  );
}

export function Tally({ totals }: { totals: Totals }): JSX.Element {
  const rest: [string, number, boolean][] = [
    ['Late', totals.late, true],
    ['Away', totals.away, true],
    ['Event', totals.event, totals.event > 0],
    ['Unmarked', totals.unmarked, totals.unmarked > 0],
  ];
  return (
    <dl class="tally">
      <div class="t-here">
        <dt>of {totals.of} here</dt>
        <dd>{totals.here}</dd>
      </div>
      {rest
        .filter(([, , shown]) => shown)
        .map(([word, count]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{count}</dd>
          </div>
        ))}
    </dl>
  );
}
