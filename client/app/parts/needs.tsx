// needs.tsx: what staff must know of a learner on the day: on nobody's row, where others would read it, but a tap away from each.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { longDate, plural } from '../../../shared/ui/format.ts';
import { need_kind_labels, type Need } from '../../../shared/ui/generated/calls.ts';
import { useAsk } from '../state.ts';

const topics = ['needs', 'today'];
const ofRegister = ['needs'];

/** Of one register of today, or of whoever has a session today. Nothing where there is none, and nothing of another day. */
export function useNeeds(session?: string, standing = 0): readonly Need[] {
  return useAsk('needs', { session }, `${session ?? ''} ${standing}`, session ? ofRegister : topics).data?.needs ?? [];
}

export function NeedList({ needs }: { needs: readonly Need[] }): JSX.Element | null {
  if (needs.length === 0) return null;
  return (
    <ul class="needs">
      {needs.map((one) => (
        <li key={one.id}>
          <Icon name="heart-pulse" />
          <p>
            <b>{need_kind_labels[one.kind]}:</b> {one.text}
            {one.expires ? <span class="mute"> Until {longDate(one.expires)}.</span> : null}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** For Today, where a lesson of one is marked without being opened: whose needs there are, by their ids, and not what they are. Asked for once and when
 *  they change, and not with every mark: the core goes through the whole day for it. `of`: how many lessons of one there are. */
export function WhoHasNeeds({ of, tell }: { of: number; tell: (learners: string) => void }): null {
  const needs = useAsk('needs', {}, `day ${of}`, ofRegister).data?.needs ?? [];
  const learners = needs.map(({ learner }) => learner).join(' ');
  useEffect(() => tell(learners), [learners]);
  return null;
}

/** A sign and a word beside a lesson of one that is still to be marked: what it is stands in the lesson, where nobody else reads along. */
export function NeedSign(): JSX.Element {
  return (
    <span class="pill warn">
      <Icon name="heart-pulse" />
      Needs to know of
    </span>
  );
}

/** On the sheet of one row, and of one learner. */
export function NeedsOf({ learner, session }: { learner: string; session?: string }): JSX.Element | null {
  return <NeedList needs={useNeeds(session).filter((one) => one.learner === learner)} />;
}

/** One line at the head of a register. `standing`: how many stand in it, for a visitor brings needs along. */
export function NeedsLine({ session, standing, onOpen }: { session: string; standing: number; onOpen: () => void }): JSX.Element | null {
  const who = new Set(useNeeds(session, standing).map((one) => one.learner)).size;
  if (who === 0) return null;
  return (
    <button type="button" class="needs-line" aria-haspopup="dialog" onClick={onOpen}>
      <Icon name="heart-pulse" />
      <span>{plural(who, 'player has needs', 'players have needs')} to know of</span>
      <Icon name="chevron-right" />
    </button>
  );
}

/** Everybody's of one register, in its order. */
export function NeedsSheet({ session, order, onClose }: { session: string; order: readonly string[]; onClose: () => void }): JSX.Element {
  const needs = useNeeds(session, order.length);
  return (
    <Sheet title="Needs to know of" onClose={onClose}>
      {order.map((learner) => {
        const own = needs.filter((one) => one.learner === learner);
        return own[0] ? (
          <section key={learner}>
            <h3>{own[0].name}</h3>
            <NeedList needs={own} />
          </section>
        ) : null;
      })}
      <p class="mute small">The office keeps this. It is shown on the day of a session alone.</p>
    </Sheet>
  );
}
