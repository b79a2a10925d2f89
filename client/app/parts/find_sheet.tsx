// find_sheet.tsx: find a name in this register, or somebody on this device who is not on it: a walk-in.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { joined, markWord } from '../../../shared/ui/format.ts';
import type { LearnerItem, RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { folded } from '../names.ts';
import { call, complain } from '../state.ts';

interface FindSheetProps {
  rows: readonly RegisterRow[];
  closed: boolean;
  onRow: (row: RegisterRow) => void;
  onVisitor: (learner: LearnerItem) => void;
  onClose: () => void;
}

export function FindSheet({ rows, closed, onRow, onVisitor, onClose }: FindSheetProps): JSX.Element {
  const [text, setText] = useState('');
  const [others, setOthers] = useState<LearnerItem[]>([]);
  const wanted = folded(text);
  const here = wanted === '' ? [] : rows.filter((row) => folded(row.name).includes(wanted)).slice(0, 8);
  useEffect(() => {
    let live = true;
    if (wanted.length < 2) {
      setOthers([]);
      return undefined;
    }
    call('learner.find', { text }).then(
      (found) => {
        if (live) setOthers(found.learners);
      },
      (error: unknown) => complain(error),
    );
    return () => {
      live = false;
    };
  }, [text]);
  const known = new Set(rows.map((row) => row.learner));
  const visitors = others.filter((one) => !known.has(one.id));
  return (
    <Sheet title="Find a name" onClose={onClose}>
      <div class="field">
        <label for="find-name">Name</label>
        <input
          id="find-name"
          class="input"
          type="search"
          autocomplete="off"
          autofocus
          aria-describedby="find-help"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <small id="find-help">On this register, or somebody else on this device who walked in today.</small>
      </div>
      <div role="status" class="vh">
        {wanted === '' ? '' : `${here.length} on this register, ${visitors.length} others`}
      </div>
      {here.length > 0 ? (
        <ul class="choices" aria-label="On this register">
          {here.map((row) => (
            <li key={row.learner}>
              <button type="button" class="choice" onClick={() => onRow(row)}>
                <Icon name="user" />
                <span>
                  {row.name}
                  <small>
                    {row.section ? `${row.section}, ` : ''}
                    {markWord(row.code, row.arrived)}
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {visitors.length > 0 && !closed ? (
        <>
          <h3 id="others-head">Not on this register: a tap adds them as a visitor, here</h3>
          <ul class="choices" aria-labelledby="others-head">
            {visitors.slice(0, 8).map((one) => (
              <li key={one.id}>
                <button type="button" class="choice" onClick={() => onVisitor(one)}>
                  <Icon name="user-plus" />
                  <span>
                    {one.name}
                    <small>{joined([one.year_group ? `Year ${one.year_group}` : '', one.school, ...one.activities], ' · ')}</small>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {wanted.length >= 2 && here.length + visitors.length === 0 ? <p>Nobody on this device has that name. Try fewer letters.</p> : null}
    </Sheet>
  );
}
