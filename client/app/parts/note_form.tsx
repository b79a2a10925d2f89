// note_form.tsx: a note: the text and Save are enough; areas, next step, the learner's own words and who may read it are there to tap. What was begun
// is kept: a telephone that locks takes no words away.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { area_labels, visibility_labels, type Area, type Learner, type Visibility } from '../../../shared/ui/generated/calls.ts';
import { draftText, isBlank, readDraft, type Draft } from '../draft.ts';
import { call, complain, say } from '../state.ts';
import { ActivityChoice } from './activity_choice.tsx';
import { useKeeping } from './keeping.ts';

interface NoteFormProps {
  learner: Learner;
  activity: string | null;
  session: string | null;
  focus: boolean;
}

const areas = Object.keys(area_labels) as Area[];
const visibilities = Object.keys(visibility_labels) as Visibility[];
// Of schema.def.
const textMax = 2000;
const lineMax = 500;

export function NoteForm({ learner, activity, session, focus }: NoteFormProps): JSX.Element {
  const fresh: Draft = { activity: activity ?? learner.enrolments[0]?.activity ?? null, areas: [], text: '', next: '', words: '', visibility: 'office' };
  const [begun] = useState(() => readDraft(learner.draft));
  const left = begun !== null && !learner.enrolments.some((one) => one.activity === begun.activity);
  const [draft, setDraft] = useState(begun ? { ...begun, activity: left ? fresh.activity : begun.activity } : fresh);
  const [again, setAgain] = useState(begun !== null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  // One that cannot be kept still stands in its fields, and Save says why.
  const keeping = useKeeping(learner.draft ?? '', (text) => call('draft.keep', { learner: learner.id, text }));
  useEffect(() => {
    if (focus) field.current?.focus();
  }, []);
  const change = (to: Partial<Draft>): void => {
    const next = { ...draft, ...to };
    setDraft(next);
    keeping.typed(draftText(next));
  };
  const start = (): void => {
    change(fresh);
    keeping.now();
    setAgain(false);
  };
  const { activity: of, text, next, words, visibility } = draft;
  const toggle = (area: Area): void => change({ areas: areas.filter((one) => (one === area) !== draft.areas.includes(one)) });
  const empty = isBlank(draft);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (empty || !of) return;
    setBusy(true);
    // Before the note: afterwards it would come back as one that was begun.
    keeping.now();
    try {
      await call('note.add', {
        learner: learner.id,
        activity: of,
        session: session ?? undefined,
        areas: draft.areas,
        text: text.trim() || undefined,
        next_step: next.trim() || undefined,
        learner_words: words.trim() || undefined,
        visibility,
      });
      start();
      say(`Note on ${learner.name}: saved here.`);
    } catch (error) {
      // What was typed stays in the fields.
      complain(error);
    }
    setBusy(false);
  };
  if (!of) return <p class="mute">A note belongs to an activity, and {learner.name} is in none on this device.</p>;
  return (
    <form class="stack" onSubmit={(event) => void save(event)}>
      {again ? (
        <div class="notice info begun">
          <p>You began this note before. It is not saved yet.</p>
          <button type="button" class="b2" onClick={start}>
            Start afresh
          </button>
        </div>
      ) : null}
      <label class="field">
        <span>How did it go?</span>
        <textarea ref={field} rows={4} maxLength={textMax} value={text} onInput={(event) => change({ text: event.currentTarget.value })} onBlur={keeping.now} />
      </label>
      <fieldset>
        <legend>Areas</legend>
        <div class="chips">
          {areas.map((area) => (
            <button type="button" class="chip" key={area} aria-pressed={draft.areas.includes(area)} onClick={() => toggle(area)}>
              {area_labels[area]}
            </button>
          ))}
        </div>
      </fieldset>
      <label class="field">
        <span>Next step</span>
        <textarea rows={2} maxLength={lineMax} value={next} onInput={(event) => change({ next: event.currentTarget.value })} onBlur={keeping.now} />
      </label>
      <label class="field">
        <span>In the learner’s own words</span>
        <textarea rows={2} maxLength={lineMax} value={words} onInput={(event) => change({ words: event.currentTarget.value })} onBlur={keeping.now} />
      </label>
      <ActivityChoice learner={learner} value={of} onChange={(one) => change({ activity: one })} />
      <label class="field">
        <span>Who may read it</span>
        <select value={visibility} onChange={(event) => change({ visibility: visibilities.find((one) => one === event.currentTarget.value) ?? 'office' })}>
          {visibilities.map((one) => (
            <option key={one} value={one}>
              {visibility_labels[one]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="b1 wide stick" disabled={busy || empty}>
        Save note
      </button>
    </form>
  );
}
