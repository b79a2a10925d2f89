// find_sheet.tsx: find a name in this register, or somebody on this device who is not on it: a walk-in.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { joined, markWord } from '../../../shared/ui/format.ts';
import type { LearnerItem, RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { folded } from '../../../shared/ui/names.ts';
import { inBrowser } from '../../browser/home.ts';
import { canBeFound, titled } from '../names.ts';
import { call, failureOf } from '../state.ts';
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
/** Of each kind: more would be read by nobody, and another letter leaves fewer. */
const shownMost = 8;
const alikeMost = 3;

interface FindSheetProps {
  rows: readonly RegisterRow[];
  closed: boolean;
  onRow: (row: RegisterRow) => void;
  onVisitor: (learner: LearnerItem) => void;
  /** Answers why it was refused; null: it is saved. */
  onNew: (name: NewName) => Promise<string | null>;
  onClose: () => void;
}

/** Somebody of this register, or of this device, whom the letters may mean. */
interface Found {
  wanted: string;
  here: RegisterRow[];
  visitors: LearnerItem[];
  /** Why the device could not be searched. */
  missed: string | null;
}

function useFound(text: string, rows: readonly RegisterRow[]): Found {
  const [others, setOthers] = useState<LearnerItem[]>([]);
  const [missed, setMissed] = useState<string | null>(null);
  const wanted = folded(text);
  // Nobody of the whole name: somebody who begins like it may be meant.
  const begins = [...wanted].slice(0, alikeLetters).join('');
  useEffect(() => {
    let live = true;
    setMissed(null);
    if (!canBeFound(text)) {
      setOthers([]);
      return undefined;
    }
    const find = async (): Promise<void> => {
      let { learners } = await call('learner.find', { text });
      if (learners.length === 0 && begins !== wanted) ({ learners } = await call('learner.find', { text: begins }));
      if (live) setOthers(learners);
    };
    find().catch((error: unknown) => live && setMissed(failureOf(error).text));
    return () => {
      live = false;
    };
  }, [text]);
  // The core knows more letters: "orjan" finds Ørjan, "oneill" O’Neill.
  const found = new Set(others.map((one) => one.id));
  const exact = wanted === '' ? [] : rows.filter((row) => folded(row.name).includes(wanted) || found.has(row.learner));
  const here = (exact.length > 0 || wanted.length <= alikeLetters ? exact : rows.filter((row) => folded(row.name).startsWith(begins))).slice(0, shownMost);
  const known = new Set(rows.map((row) => row.learner));
  return { wanted, here, visitors: others.filter((one) => !known.has(one.id)), missed };
}

function NameField({ text, onText }: { text: string; onText: (text: string) => void }): JSX.Element {
  return (
    <>
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
          onInput={(event) => onText(event.currentTarget.value)}
        />
        <small id="find-help">On this register, or somebody else on this device who walked in today.</small>
      </div>
      {inBrowser ? null : <LetterKeys text={text} onText={(next) => onText(titled(next))} />}
    </>
  );
}

function Here({ rows, onRow }: { rows: readonly RegisterRow[]; onRow: (row: RegisterRow) => void }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <ul class="choices" aria-label="On this register">
      {rows.map((row) => (
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
  );
}

function Visitors({ list, onVisitor }: { list: readonly LearnerItem[]; onVisitor: (learner: LearnerItem) => void }): JSX.Element | null {
  if (list.length === 0) return null;
  return (
    <>
      <h3 id="others-head">Not on this register: a tap adds them as a visitor, here</h3>
      <ul class="choices" aria-labelledby="others-head">
        {list.slice(0, shownMost).map((one) => (
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
  );
}

/** `alike`: who is on this device and may be the same child. */
function Fresh({ name, alike, onAdd }: { name: string; alike: readonly string[]; onAdd: () => void }): JSX.Element {
  return (
    <>
      <h3>Somebody new</h3>
      <button type="button" class="choice" onClick={onAdd}>
        <Icon name="plus" />
        <span>
          Add “{name}” as a visitor, here
          <small>{alike.length > 0 ? `Looks like ${alike.join(', ')}. If it is somebody else, add them: the office decides.` : 'Nobody on this device has that name. The office finds out who it is.'}</small>
        </span>
      </button>
    </>
  );
}

export function FindSheet({ rows, closed, onRow, onVisitor, onNew, onClose }: FindSheetProps): JSX.Element {
  const [text, setText] = useState('');
  const { refused, attempt } = useRefused(onClose);
  const { wanted, here, visitors, missed } = useFound(text, rows);
  const fresh = closed ? null : newName(text);
  const alike = [...here, ...visitors].slice(0, alikeMost).map((one) => one.name);
  return (
    <Sheet title="Find a name" onClose={onClose}>
      <NameField text={text} onText={setText} />
      <div role="status" class="vh">
        {wanted === '' ? '' : `${here.length} on this register, ${visitors.length} others`}
      </div>
      <Here rows={here} onRow={onRow} />
      {closed ? null : <Visitors list={visitors} onVisitor={onVisitor} />}
      {closed && wanted.length >= nameLettersMin && here.length + visitors.length === 0 ? <p>Nobody on this device has that name. Try fewer letters.</p> : null}
      {fresh ? <Fresh name={text.trim()} alike={alike} onAdd={() => attempt(() => onNew(fresh))} /> : null}
      <Refused why={refused ?? missed} />
    </Sheet>
  );
}
