// move_sheet.tsx: a session at another time of its day, or in another one's place: the two change times.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { clock } from '../../../shared/ui/format.ts';
import type { SessionItem } from '../../../shared/ui/generated/calls.ts';
import { useAsk } from '../state.ts';
import { Complaint } from './refused.tsx';
import { TimeField } from './time_field.tsx';

export type Move = Pick<SessionItem, 'starts' | 'ends'> & { session: string };

export function MoveSheet({ item, onMove, onClose }: { item: SessionItem; onMove: (moves: Move[]) => void; onClose: () => void }): JSX.Element {
  const [starts, setStarts] = useState<number | null>(item.starts);
  const [ends, setEnds] = useState<number | null>(item.ends);
  const asked = useAsk('today', { date: item.date }, item.date, ['today']);
  const others = (asked.data?.sessions ?? []).filter((one) => one.id !== item.id && one.status !== 'cancelled' && one.state !== 'closed');
  const backwards = starts !== null && ends !== null && ends <= starts;
  return (
    <Sheet title="Change the time" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (starts !== null && ends !== null && !backwards) onMove([{ session: item.id, starts, ends }]);
        }}
      >
        <div class="times">
          <TimeField label="From" start={item.starts} onMinute={setStarts} />
          <TimeField label="To" start={item.ends} describedBy="move-word" onMinute={setEnds} />
        </div>
        <p id="move-word" role="alert">
          {backwards ? 'It ends before it begins: set a later end.' : ''}
        </p>
        <button type="submit" class="b1 wide" disabled={starts === null || ends === null || backwards}>
          Change it
        </button>
      </form>
      {others.length > 0 ? (
        <>
          <h3 id="swap-head">Or swap its time with</h3>
          <ul class="choices" aria-labelledby="swap-head">
            {others.map((one) => (
              <li key={one.id}>
                <button type="button" class="choice" onClick={() => onMove([{ session: item.id, starts: one.starts, ends: one.ends }, { session: one.id, starts: item.starts, ends: item.ends }])}>
                  <Icon name="arrow-up-down" />
                  <span>
                    {one.solo_name ?? one.name}
                    <small>
                      {clock(one.starts)} to {clock(one.ends)}
                    </small>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <Complaint />
    </Sheet>
  );
}
