// pick.tsx: one of the hub's learners, schools, staff, activities, partners or instruments, found by a part of its name.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { saysOneOf } from '../../../shared/ui/names.ts';
import { Text, type Choice } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { api } from '../api.ts';
import { failureOf } from '../live.ts';
import { partnerApi } from '../partners/partner_api.ts';
import { schoolsApi } from '../schools_api.ts';
import { planApi, type PlanEntry, type PlanList } from './plan_api.ts';

const shownMax = 8;
const typingMs = 200;

/** Lists that fit into a page are asked for once; learners are searched for by the hub. */
const lists: Readonly<Record<string, () => Promise<Choice[]>>> = {
  school: async () => (await schoolsApi.schools()).schools.map(({ id, name, area }) => ({ value: id, label: name, hint: area ?? undefined })),
  staff: async () => (await admin.staff()).staff.map(({ id, name }) => ({ value: id, label: name })),
  activity: async () => (await admin.activities()).activities.map(({ id, name, school }) => ({ value: id, label: name, hint: school ?? undefined })),
  partner: async () => (await partnerApi.partners()).partners.map(({ id, name }) => ({ value: id, label: name })),
  instrument: async () => (await everyInstrument()).map(({ id, values }) => ({ value: id, label: `${values['what'] ?? ''} ${values['serial'] ?? ''}`, hint: values['ends'] ? 'No longer here' : undefined })),
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

export function Pick({ label, help, of, value, name, needed, onValue }: PickProps): JSX.Element {
  const [text, setText] = useState('');
  const [all, setAll] = useState<Choice[] | null>(null);
  const [found, setFound] = useState<Choice[]>([]);
  const [chosen, setChosen] = useState(name);
  const [trouble, setTrouble] = useState('');
  const picked = useRef<HTMLDivElement>(null);
  const choices = useRef<HTMLFieldSetElement>(null);
  const turned = useRef(false);
  useEffect(() => {
    void lists[of]?.().then(setAll, (error: unknown) => setTrouble(failureOf(error).text));
  }, [of]);
  // The hub finds learners, of whom there are thousands; shorter lists are here already.
  useEffect(() => {
    if (of !== 'learner') return undefined;
    let on = true;
    const search = (): void => void learnersCalled(text.trim()).then((list) => on && setFound(list), (error: unknown) => on && setTrouble(failureOf(error).text));
    const timer = window.setTimeout(search, typingMs);
    return () => {
      on = false;
      window.clearTimeout(timer);
    };
  }, [of, text]);
  // What was pressed is gone: the keyboard stays where the choice is, on either side of it.
  useEffect(() => {
    if (turned.current) (picked.current ?? choices.current)?.querySelector<HTMLElement>('input, button')?.focus();
    turned.current = false;
  }, [value]);
  const turn = (to: string): void => {
    turned.current = true;
    onValue(to);
  };
  const fits = of === 'learner' ? found : (all ?? []).filter((one) => saysOneOf(text, [one.label]));
  // What may stay empty takes no room until somebody looks for it.
  const shown = needed || text.trim() !== '' ? fits.slice(0, shownMax) : [];
  const pick = (one: Choice): void => {
    setChosen(one.label);
    turn(one.value);
  };
  if (value) {
    return (
      <div class="field picked" ref={picked}>
        <span>{label}</span>
        <p>
          <b>{chosen}</b>
          <button type="button" class="b3" onClick={() => turn('')}>
            Another
            <span class="vh"> for {label}</span>
          </button>
        </p>
      </div>
    );
  }
  return (
    <fieldset class="checks pick" ref={choices}>
      <legend>
        {label}
        {needed ? '' : ' (may stay empty)'}
      </legend>
      <Text label={of === 'learner' ? 'A part of the name' : 'Find by name'} value={text} onValue={setText} required={false} />
      {help ? <small>{help}</small> : null}
      {trouble ? <p class="mute">{trouble}</p> : null}
      <div class="check-list">
        {shown.map((one) => (
          <button type="button" key={one.value} class="b2" onClick={() => pick(one)}>
            {one.label}
            {one.hint ? <small>{one.hint}</small> : null}
          </button>
        ))}
      </div>
      {shown.length > 0 && fits.length > shownMax ? <p class="mute">{fits.length - shownMax} more: type a part of the name.</p> : null}
      {text.trim().length >= 2 && fits.length === 0 ? <p class="mute">Nothing here is called that.</p> : null}
    </fieldset>
  );
}
