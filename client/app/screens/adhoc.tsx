// adhoc.tsx: a session nobody timetabled: which activity, from when to when, where. It opens its register at once.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { joined, plural } from '../../../shared/ui/format.ts';
import type { ActivityItem } from '../../../shared/ui/generated/calls.ts';
import { TimeField } from '../parts/time_field.tsx';
import { Top } from '../parts/top.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { back, go } from '../route.ts';
import { call, complain, officeMinute, useAsk } from '../state.ts';

const stepMinutes = 5;
const lastMinute = 1439;
const usualMinutes = 60;

function startNow(): number {
  const minute = officeMinute();
  return Math.min(minute - (minute % stepMinutes), lastMinute - usualMinutes);
}

function Form({ activities }: { activities: ActivityItem[] }): JSX.Element {
  const [activity, setActivity] = useState<ActivityItem | null>(activities.length === 1 ? (activities[0] ?? null) : null);
  const [from, setFrom] = useState<number | null>(startNow());
  const [to, setTo] = useState<number | null>(startNow() + usualMinutes);
  const [place, setPlace] = useState('');
  const [busy, setBusy] = useState(false);
  const backwards = from !== null && to !== null && to <= from;
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
    <form class="stack" onSubmit={(event) => void submit(event)}>
      <fieldset>
        <legend>Which activity meets?</legend>
        <div class="options">
          {activities.map((one) => (
            <label class="option" key={one.id}>
              <input type="radio" name="activity" checked={activity?.id === one.id} onChange={() => setActivity(one)} />
              <span>
                <b>{one.solo_name ?? one.name}</b>
                <small>{joined([one.solo_name ? one.name : plural(one.learners, 'learner'), one.place ?? '', one.school ?? ''], ' · ')}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
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
      <button type="submit" class="b1 wide" disabled={busy || !activity || from === null || to === null || backwards}>
        Open the register
      </button>
    </form>
  );
}

export function AdhocScreen(): JSX.Element {
  const asked = useAsk('activities', {}, 'activities', ['today']);
  return (
    <>
      <Top title="Ad-hoc session" sub="Today" onBack={() => back({ screen: 'today' })} backLabel="Back to today" />
      <main class="page">
        {asked.failure ? <Trouble failure={asked.failure} /> : null}
        {asked.data?.activities.length === 0 ? <p>No activity is granted to you on this device. Ring the office: they can grant one, and it comes with the next sync.</p> : null}
        {asked.data && asked.data.activities.length > 0 ? <Form activities={asked.data.activities} /> : null}
      </main>
    </>
  );
}
