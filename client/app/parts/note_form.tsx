// note_form.tsx: a note: the text and Save are enough; areas, next step, the learner's own words and who may read it are there to tap. What was begun
// is kept: a telephone that locks takes no words away.
import type { JSX, Ref } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { area_labels, visibility_labels, type Area, type Learner, type Visibility } from '../../../shared/ui/generated/calls.ts';
import { draftText, isBlank, leftOver, readDraft, type Draft } from '../draft.ts';
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

interface Writing {
  draft: Draft;
  change(to: Partial<Draft>): void;
  /** Keeps at once what was typed. */
  keep(): void;
  /** Whether it was begun before, and left. */
  again: boolean;
  afresh(): void;
  /** The note is saved as it was then; what was written since stays. */
  saved(as: Draft): void;
}

/** What is written of a note, kept as a draft while it is. */
function useDraft(learner: Learner, activity: string | null): Writing {
  const fresh: Draft = { activity: activity ?? learner.enrolments[0]?.activity ?? null, areas: [], text: '', next: '', words: '', visibility: 'office' };
  const [begun] = useState(() => readDraft(learner.draft));
  const left = begun !== null && !learner.enrolments.some((one) => one.activity === begun.activity);
  const [draft, setDraft] = useState(begun ? { ...begun, activity: left ? fresh.activity : begun.activity } : fresh);
  const [again, setAgain] = useState(begun !== null);
  // One that cannot be kept still stands in its fields, and Save says why.
  const keeping = useKeeping(learner.draft ?? '', (text) => call('draft.keep', { learner: learner.id, text }));
  // Whoever waited for the core must not go by what was in the fields before.
  const latest = useRef(draft);
  const change = (to: Partial<Draft>): void => {
    latest.current = { ...latest.current, ...to };
    setDraft(latest.current);
    keeping.typed(draftText(latest.current));
  };
  const leave = (left: Draft): void => {
    change(left);
    keeping.now();
    setAgain(false);
  };
  return { draft, change, keep: keeping.now, again, afresh: () => leave(fresh), saved: (as) => leave(leftOver(latest.current, as, fresh)) };
}

function Begun({ onAfresh }: { onAfresh: () => void }): JSX.Element {
  return (
    <div class="notice info begun">
      <p>You began this note before. It is not saved yet.</p>
      <button type="button" class="b2" onClick={onAfresh}>
        Start afresh
      </button>
    </div>
  );
}

function Areas({ chosen, onToggle }: { chosen: readonly Area[]; onToggle: (area: Area) => void }): JSX.Element {
  return (
    <fieldset>
      <legend>Areas</legend>
      <div class="chips">
        {areas.map((area) => (
          <button type="button" class="chip" key={area} aria-pressed={chosen.includes(area)} onClick={() => onToggle(area)}>
            {area_labels[area]}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

interface WrittenProps {
  label: string;
  rows: number;
  max: number;
  value: string;
  onText: (text: string) => void;
  onLeft: () => void;
  field?: Ref<HTMLTextAreaElement>;
}

function Written({ label, rows, max, value, onText, onLeft, field }: WrittenProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea ref={field} rows={rows} maxLength={max} value={value} onInput={(event) => onText(event.currentTarget.value)} onBlur={onLeft} />
    </label>
  );
}

function Readers({ value, onValue }: { value: Visibility; onValue: (value: Visibility) => void }): JSX.Element {
  return (
    <label class="field">
      <span>Who may read it</span>
      <select value={value} onChange={(event) => onValue(visibilities.find((one) => one === event.currentTarget.value) ?? 'office')}>
        {visibilities.map((one) => (
          <option key={one} value={one}>
            {visibility_labels[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

export function NoteForm({ learner, activity, session, focus }: NoteFormProps): JSX.Element {
  const { draft, change, keep, again, afresh, saved } = useDraft(learner, activity);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, []);
  const { activity: of, text, next, words, visibility } = draft;
  const empty = isBlank(draft);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (empty || !of || busy) return;
    setBusy(true);
    // Before the note: afterwards it would come back as one that was begun.
    keep();
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
      saved(draft);
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
      {again ? <Begun onAfresh={afresh} /> : null}
      <Written label="How did it go?" rows={4} max={textMax} value={text} field={field} onText={(now) => change({ text: now })} onLeft={keep} />
      <Areas chosen={draft.areas} onToggle={(area) => change({ areas: areas.filter((one) => (one === area) !== draft.areas.includes(one)) })} />
      <Written label="Next step" rows={2} max={lineMax} value={next} onText={(now) => change({ next: now })} onLeft={keep} />
      <Written label="In the learner’s own words" rows={2} max={lineMax} value={words} onText={(now) => change({ words: now })} onLeft={keep} />
      <ActivityChoice learner={learner} value={of} onChange={(one) => change({ activity: one })} />
      <Readers value={visibility} onValue={(one) => change({ visibility: one })} />
      <button type="submit" class="b1 wide stick" disabled={busy || empty}>
        Save note
      </button>
    </form>
  );
}
