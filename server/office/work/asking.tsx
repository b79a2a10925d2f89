// asking.tsx: asking somebody in the field about a matter, and what they answered, live.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import { ActForm, Select, TextArea } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { api, type AskAbout, type WorkQuestion } from '../api.ts';
import { refresh, useAsk } from '../live.ts';

const questionMax = 500;

function Asked({ one }: { one: WorkQuestion }): JSX.Element {
  const now = Date.now();
  const who = one.staff_name ?? 'Somebody who left';
  return (
    <li>
      <p>
        <b>{one.asked_by ?? 'The office'}</b> asked {who} <span class="mute">{moment(one.asked_at, now)}</span>
      </p>
      <p class="said-text">{one.text}</p>
      {one.answer ? (
        <p>
          <b>{who}:</b> <q>{one.answer}</q> <span class="mute">{moment(one.answered_at ?? one.asked_at, now)}</span>
        </p>
      ) : (
        <p>{one.withdrawn ? <span class="pill">Withdrawn: it was decided</span> : <span class="pill warn">No answer yet</span>}</p>
      )}
    </li>
  );
}

/** Who may know, first: `first` says why they do. */
interface AskProps {
  id: string;
  about: AskAbout;
  questions: readonly WorkQuestion[];
  may: boolean;
  first: readonly string[];
  why: string;
}

function AskForm({ id, about, first, why, onAsked }: AskProps & { onAsked: () => void }): JSX.Element {
  const staff = useAsk(() => admin.staff(), 'staff', ['staff']).data?.staff.filter((one) => one.status === 'active') ?? [];
  // Two of one name are told apart by whoever chooses.
  const near = (name: string): boolean => first.includes(name);
  const choices = [...staff.filter(({ name }) => near(name)).map((one) => ({ value: one.id, label: `${one.name}, ${why}` })), ...staff.filter(({ name }) => !near(name)).map((one) => ({ value: one.id, label: one.name }))];
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const to = chosen || choices[0]?.value;
  const send = async (): Promise<void> => {
    if (!to) return;
    await api.ask(id, about, to, text.trim());
    refresh('work');
    onAsked();
  };
  return (
    <ActForm submit="Ask" send={send} ready={text.trim() !== '' && to !== undefined}>
      {choices.length > 0 ? <Select label="Whom" value={to ?? ''} onValue={setChosen} choices={choices} /> : null}
      <TextArea label="Question" value={text} onValue={setText} maxLength={questionMax} hint="It is shown on their devices with the next sync, and goes when this is decided." />
    </ActForm>
  );
}

export function Asking(props: AskProps): JSX.Element | null {
  const { questions, may } = props;
  const [open, setOpen] = useState(false);
  if (questions.length === 0 && !may) return null;
  return (
    <section class="asking" aria-label="Asked">
      {questions.length > 0 ? (
        <>
          <h3>Asked</h3>
          <ul class="lines">
            {questions.map((one) => (
              <Asked key={one.id} one={one} />
            ))}
          </ul>
        </>
      ) : null}
      {may && open ? <AskForm {...props} onAsked={() => setOpen(false)} /> : null}
      {may && !open ? (
        <p>
          <button type="button" class="b3" onClick={() => setOpen(true)}>
            <Icon name="message-circle" />
            Ask the tutor
          </button>
        </p>
      ) : null}
    </section>
  );
}
