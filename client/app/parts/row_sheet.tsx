// row_sheet.tsx: everything that can be said of one player at one session, behind the three dots.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { MarkGlyph } from '../../../shared/ui/components/mark_glyph.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { markWord } from '../../../shared/ui/format.ts';
import { mark_code_labels, type MarkCode, type RegisterRow, type SessionItem } from '../../../shared/ui/generated/calls.ts';
import { codeOf, nameOf, timesOffered } from '../marks.ts';
import { isToday, officeMinute } from '../state.ts';
import { NeedsOf } from './needs.tsx';
import { Refused, useRefused } from './refused.tsx';
import { TimeField } from './time_field.tsx';

export interface MarkChange {
  code: MarkCode;
  arrived?: number;
  departed?: number;
  comment?: string;
}

interface RowSheetProps {
  row: RegisterRow;
  session: SessionItem;
  closed: boolean;
  /** Answers why it was refused; null: it is saved. */
  onMark: (row: RegisterRow, change: MarkChange) => Promise<string | null>;
  onLearner: (row: RegisterRow, note: boolean) => void;
  onClose: () => void;
}

interface TimedProps {
  label: string;
  button: string;
  code: MarkCode;
  start: number;
  onSet: (minute: number) => void;
}

function Timed({ label, button, code, start, onSet }: TimedProps): JSX.Element {
  const [minute, setMinute] = useState<number | null>(start);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (minute !== null) onSet(minute);
  };
  return (
    <form class={`timed m-${code}`} onSubmit={submit}>
      {code === 'L' ? (
        <MarkGlyph code={code} />
      ) : (
        <span class="g plain">
          <Icon name="log-out" />
        </span>
      )}
      <TimeField label={label} start={start} onMinute={setMinute} />
      <button type="submit" class="b2" disabled={minute === null}>
        {button}
      </button>
    </form>
  );
}

const oneTap: readonly MarkCode[] = ['P', 'AU', 'AN', 'SE'];

export function RowSheet({ row, session, closed, onMark, onLearner, onClose }: RowSheetProps): JSX.Element {
  const code = codeOf(row);
  const today = isToday(session.date);
  const { arrived, departed } = timesOffered(row, session, today ? officeMinute() : null);
  const [comment, setComment] = useState(row.comment ?? '');
  // Whoever left or has a comment was there, unless a mark says otherwise.
  const present = code === 'none' ? 'P' : code;
  const { refused, attempt } = useRefused(onClose);
  const mark = (change: MarkChange): void => attempt(() => onMark(row, change));
  const written = comment.trim() !== (row.comment ?? '');
  const saveComment = (event: Event): void => {
    event.preventDefault();
    mark({ code: present, comment: comment.trim() });
  };
  return (
    <Sheet title={nameOf(row)} onClose={onClose}>
      <p class="mute">{closed ? `${markWord(code, row.arrived)}. The register is closed; amend it to change a mark.` : `Now: ${markWord(code, row.arrived)}`}</p>
      {today ? <NeedsOf learner={row.learner} session={session.id} /> : null}
      {row.notice ? (
        <div class="notice">
          <Icon name="message-circle" />
          <p>The office was told: {row.notice}</p>
        </div>
      ) : null}
      {closed ? null : (
        <>
          <div class="choices pairs" role="group" aria-label="Mark as">
            {oneTap.map((one) => (
              <button type="button" class={`choice m-${one}`} key={one} aria-pressed={code === one} onClick={() => mark({ code: one })}>
                <MarkGlyph code={one} />
                <span>{mark_code_labels[one]}</span>
              </button>
            ))}
          </div>
          <Timed label="Arrived at" button="Mark late" code="L" start={arrived} onSet={(minute) => mark({ code: 'L', arrived: minute })} />
          <Timed label="Left at" button="Save" code="none" start={departed} onSet={(minute) => mark({ code: present, departed: minute })} />
        </>
      )}
      {/* A register that was closed meanwhile takes no words away: whoever wrote them reads why they are not saved. */}
      {closed && !written ? null : (
        <form class="commented" onSubmit={saveComment}>
          <label class="field">
            <span>{today ? 'Comment on today' : 'Comment on that day'}</span>
            <textarea rows={2} maxLength={500} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
          </label>
          {written ? (
            <button type="submit" class="b2">
              Save comment
            </button>
          ) : null}
        </form>
      )}
      <Refused why={refused} />
      <div class="choices pairs">
        <button type="button" class="choice" onClick={() => onLearner(row, true)}>
          <Icon name="notebook-pen" />
          <span>Write a note</span>
        </button>
        <button type="button" class="choice" onClick={() => onLearner(row, false)}>
          <Icon name="user" />
          <span>Open learner</span>
        </button>
      </div>
    </Sheet>
  );
}
