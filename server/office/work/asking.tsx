// asking.tsx: asking somebody in the field about a matter, and what they answered, live.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment } from '../../../shared/ui/format.ts';
import { ActForm, Select } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { api, type WorkItem, type WorkQuestion } from '../api.ts';
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

function AskForm({ item, onAsked }: { item: WorkItem; onAsked: () => void }): JSX.Element {
  const others = useAsk(() => admin.staff(), 'staff', ['staff']).data?.staff ?? [];
  const authors = item.authors.map((one) => one.id);
  const choices = [
    ...item.authors.map((one) => ({ value: one.id, label: `${one.name}, who wrote one of these` })),
    ...others.filter((one) => one.status === 'active' && !authors.includes(one.id)).map((one) => ({ value: one.id, label: one.name })),
  ];
  const [staff, setStaff] = useState('');
  const [text, setText] = useState('');
  const to = staff || choices[0]?.value;
  const send = async (): Promise<void> => {
    if (!to) return;
    await api.ask(item.id, to, text.trim());
    refresh('work');
    onAsked();
  };
  return (
    <ActForm submit="Ask" send={send} ready={text.trim() !== '' && to !== undefined}>
      {choices.length > 0 ? <Select label="Whom" value={to ?? ''} onValue={setStaff} choices={choices} /> : null}
      <label class="field">
        <span>Question</span>
        <textarea class="input" rows={3} maxLength={questionMax} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <small>It is shown on their devices with the next sync, and goes when this is decided.</small>
      </label>
    </ActForm>
  );
}

export function Asking({ item }: { item: WorkItem }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  if (item.questions.length === 0 && !item.can_ask) return null;
  return (
    <section class="asking" aria-label="Asked">
      {item.questions.length > 0 ? (
        <>
          <h3>Asked</h3>
          <ul class="lines">
            {item.questions.map((one) => (
              <Asked key={one.id} one={one} />
            ))}
          </ul>
        </>
      ) : null}
      {item.can_ask && open ? <AskForm item={item} onAsked={() => setOpen(false)} /> : null}
      {item.can_ask && !open ? (
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
