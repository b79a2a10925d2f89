// adhoc.tsx: a session nobody timetabled: which activity, from when to when, where. It opens its register at once.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clock, joined, plural } from '../../../shared/ui/format.ts';
import type { ActivityItem } from '../../../shared/ui/generated/calls.ts';
import { saysOneOf } from '../../../shared/ui/names.ts';
import { TimeField } from '../parts/time_field.tsx';
import { Top } from '../parts/top.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { back, go } from '../route.ts';
import { call, complain, officeMinute, useAsk } from '../state.ts';

const stepMinutes = 5;
const lastMinute = 1439;
const usualMinutes = 60;

/** More than these are looked for by name. */
const foundAtSight = 8;

const nameOf = (one: ActivityItem): string => one.solo_name ?? one.name;

function startNow(): number {
  const minute = officeMinute();
  return Math.min(minute - (minute % stepMinutes), lastMinute - usualMinutes);
}

function Find({ value, onValue }: { value: string; onValue: (value: string) => void }): JSX.Element {
  return (
    <label class="field">
      <span>Find an activity</span>
      {/* Its Enter looks, and opens no register. */}
      <input
        class="input"
        type="search"
        autocomplete="off"
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
    </label>
  );
}

interface ActivitiesProps {
  list: readonly ActivityItem[];
  chosen: ActivityItem | null;
  onChoose: (one: ActivityItem) => void;
}

function Activities({ list, chosen, onChoose }: ActivitiesProps): JSX.Element {
  return (
    <fieldset>
      <legend>Which activity meets?</legend>
      <div class="options">
        {list.map((one) => (
          <label class="option" key={one.id}>
            <input type="radio" name="activity" checked={chosen?.id === one.id} onChange={() => onChoose(one)} />
            <span>
              <b>{nameOf(one)}</b>
              <small>{joined([one.solo_name ? one.name : plural(one.learners, 'learner'), one.place ?? '', one.school ?? ''], ' · ')}</small>
            </span>
          </label>
        ))}
      </div>
      <p role="status">{list.length === 0 ? 'None of yours is called that. Try fewer letters.' : ''}</p>
    </fieldset>
  );
}

/** Below twenty activities nobody would see the button: it stands at the foot of the screen, and says what it opens. */
function OpenIt({ words, ready }: { words: string; ready: boolean }): JSX.Element {
  return (
    <footer class="dock">
      <button type="submit" class="b1 wide" disabled={!ready}>
        <span>
          Open the register
          {words ? <small>{words}</small> : null}
        </span>
      </button>
    </footer>
  );
}

function Form({ activities }: { activities: ActivityItem[] }): JSX.Element {
  const [activity, setActivity] = useState<ActivityItem | null>(activities.length === 1 ? (activities[0] ?? null) : null);
  const [from, setFrom] = useState<number | null>(startNow());
  const [to, setTo] = useState<number | null>(startNow() + usualMinutes);
  const [place, setPlace] = useState('');
  const [busy, setBusy] = useState(false);
  const [wanted, setWanted] = useState('');
  // What was chosen stays in sight, whatever is looked for.
  const shown = activities.filter((one) => one.id === activity?.id || saysOneOf(wanted, [one.name, one.solo_name ?? '', one.school ?? '', one.place ?? '']));
  const isTimed = from !== null && to !== null;
  const backwards = isTimed && to <= from;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!activity || from === null || to === null || backwards) return;
    setBusy(true);
    try {
      const made = await call('session.adhoc', { activity: activity.id, starts: from, ends: to, place: place.trim() || undefined });
      go({ screen: 'register', session: made.session });
    } catch (error) {
      complain(error);
      setBusy(false);
    }
  };
  return (
    <form class="adhoc" onSubmit={(event) => void submit(event)}>
      <main class="page">
        {activities.length > foundAtSight ? <Find value={wanted} onValue={setWanted} /> : null}
        <Activities list={shown} chosen={activity} onChoose={setActivity} />
        <div class="times">
          <TimeField label="From" start={startNow()} onMinute={setFrom} />
          <TimeField label="To" start={startNow() + usualMinutes} describedBy="times-word" onMinute={setTo} />
        </div>
        <p id="times-word" role="alert">
          {backwards ? 'It ends before it begins: set a later end.' : ''}
        </p>
        <label class="field">
          <span>Place, if it is another one</span>
          <input class="input" type="text" maxLength={80} autocomplete="off" value={place} onInput={(event) => setPlace(event.currentTarget.value)} />
        </label>
      </main>
      <OpenIt words={activity && isTimed ? `${nameOf(activity)}, ${clock(from)} to ${clock(to)}` : ''} ready={!busy && activity !== null && isTimed && !backwards} />
    </form>
  );
}

export function AdhocScreen(): JSX.Element {
  const asked = useAsk('activities', {}, 'activities', ['today']);
  return (
    <>
      <Top title="Ad-hoc session" sub="Today" onBack={() => back({ screen: 'today' })} backLabel="Back to today" />
      {asked.data && asked.data.activities.length > 0 ? (
        <Form activities={asked.data.activities} />
      ) : (
        <main class="page">
          {asked.failure ? <Trouble failure={asked.failure} /> : null}
          {asked.data ? <p>No activity is granted to you on this device. Ring the office: they can grant one, and it comes with the next sync.</p> : null}
        </main>
      )}
    </>
  );
}
