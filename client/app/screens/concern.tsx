// concern.tsx: a safeguarding concern: who will read it is said before anything is written; afterwards nobody reads it here.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import type { ConcernItem, Concerns } from '../../../shared/ui/generated/calls.ts';
import { Ring } from '../parts/ring.tsx';
import { Top } from '../parts/top.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { back, type Route } from '../route.ts';
import { call, complain, device, officeNow, useAsk } from '../state.ts';

type Place = Extract<Route, { screen: 'concern' }>;

// Of limits.h, in bytes: the core says when other letters fill it sooner.
const textMax = 3900;

function Own({ one, phone }: { one: ConcernItem; phone: string | null | undefined }): JSX.Element {
  const delivered = one.state === 'delivered';
  return (
    <li class={delivered ? 'notice good' : 'notice bad'}>
      <Icon name={delivered ? 'circle-check' : 'triangle-alert'} />
      <div class="stack">
        <p>
          <b>{delivered ? `Delivered${one.delivered_at ? ` ${moment(one.delivered_at, officeNow())}` : ''}` : 'Not delivered'}</b>
          <br />
          Written {moment(one.written_at, officeNow())}
          {one.state === 'help' ? '. The office holds it back: tell them.' : ''}
        </p>
        {delivered ? null : <Ring phone={phone} />}
      </div>
    </li>
  );
}

/** What was begun, for whoever began it, while this page lives: on the device it is kept only once it is sealed. */
const begun = new Map<string, string>();

function Form({ held, learner, name }: { held: Concerns; learner: string | null; name: string | undefined }): JSX.Element {
  const key = `${device.value?.unlocked ?? ''} ${learner ?? ''}`;
  const [text, setText] = useState(() => begun.get(key) ?? '');
  const write = (words: string): void => {
    begun.set(key, words);
    setText(words);
  };
  const [busy, setBusy] = useState(false);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await call('concern.add', { learner: learner ?? undefined, text: text.trim() });
      write('');
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <form class="stack" onSubmit={(event) => void save(event)}>
      <div class="notice info">
        <Icon name="lock" />
        <p>
          <b>Only these can read it:</b> {held.readers.join('; ')}. Not your colleagues, not the office, and not you once it is sealed.
        </p>
      </div>
      <p>If somebody is in danger now, ring first.</p>
      <Ring phone={held.phone} />
      <label class="field">
        <span>{name ? `About ${name}: what did you see or hear?` : 'What did you see or hear, and about whom?'}</span>
        <textarea rows={6} maxLength={textMax} value={text} onInput={(event) => write(event.currentTarget.value)} />
      </label>
      <button type="submit" class="b1 wide" disabled={busy || text.trim() === ''}>
        Seal it
      </button>
    </form>
  );
}

function About({ learner }: { learner: string }): JSX.Element {
  const asked = useAsk('learner.get', { learner }, learner, []);
  return <Body learner={learner} name={asked.data?.name} />;
}

function Body({ learner, name }: { learner: string | null; name?: string | undefined }): JSX.Element {
  const asked = useAsk('concerns', {}, 'concerns', ['sync']);
  const held = asked.data;
  return (
    <>
      <Top title="Safeguarding concern" sub={name} onBack={() => back({ screen: 'today' })} />
      <main class="page cols">
        {asked.failure ? <Trouble failure={asked.failure} /> : null}
        {held ? (
          <section class="block" aria-label="New">
            {held.readers.length > 0 ? <Form held={held} learner={learner} name={name} /> : <p>The office has not said yet who reads concerns, so none can be kept here.</p>}
            {held.readers.length > 0 ? null : <Ring phone={held.phone} />}
          </section>
        ) : null}
        {held && held.concerns.length > 0 ? (
          <section class="block" aria-labelledby="own-head">
            <h2 id="own-head">Yours</h2>
            <ul class="stack">
              {held.concerns.map((one) => (
                <Own key={one.written_at} one={one} phone={held.phone} />
              ))}
            </ul>
          </section>
        ) : null}
      </main>
    </>
  );
}

export function ConcernScreen({ place }: { place: Place }): JSX.Element {
  return place.learner ? <About learner={place.learner} /> : <Body learner={null} />;
}
