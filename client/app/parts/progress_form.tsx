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

export function ProgressForm({ learner, activity }: ProgressFormProps): JSX.Element | null {
  const [of, setOf] = useState(activity ?? learner.enrolments[0]?.activity ?? null);
  const [kind, setKind] = useState<ProgressKind | null>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const [pos, setPos] = useState<number | null>(null);
  const [board, setBoard] = useState('');
  const [grade, setGrade] = useState('');
  const [result, setResult] = useState('');
  const [busy, setBusy] = useState(false);
  const complete =
    kind !== null && (kind !== 'stage' || stage !== null) && (kind !== 'pos' || pos !== null) && (kind !== 'grade' || grade.trim() !== '');
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!kind || !of || !complete) return;
    setBusy(true);
    try {
      await call('progress.add', {
        learner: learner.id,
        activity: of,
        kind,
        stage: kind === 'stage' ? stage : undefined,
        pos: kind === 'pos' ? pos : undefined,
        board: kind === 'grade' ? board.trim() || undefined : undefined,
        grade: kind === 'grade' ? grade.trim() : undefined,
        result: kind === 'grade' ? result || undefined : undefined,
      });
      setKind(null);
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
      <div class="chips" role="group" aria-label="What happened">
        {kinds.map((one) => (
          <button type="button" class="chip" key={one} aria-pressed={kind === one} onClick={() => setKind(kind === one ? null : one)}>
            {progress_kind_labels[one]}
          </button>
        ))}
      </div>
      {kind === 'stage' ? (
        <div class="chips" role="group" aria-label="Stage">
          {stages.map((one) => (
            <button type="button" class="chip" key={one} aria-pressed={stage === one} onClick={() => setStage(one)}>
              {stage_labels[one]}
            </button>
          ))}
        </div>
      ) : null}
      {kind === 'pos' ? (
        <div class="chips" role="group" aria-label="Programme of Study level">
          {levels.map((one) => (
            <button type="button" class="chip" key={one} aria-pressed={pos === one} onClick={() => setPos(one)}>
              Level {one}
            </button>
          ))}
        </div>
      ) : null}
      {kind === 'grade' ? (
        <>
          <div class="times">
            <label class="field">
              <span>Board</span>
              <input class="input" type="text" maxLength={40} autocomplete="off" value={board} onInput={(event) => setBoard(event.currentTarget.value)} />
            </label>
            <label class="field">
              <span>Grade</span>
              <input class="input" type="text" maxLength={20} autocomplete="off" value={grade} onInput={(event) => setGrade(event.currentTarget.value)} />
            </label>
          </div>
          <div class="chips" role="group" aria-label="Result">
            {results.map((one) => (
              <button type="button" class="chip" key={one} aria-pressed={result === one} onClick={() => setResult(result === one ? '' : one)}>
                {one}
              </button>
            ))}
          </div>
        </>
      ) : null}
      {kind ? <ActivityChoice learner={learner} value={of} onChange={setOf} /> : null}
      {kind ? (
        <button type="submit" class="b1 wide" disabled={busy || !complete}>
          Save progress
        </button>
      ) : null}
    </form>
  );
}
