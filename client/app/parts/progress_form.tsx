// progress_form.tsx: a dated fact of progress: stage, Programme of Study, a grade, or an event.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { progress_kind_labels, stage_labels, type Learner, type ProgressKind, type Stage } from '../../../shared/ui/generated/calls.ts';
import { call, complain, say } from '../state.ts';
import { ActivityChoice } from './activity_choice.tsx';

interface ProgressFormProps {
  learner: Learner;
  activity: string | null;
}

const kinds = Object.keys(progress_kind_labels) as ProgressKind[];
const stages = Object.keys(stage_labels) as Stage[];
const levels = [1, 2, 3, 4, 5];
const results = ['Pass', 'Merit', 'Distinction'];

/** What is chosen of every kind; what the fact is not about is not saved. */
interface Choice {
  kind: ProgressKind | null;
  stage: Stage | null;
  pos: number | null;
  board: string;
  grade: string;
  result: string;
}

const nothing: Choice = { kind: null, stage: null, pos: null, board: '', grade: '', result: '' };

function isComplete({ kind, stage, pos, grade }: Choice): boolean {
  return kind !== null && (kind !== 'stage' || stage !== null) && (kind !== 'pos' || pos !== null) && (kind !== 'grade' || grade.trim() !== '');
}

/** As the core takes it. */
function factOf({ kind, stage, pos, board, grade, result }: Choice): { stage?: Stage | null; pos?: number | null; board?: string | undefined; grade?: string; result?: string | undefined } {
  if (kind === 'stage') return { stage };
  if (kind === 'pos') return { pos };
  if (kind === 'grade') return { board: board.trim() || undefined, grade: grade.trim(), result: result || undefined };
  return {};
}

interface ChipsProps<T> {
  label: string;
  of: readonly T[];
  chosen: T | null;
  words: (one: T) => string;
  onChoose: (one: T) => void;
}

function Chips<T extends string | number>({ label, of, chosen, words, onChoose }: ChipsProps<T>): JSX.Element {
  return (
    <div class="chips" role="group" aria-label={label}>
      {of.map((one) => (
        <button type="button" class="chip" key={one} aria-pressed={chosen === one} onClick={() => onChoose(one)}>
          {words(one)}
        </button>
      ))}
    </div>
  );
}

interface DetailsProps {
  choice: Choice;
  set: (part: Partial<Choice>) => void;
}

function Line({ label, max, value, onText }: { label: string; max: number; value: string; onText: (text: string) => void }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input class="input" type="text" maxLength={max} autocomplete="off" value={value} onInput={(event) => onText(event.currentTarget.value)} />
    </label>
  );
}

function Grade({ choice, set }: DetailsProps): JSX.Element {
  return (
    <>
      <div class="times">
        <Line label="Board" max={40} value={choice.board} onText={(board) => set({ board })} />
        <Line label="Grade" max={20} value={choice.grade} onText={(grade) => set({ grade })} />
      </div>
      <Chips label="Result" of={results} chosen={choice.result} words={(one) => one} onChoose={(one) => set({ result: choice.result === one ? '' : one })} />
    </>
  );
}

/** What a fact of the chosen kind says; an event says nothing more. */
function Details({ choice, set }: DetailsProps): JSX.Element | null {
  switch (choice.kind) {
    case 'stage':
      return <Chips label="Stage" of={stages} chosen={choice.stage} words={(one) => stage_labels[one]} onChoose={(stage) => set({ stage })} />;
    case 'pos':
      return <Chips label="Programme of Study level" of={levels} chosen={choice.pos} words={(one) => `Level ${one}`} onChoose={(pos) => set({ pos })} />;
    case 'grade':
      return <Grade choice={choice} set={set} />;
    default:
      return null;
  }
}

export function ProgressForm({ learner, activity }: ProgressFormProps): JSX.Element | null {
  const [of, setOf] = useState(activity ?? learner.enrolments[0]?.activity ?? null);
  const [choice, setChoice] = useState(nothing);
  const [busy, setBusy] = useState(false);
  const { kind } = choice;
  const set = (part: Partial<Choice>): void => setChoice((now) => ({ ...now, ...part }));
  const complete = isComplete(choice);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!kind || !of || !complete) return;
    setBusy(true);
    try {
      await call('progress.add', { learner: learner.id, activity: of, kind, ...factOf(choice) });
      set({ kind: null });
      say(`${progress_kind_labels[kind]} for ${learner.name}: saved here.`);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  if (!of) return null;
  return (
    <form class="stack" onSubmit={(event) => void save(event)}>
      <h2>
        <Icon name="trending-up" /> Progress
      </h2>
      <Chips label="What happened" of={kinds} chosen={kind} words={(one) => progress_kind_labels[one]} onChoose={(one) => set({ kind: kind === one ? null : one })} />
      <Details choice={choice} set={set} />
      {kind ? <ActivityChoice learner={learner} value={of} onChange={setOf} /> : null}
      {kind ? (
        <button type="submit" class="b1 wide" disabled={busy || !complete}>
          Save progress
        </button>
      ) : null}
    </form>
  );
}
