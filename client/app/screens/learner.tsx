// learner.tsx: the learner sheet: profile, the last note in view, a new note in three taps, progress, what went before.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { joined, longDate, shortDate } from '../../../shared/ui/format.ts';
import { area_labels, stage_labels, visibility_labels, type Learner, type Note } from '../../../shared/ui/generated/calls.ts';
import { progressWords } from '../../../shared/ui/progress.ts';
import { NeedsOf } from '../parts/needs.tsx';
import { NoteForm } from '../parts/note_form.tsx';
import { ProgressForm } from '../parts/progress_form.tsx';
import { Top } from '../parts/top.tsx';
import { NoScreen } from '../parts/trouble.tsx';
import { back, go, type Route } from '../route.ts';
import { call, complain, say, useAsk } from '../state.ts';

type Place = Extract<Route, { screen: 'learner' }>;

function Sent({ sent }: { sent: boolean }): JSX.Element {
  return sent ? <span class="pill good">At the office</span> : <span class="pill">Saved here</span>;
}

function NoteBody({ note }: { note: Note }): JSX.Element {
  return (
    <>
      {note.areas.length > 0 ? <p class="mute small">{note.areas.map((area) => area_labels[area]).join(', ')}</p> : null}
      {note.text ? <p class="said-text">{note.text}</p> : null}
      {note.next_step ? (
        <p>
          <b>Next step:</b> {note.next_step}
        </p>
      ) : null}
      {note.learner_words ? (
        <p>
          <b>In their words:</b> {note.learner_words}
        </p>
      ) : null}
    </>
  );
}

/** Written about the wrong child, or twice: one's own can be taken back. */
function TakeBack({ note, name }: { note: Note; name: string }): JSX.Element | null {
  const [asking, ask] = useState(false);
  if (!note.own) return null;
  const take = (): void => {
    ask(false);
    call('note.remove', { note: note.id }).then(() => say('Note taken back. Saved here.'), complain);
  };
  return (
    <>
      <button type="button" class="b3" onClick={() => ask(true)}>
        <Icon name="undo-2" />
        Take it back<span class="vh">: the note of {shortDate(note.date)}</span>
      </button>
      {asking ? (
        <Sheet title="Take this note back?" onClose={() => ask(false)}>
          <p>It goes from {name}’s sheet, here and at the office. That it was written stays in the office’s history.</p>
          <div class="choices">
            <button type="button" class="choice" onClick={take}>
              <Icon name="undo-2" />
              <span>Take it back</span>
            </button>
            <button type="button" class="choice" onClick={() => ask(false)}>
              <Icon name="chevron-left" />
              <span>Keep it</span>
            </button>
          </div>
        </Sheet>
      ) : null}
    </>
  );
}

function LastNote({ learner }: { learner: Learner }): JSX.Element {
  const last = learner.notes[0];
  if (!last) return <p class="mute">No note to show yet. What you write stays in view here.</p>;
  return (
    <div class="last-note">
      <p class="mute small">
        {longDate(last.date)}
        {last.author_name ? `, ${last.author_name}` : ''}
        {last.activity_name ? `, ${last.activity_name}` : ''}
      </p>
      <NoteBody note={last} />
      <TakeBack note={last} name={learner.name} />
    </div>
  );
}

function Facts({ learner }: { learner: Learner }): JSX.Element {
  const attended = learner.here + learner.away;
  const facts: [string, string][] = [
    ['Stage', learner.stage ? stage_labels[learner.stage] : 'Not set'],
    ['Programme of Study', learner.pos ? `Level ${learner.pos}` : 'Not set'],
    ['Grade', learner.grade ?? 'None yet'],
    ['Here this term', attended > 0 ? `${learner.here} of ${attended}` : 'No marks yet'],
  ];
  return (
    <dl class="facts">
      {facts.map(([word, value]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function History({ learner }: { learner: Learner }): JSX.Element {
  const items = [
    ...learner.notes.slice(1).map((note) => ({ key: note.id, date: note.date, sent: note.sent, by: note.author_name, title: `Note, ${visibility_labels[note.visibility].toLowerCase()}`, note })),
    ...learner.progress.map((fact) => ({ key: fact.id, date: fact.date, sent: fact.sent, by: fact.author_name, title: progressWords(fact), note: null, comment: fact.comment })),
  ].sort((a, b) => b.date.localeCompare(a.date));
  if (items.length === 0) return <p class="mute">Notes and progress will stand here, the latest first.</p>;
  return (
    <ol class="tl">
      {items.map((item) => (
        <li key={item.key}>
          <p>
            <b>{item.title}</b> <Sent sent={item.sent} />
          </p>
          <p class="mute small">
            {shortDate(item.date)}
            {item.by ? `, ${item.by}` : ''}
          </p>
          {item.note ? <NoteBody note={item.note} /> : null}
          {item.note ? <TakeBack note={item.note} name={learner.name} /> : null}
        </li>
      ))}
    </ol>
  );
}

export function LearnerScreen({ place }: { place: Place }): JSX.Element {
  const asked = useAsk('learner.get', { learner: place.learner }, place.learner, [`learner:${place.learner}`, 'sync']);
  const learner = asked.data;
  const leave = (): void => back(place.session ? { screen: 'register', session: place.session } : { screen: 'today' });
  if (!learner) {
    return (
      <>
        <Top title="Learner" onBack={leave} />
        <main class="page">{asked.failure ? <NoScreen failure={asked.failure} /> : <p class="mute loading">Opening…</p>}</main>
      </>
    );
  }
  const sub = joined([learner.year_group ? `Year ${learner.year_group}` : '', learner.school ?? '']);
  return (
    <div class="learner">
      <Top title={learner.name} sub={sub} onBack={leave}>
        <p class="greet">
          {learner.enrolments.map((one) => (
            <span key={one.activity}>
              {one.name}
              {one.instrument ? `, ${one.instrument}` : ''}
            </span>
          ))}
        </p>
      </Top>
      <main class="page cols">
        <section class="area-now" aria-labelledby="profile-head">
          <h2 id="profile-head">Now</h2>
          <NeedsOf learner={learner.id} />
          <Facts learner={learner} />
          <h2>Last note</h2>
          <LastNote learner={learner} />
          <button type="button" class="b3" onClick={() => go({ screen: 'concern', learner: learner.id })}>
            <Icon name="shield-alert" />
            Safeguarding concern
          </button>
        </section>
        <section class="area-note" aria-labelledby="note-head">
          <h2 id="note-head">
            <Icon name="notebook-pen" /> New note
          </h2>
          <NoteForm learner={learner} activity={place.activity} session={place.session} focus={place.note} />
          <ProgressForm learner={learner} activity={place.activity} />
        </section>
        <section class="area-before" aria-labelledby="before-head">
          <h2 id="before-head">Before</h2>
          <History learner={learner} />
        </section>
      </main>
    </div>
  );
}
