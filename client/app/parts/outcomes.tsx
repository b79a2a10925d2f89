// outcomes.tsx: the changes that the office did not simply take: what became of them, which they were, and what to do.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment, plural } from '../../../shared/ui/format.ts';
import type { Outcome, Outcomes } from '../../../shared/ui/generated/calls.ts';
import { officeNow, useAsk } from '../state.ts';

export interface OutcomeGroup {
  status: string;
  reason: string;
  advice: string;
  changes: Outcome[];
}

/** Changes that share their fate share its words; the order of the core stays. */
export function groupOutcomes(outcomes: readonly Outcome[]): OutcomeGroup[] {
  const groups: OutcomeGroup[] = [];
  for (const one of outcomes) {
    const known = groups.find((group) => group.status === one.status && group.reason === one.reason);
    if (known) known.changes.push(one);
    else groups.push({ status: one.status, reason: one.reason, advice: one.advice, changes: [one] });
  }
  return groups;
}

const fates: Readonly<Record<string, { one: string; many: string }>> = {
  conflict: { one: 'is contested', many: 'are contested' },
  held: { one: 'is held at the office', many: 'are held at the office' },
  quarantined: { one: 'is set aside at the office', many: 'are set aside at the office' },
  refused: { one: 'was refused', many: 'were refused' },
};

/** "2 changes are set aside at the office: you were not assigned to it." */
export function groupWords(group: OutcomeGroup): string {
  const fate = fates[group.status] ?? { one: 'needs a look', many: 'need a look' };
  const count = group.changes.length;
  return `${plural(count, 'change')} ${count === 1 ? fate.one : fate.many}: ${group.reason}.`;
}

/** A locked device knows numbers only. */
export function outcomeWords(one: Outcome): string {
  return one.text ?? `Change ${one.place} of ${one.of} in bundle ${one.seq}`;
}

const shownAtOnce = 5;

function Changes({ changes, now }: { changes: readonly Outcome[]; now: number }): JSX.Element {
  return (
    <ul class="what">
      {changes.map((one) => (
        <li key={`${one.seq}.${one.place}`}>
          {outcomeWords(one)} <span class="mute small">{moment(one.at, now)}</span>
        </li>
      ))}
    </ul>
  );
}

function Group({ group, now }: { group: OutcomeGroup; now: number }): JSX.Element {
  const rest = group.changes.slice(shownAtOnce);
  return (
    <div class={group.status === 'conflict' ? 'notice' : 'notice bad'}>
      <Icon name="triangle-alert" />
      <div class="fate">
        <p>
          <b>{groupWords(group)}</b>
        </p>
        <Changes changes={group.changes.slice(0, shownAtOnce)} now={now} />
        {rest.length > 0 ? (
          <details>
            <summary>{plural(rest.length, 'more change')}</summary>
            <Changes changes={rest} now={now} />
          </details>
        ) : null}
        <p>{group.advice}</p>
      </div>
    </div>
  );
}

export function OutcomeList({ told, unlocked, now }: { told: Outcomes; unlocked: boolean; now: number }): JSX.Element | null {
  const groups = groupOutcomes(told.outcomes);
  if (groups.length === 0) return null;
  const help = groups.some((group) => group.status !== 'conflict');
  return (
    <section class="block" aria-labelledby="outcomes-head">
      <h2 id="outcomes-head">{help ? 'Needs help' : 'The office decides'}</h2>
      {groups.map((group) => (
        <Group key={`${group.status} ${group.reason}`} group={group} now={now} />
      ))}
      {told.more > 0 ? <p class="small">{plural(told.more, 'more change')} like these.</p> : null}
      {unlocked ? null : <p class="small">Sign in to see which changes these are.</p>}
    </section>
  );
}

export function OutcomesBlock({ unlocked }: { unlocked: boolean }): JSX.Element | null {
  const asked = useAsk('sync.outcomes', {}, 'outcomes', ['sync', 'device']);
  return asked.data ? <OutcomeList told={asked.data} unlocked={unlocked} now={officeNow()} /> : null;
}
