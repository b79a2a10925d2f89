// find_sheet.tsx: find a name in this register, or somebody on this device who is not on it: a walk-in.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { joined, markWord } from '../../../shared/ui/format.ts';
import type { LearnerItem, RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { inBrowser } from '../../browser/home.ts';
import { folded } from '../../../shared/ui/names.ts';
import { canBeFound, titled } from '../names.ts';
import { call, complain } from '../state.ts';
import { LetterKeys } from './letter_keys.tsx';
import { Refused, useRefused } from './refused.tsx';

export interface NewName {
  first_name: string;
  last_name?: string | undefined;
}

/** The first word, and the rest; null when there is too little of a name. */
export function newName(text: string): NewName | null {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  return folded(text).length < nameLettersMin ? null : { first_name: first, last_name: rest.join(' ') || undefined };
}

const nameLettersMin = 2;
const alikeLetters = 3;

interface FindSheetProps {
  rows: readonly RegisterRow[];
  closed: boolean;
  onRow: (row: RegisterRow) => void;
  onVisitor: (learner: LearnerItem) => void;
  /** Answers why it was refused; null: it is saved. */
  onNew: (name: NewName) => Promise<string | null>;
  onClose: () => void;
}

export function FindSheet({ rows, closed, onRow, onVisitor, onNew, onClose }: FindSheetProps): JSX.Element {
  const [text, setText] = useState('');
  const [others, setOthers] = useState<LearnerItem[]>([]);
  const { refused, attempt } = useRefused(onClose);
  const wanted = folded(text);
  // Nobody of the whole name: somebody who begins like it may be meant.
  const begins = [...wanted].slice(0, alikeLetters).join('');
  // The core knows more letters: "orjan" finds Ørjan, "oneill" O’Neill.
  const found = new Set(others.map((one) => one.id));
  const exact = wanted === '' ? [] : rows.filter((row) => folded(row.name).includes(wanted) || found.has(row.learner));
  const here = (exact.length > 0 || wanted.length <= alikeLetters ? exact : rows.filter((row) => folded(row.name).startsWith(begins))).slice(0, 8);
  useEffect(() => {
    let live = true;
    if (!canBeFound(text)) {
      setOthers([]);
      return undefined;
    }
    const find = async (): Promise<void> => {
      let { learners } = await call('learner.find', { text });
      if (learners.length === 0 && begins !== wanted) ({ learners } = await call('learner.find', { text: begins }));
      if (live) setOthers(learners);
    };
    find().catch(complain);
    return () => {
      live = false;
    };
  }, [text]);
  const known = new Set(rows.map((row) => row.learner));
  const visitors = others.filter((one) => !known.has(one.id));
  const fresh = closed ? null : newName(text);
  const alike = [...here, ...visitors].slice(0, 3).map((one) => one.name);
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
          maxLength={200}
          aria-describedby="find-help"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <small id="find-help">On this register, or somebody else on this device who walked in today.</small>
      </div>
      {inBrowser ? null : <LetterKeys text={text} onText={(next) => setText(titled(next))} />}
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
      {closed && wanted.length >= 2 && here.length + visitors.length === 0 ? <p>Nobody on this device has that name. Try fewer letters.</p> : null}
      {fresh ? (
        <>
          <h3>Somebody new</h3>
          <button type="button" class="choice" onClick={() => attempt(() => onNew(fresh))}>
            <Icon name="plus" />
            <span>
              Add “{text.trim()}” as a visitor, here
              <small>{alike.length > 0 ? `Looks like ${alike.join(', ')}. If it is somebody else, add them: the office decides.` : 'Nobody on this device has that name. The office finds out who it is.'}</small>
            </span>
          </button>
        </>
      ) : null}
      <Refused why={refused} />
    </Sheet>
  );
}
