// find.tsx: find a learner on this device by a few letters of the name.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { useFocus } from '../../../shared/ui/components/focus.ts';
import { initials, joined, plural } from '../../../shared/ui/format.ts';
import type { LearnerItem } from '../../../shared/ui/generated/calls.ts';
import { inBrowser } from '../../browser/home.ts';
import { keepTyped, typedBefore } from '../came_back.ts';
import { canBeFound } from '../names.ts';
import { LetterKeys } from '../parts/letter_keys.tsx';
import { Top } from '../parts/top.tsx';
import { back, go } from '../route.ts';
import { call, complain } from '../state.ts';

export function FindScreen(): JSX.Element {
  const field = useFocus<HTMLInputElement>();
  const [text, setText] = useState(typedBefore);
  const [found, setFound] = useState<LearnerItem[] | null>(null);
  useEffect(() => {
    let live = true;
    keepTyped(text);
    if (!canBeFound(text)) {
      setFound(null);
      return undefined;
    }
    call('learner.find', { text: text.trim() }).then(
      (answer) => {
        if (live) setFound(answer.learners);
      },
      (error: unknown) => complain(error),
    );
    return () => {
      live = false;
    };
  }, [text]);
  return (
    <>
      <Top title="Find a learner" sub="Whoever is on this device" onBack={() => back({ screen: 'today' })} backLabel="Back to today" />
      <main class="page">
        <div class="field">
          <label for="find-name">Name</label>
          <input
            id="find-name"
            class="input"
            type="search"
            autocomplete="off"
            ref={field}
            aria-describedby="find-help"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <small id="find-help">Two letters or more. “zoe” finds Zoë.</small>
        </div>
        {inBrowser ? null : <LetterKeys text={text} onText={setText} />}
        <p class="vh" role="status">
          {found ? `${plural(found.length, 'learner')} found` : ''}
        </p>
        {found?.length === 0 ? <p>Nobody on this device has that name. Try fewer letters, or ask the office whether you are granted the activity.</p> : null}
        <ul class="people two">
          {(found ?? []).map((one) => (
            <li key={one.id}>
              <button type="button" class="person" data-to={one.id} onClick={() => go({ screen: 'learner', learner: one.id, activity: null, session: null, note: false })}>
                <span class="face" aria-hidden="true">
                  {initials(one.name)}
                </span>
                <span>
                  <b>{one.name}</b>
                  <small>{joined([one.year_group ? `Year ${one.year_group}` : '', one.school ?? '', one.activities.join(', ')], ' · ')}</small>
                </span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      </main>
    </>
  );
}
