// places.tsx: where one learner comes, on their own page: each activity with its days, enrolling them in another, and what is over.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { isoToday, joined, plural, spanWords } from '../../../shared/ui/format.ts';
import { ActForm } from '../acting.tsx';
import type { LearnerPlace } from '../api.ts';
import { refresh } from '../live.ts';
import { CardHead, Link } from '../parts.tsx';
import { Pick } from '../plan/pick.tsx';
import { mayChange, told } from './about.tsx';
import { activityApi } from './activity_api.ts';
import { Plays } from './learners.tsx';

function EnrolForm({ learner, onDone }: { learner: string; onDone: () => void }): JSX.Element {
  const [activity, setActivity] = useState('');
  const [input, setInput] = useState({ starts: isoToday(), instrument: '', section: '' });
  const send = async (): Promise<void> => {
    await activityApi.enrol(activity, { learner, ...input });
    told();
    refresh('learners');
    onDone();
  };
  return (
    <ActForm submit="Enrol" send={send} ready={activity !== '' && input.starts !== ''}>
      <Pick label="Activity" help="" of="activity" value={activity} name="" needed onValue={setActivity} />
      <Plays input={input} set={(part) => setInput({ ...input, ...part })} />
    </ActForm>
  );
}

function Lines({ list }: { list: readonly LearnerPlace[] }): JSX.Element {
  return (
    <ul class="lines">
      {list.map((one) => (
        <li key={one.id}>
          <span>
            <Link href={`/activities/${one.activity}`}>{one.name}</Link> <span class="mute">{joined([one.instrument, one.section, one.school, spanWords(one)])}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Their places are changed and ended on the page of each activity. */
export function Places({ learner, name, list }: { learner: string; name: string; list: readonly LearnerPlace[] }): JSX.Element {
  const [open, setOpen] = useState(false);
  const past = list.filter((one) => one.ends && one.ends <= isoToday());
  const here = list.filter((one) => !past.includes(one));
  return (
    <section class="card" aria-labelledby="activities-head">
      <CardHead id="activities-head" title="Activities" add={mayChange()} what="Enrol" onAdd={() => setOpen(true)} />
      {here.length === 0 ? <p class="mute">In no activity now.</p> : null}
      <Lines list={here} />
      {past.length > 0 ? (
        <details>
          <summary>{plural(past.length, 'place that ended', 'places that ended')}</summary>
          <Lines list={past} />
        </details>
      ) : null}
      {open ? (
        <Sheet title={`Enrol ${name}`} onClose={() => setOpen(false)}>
          <EnrolForm learner={learner} onDone={() => setOpen(false)} />
        </Sheet>
      ) : null}
    </section>
  );
}
