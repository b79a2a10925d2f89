// note_form.tsx: a note: the text and Save are enough; areas, next step, the learner's own words and who may read it are there to tap.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { area_labels, visibility_labels, type Area, type Learner, type Visibility } from '../../../shared/ui/generated/calls.ts';
import { call, complain, say } from '../state.ts';
import { ActivityChoice } from './activity_choice.tsx';

interface NoteFormProps {
  learner: Learner;
  activity: string | null;
  session: string | null;
  focus: boolean;
}

const areas = Object.keys(area_labels) as Area[];
const visibilities = Object.keys(visibility_labels) as Visibility[];
const textMax = 4000;

export function NoteForm({ learner, activity, session, focus }: NoteFormProps): JSX.Element {
  const [of, setOf] = useState(activity ?? learner.enrolments[0]?.activity ?? null);
  const [chosen, setChosen] = useState<ReadonlySet<Area>>(new Set());
  const [text, setText] = useState('');
  const [next, setNext] = useState('');
  const [words, setWords] = useState('');
  const [visibility, setVisibility] = useState<Visibility>('office');
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, []);
  const toggle = (area: Area): void => {
    const now = new Set(chosen);
    if (!now.delete(area)) now.add(area);
    setChosen(now);
  };
  const empty = text.trim() === '' && next.trim() === '' && words.trim() === '';
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (empty || !of) return;
    setBusy(true);
    try {
      await call('note.add', {
        learner: learner.id,
        activity: of,
        session: session ?? undefined,
        areas: areas.filter((area) => chosen.has(area)),
        text: text.trim() || undefined,
        next_step: next.trim() || undefined,
        learner_words: words.trim() || undefined,
        visibility,
      });
      setText('');
      setNext('');
      setWords('');
      setChosen(new Set());
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
      <label class="field">
        <span>How did it go?</span>
        <textarea ref={field} rows={4} maxLength={textMax} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <fieldset>
        <legend>Areas</legend>
        <div class="chips">
          {areas.map((area) => (
            <button type="button" class="chip" key={area} aria-pressed={chosen.has(area)} onClick={() => toggle(area)}>
              {area_labels[area]}
            </button>
          ))}
        </div>
      </fieldset>
      <label class="field">
        <span>Next step</span>
        <textarea rows={2} maxLength={textMax} value={next} onInput={(event) => setNext(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>In the learner’s own words</span>
        <textarea rows={2} maxLength={textMax} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
      <ActivityChoice learner={learner} value={of} onChange={setOf} />
      <label class="field">
        <span>Who may read it</span>
        <select value={visibility} onChange={(event) => setVisibility(visibilities.find((one) => one === event.currentTarget.value) ?? 'office')}>
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
