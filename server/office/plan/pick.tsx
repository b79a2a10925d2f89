// pick.tsx: one of the hub's learners, schools, staff, activities, partners or instruments, found by a part of its name.
import type { JSX, Ref } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { saysOneOf } from '../../../shared/ui/names.ts';
import { Text, type Choice } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { api, type ApiFailure } from '../api.ts';
import { failureOf } from '../live.ts';
import { Cut, Trouble } from '../parts.tsx';
import { partnerApi } from '../partners/partner_api.ts';
import { schoolsApi } from '../schools_api.ts';
import { planApi, type PlanEntry, type PlanList } from './plan_api.ts';

const shownMax = 8;
const typingMs = 200;

/** `most`: an answer holds no more, where it says so. */
interface Listed {
  choices: Choice[];
  most?: number;
}

/** Lists that fit into a page are asked for once; learners are searched for by the hub. */
const lists: Readonly<Record<string, () => Promise<Listed>>> = {
  school: async () => {
    const { schools, most } = await schoolsApi.schools();
    return { choices: schools.map(({ id, name, area }) => ({ value: id, label: name, hint: area ?? undefined })), most };
  },
  staff: async () => ({ choices: (await admin.staff()).staff.map(({ id, name, status }) => ({ value: id, label: name, hint: status === 'left' ? 'No longer here' : undefined })) }),
  activity: async () => {
    const { activities, most } = await admin.activities();
    return { choices: activities.map(({ id, name, school }) => ({ value: id, label: name, hint: school ?? undefined })), most };
  },
  partner: async () => ({ choices: (await partnerApi.partners()).partners.map(({ id, name }) => ({ value: id, label: name })) }),
  instrument: async () => ({ choices: (await everyInstrument()).map(({ id, values }) => ({ value: id, label: `${values['what'] ?? ''} ${values['serial'] ?? ''}`, hint: values['ends'] ? 'No longer here' : undefined })) }),
};

async function everyInstrument(): Promise<PlanEntry[]> {
  const all: PlanEntry[] = [];
  let after: string | null = null;
  do {
    const page: PlanList = await planApi.list('instrument', { period: 'all' }, after);
    all.push(...page.entries);
    after = page.next;
  } while (after);
  return all;
}

async function learnersCalled(text: string): Promise<Choice[]> {
  if (text.length < 2) return [];
  return (await api.learners(text, null)).learners.map(({ id, name, school, year_group }) => ({ value: id, label: name, hint: [year_group ? `Year ${year_group}` : '', school ?? ''].filter((part) => part).join(', ') || undefined }));
}

interface PickProps {
  label: string;
  help: string;
  of: string;
  value: string;
  /** What it is called, where it is known already. */
  name: string;
  needed: boolean;
  onValue: (value: string) => void;
}

interface Found {
  /** null: not known yet. */
  fits: readonly Choice[] | null;
  /** What is shown was found by what was typed before. */
  asking: boolean;
  /** All there is, as far as an answer reaches; null where the hub searches. */
  listed: Listed | null;
  failure: ApiFailure | null;
}

/** What there is whose name has the text in it. */
function useFound(of: string, text: string): Found {
  const [all, setAll] = useState<Listed | null>(null);
  const [found, setFound] = useState<Choice[]>([]);
  const [answered, setAnswered] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const fail = (error: unknown): void => setFailure(failureOf(error));
  useEffect(() => {
    void lists[of]?.().then(setAll, fail);
  }, [of]);
  // The hub finds learners, of whom there are thousands; shorter lists are here already.
  useEffect(() => {
    if (of !== 'learner') return undefined;
    let on = true;
    const search = async (): Promise<void> => {
      try {
        const list = await learnersCalled(text.trim());
        if (on) setFound(list);
        if (on) setFailure(null);
      } catch (error) {
        if (on) setFound([]); // nobody of these letters is known
        if (on) fail(error);
      }
      if (on) setAnswered(text);
    };
    const timer = window.setTimeout(() => void search(), typingMs);
    return () => {
      on = false;
      window.clearTimeout(timer);
    };
  }, [of, text]);
  // Whoever was found before stays in sight while it asks; that nobody is, is said when it is known.
  const asking = of === 'learner' ? answered !== text : all === null;
  if (of === 'learner') return { fits: asking && found.length === 0 ? null : found, asking, listed: null, failure };
  return { fits: all ? all.choices.filter((one) => saysOneOf(text, [one.label])) : null, asking, listed: all, failure };
}

interface PickedProps {
  label: string;
  chosen: string;
  box: Ref<HTMLDivElement>;
  onAnother: () => void;
}

function Picked({ label, chosen, box, onAnother }: PickedProps): JSX.Element {
  return (
    <div class="field picked" ref={box}>
      <span>{label}</span>
      <p>
        <b>{chosen}</b>
        <button type="button" class="b3" onClick={onAnother}>
          Another
          <span class="vh"> for {label}</span>
        </button>
      </p>
    </div>
  );
}

/** Its Enter chooses what alone is left by all that was typed, and sends no form; what was typed and not chosen would be lost with the form, without a word. */
function NamePart({ label, text, onText, onEnter }: { label: string; text: string; onText: (text: string) => void; onEnter: () => void }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('input')?.setCustomValidity(text.trim() === '' ? '' : 'Choose one of those below, or leave this field empty.');
  }, [text]);
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    onEnter();
  };
  return (
    <div ref={box} onKeyDown={key}>
      <Text label={label} value={text} onValue={onText} required={false} />
    </div>
  );
}

function Choices({ list, onPick }: { list: readonly Choice[]; onPick: (one: Choice) => void }): JSX.Element {
  return (
    <div class="check-list">
      {list.map((one) => (
        <button type="button" key={one.value} class="b2" onClick={() => onPick(one)}>
          {one.label}
          {one.hint ? <small>{one.hint}</small> : null}
        </button>
      ))}
    </div>
  );
}

/** Whoever types on and presses Enter means whom all of it finds, and not whom the letters before had found. */
function useEnter(asking: boolean, only: Choice | undefined, pick: (one: Choice) => void): (pressed: boolean) => void {
  const [waits, setWaits] = useState(false);
  useEffect(() => {
    if (!waits || asking) return;
    setWaits(false);
    if (only) pick(only);
  }, [waits, asking]);
  return setWaits;
}

export function Pick({ label, help, of, value, name, needed, onValue }: PickProps): JSX.Element {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(name);
  const { fits, asking, listed, failure } = useFound(of, text);
  const picked = useRef<HTMLDivElement>(null);
  const choices = useRef<HTMLFieldSetElement>(null);
  const turned = useRef(false);
  // What was pressed is gone: the keyboard stays where the choice is, on either side of it.
  useEffect(() => {
    if (turned.current) (picked.current ?? choices.current)?.querySelector<HTMLElement>('input, button')?.focus();
    turned.current = false;
  }, [value]);
  const turn = (to: string): void => {
    turned.current = true;
    setText('');
    onValue(to);
  };
  const pick = (one: Choice): void => {
    setChosen(one.label);
    turn(one.value);
  };
  // What may stay empty takes no room until somebody looks for it.
  const all = needed || text.trim() !== '' ? (fits ?? []) : [];
  const enter = useEnter(asking, all.length === 1 ? all[0] : undefined, pick);
  const type = (typed: string): void => {
    enter(false);
    setText(typed);
  };
  if (value) return <Picked label={label} chosen={chosen} box={picked} onAnother={() => turn('')} />;
  return (
    <fieldset class="checks pick" ref={choices}>
      <legend>
        {label}
        {needed ? '' : ' (may stay empty)'}
      </legend>
      <NamePart label={of === 'learner' ? 'A part of the name' : 'Find by name'} text={text} onText={type} onEnter={() => enter(true)} />
      {help ? <small>{help}</small> : null}
      <Trouble failure={failure} />
      {listed ? <Cut list={listed.choices} most={listed.most} what={of === 'school' ? 'schools' : 'activities'} /> : null}
      <Choices list={all.slice(0, shownMax)} onPick={pick} />
      {all.length > shownMax ? <p class="mute">{all.length - shownMax} more: type a part of the name.</p> : null}
      <p class="mute" role="status">
        {text.trim().length >= 2 && fits?.length === 0 ? 'Nothing here is called that.' : ''}
      </p>
    </fieldset>
  );
}
