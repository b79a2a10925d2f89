// needs.tsx: what staff must know of a learner on the day: for the office and safeguarding, and every look is in the audit.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { civil, fullDate } from '../../../shared/ui/format.ts';
import { need_kind_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, TextArea, Select, Text } from '../acting.tsx';
import { api, type LearnerNeed } from '../api.ts';
import { me, refresh, useAsk } from '../live.ts';
import { CardHead, Trouble } from '../parts.tsx';
import { choicesOf } from '../partners/partner_api.ts';

type Doing = { kind: 'add' } | { kind: 'change' | 'end'; need: LearnerNeed } | null;

function NeedForm({ learner, need, onDone }: { learner: string; need: LearnerNeed | null; onDone: () => void }): JSX.Element {
  const [kind, setKind] = useState<string>(need?.kind ?? 'medical');
  const [text, setText] = useState(need?.text ?? '');
  const [expires, setExpires] = useState(need?.expires ?? '');
  const send = async (): Promise<void> => {
    const said = { kind, text: text.trim(), ...(expires ? { expires } : {}) };
    await (need ? api.editNeed(need.id, { ...said, version: String(need.version) }) : api.addNeed(learner, said));
    onDone();
  };
  return (
    <ActForm submit={need ? 'Save' : 'Add it'} send={send} ready={text.trim() !== ''}>
      <Select label="Kind" value={kind} onValue={setKind} choices={choicesOf(need_kind_labels)} />
      <TextArea label="What staff must know, and do" value={text} onValue={setText} rows={4} maxLength={500} hint="As a leader in a hall must read it: what it is, where the medicine is, what to do." />
      <Text label="Last day it is shown" type="date" value={expires} onValue={setExpires} required={false} hint="Empty: until it is ended here." />
      <p class="mute">It reaches the devices of their tutors and leaders with the next sync. Those show it on the day of a session, and never at the door.</p>
    </ActForm>
  );
}

function Line({ need, onChange, onEnd }: { need: LearnerNeed; onChange: () => void; onEnd: () => void }): JSX.Element {
  const past = need.expires != null && need.expires < civil(Date.now()).date;
  const what = `${need_kind_labels[need.kind]}: ${need.text}`;
  return (
    <li class="middle">
      <span>
        <b>{need_kind_labels[need.kind]}</b> <span>{need.text}</span>{' '}
        {need.expires ? <span class="mute">{past ? `Was shown until ${fullDate(need.expires)}` : `Until ${fullDate(need.expires)}`}</span> : null}
      </span>
      <span class="row-acts">
        <button type="button" class="b3" onClick={onChange}>
          Change<span class="vh"> {what}</span>
        </button>
        <button type="button" class="b3" onClick={onEnd}>
          End<span class="vh"> {what}</span>
        </button>
      </span>
    </li>
  );
}

function Shown({ learner, name }: { learner: string; name: string }): JSX.Element {
  const asked = useAsk(() => api.needs(learner), `needs ${learner}`, ['learners']);
  const [doing, setDoing] = useState<Doing>(null);
  const done = (): void => {
    refresh('learners');
    setDoing(null);
  };
  const end = async (id: string): Promise<void> => {
    await api.endNeed(id);
    done();
  };
  const titles = { add: 'What staff must know', change: 'Change what staff must know', end: 'End it' };
  return (
    <section class="card" aria-labelledby="needs-head">
      <CardHead id="needs-head" title="Needs" add what="Add a need" onAdd={() => setDoing({ kind: 'add' })} />
      <Trouble failure={asked.failure} />
      {asked.data?.needs.length === 0 ? <p class="mute">None. Asthma, an EpiPen, a wheelchair: whoever teaches {name} sees what is entered here.</p> : null}
      <ul class="lines">
        {asked.data?.needs.map((need) => (
          <Line key={need.id} need={need} onChange={() => setDoing({ kind: 'change', need })} onEnd={() => setDoing({ kind: 'end', need })} />
        ))}
      </ul>
      {doing ? (
        <Sheet title={titles[doing.kind]} onClose={() => setDoing(null)}>
          {doing.kind === 'end' ? (
            <ActForm submit="End it" send={() => end(doing.need.id)}>
              <p>
                {need_kind_labels[doing.need.kind]}: {doing.need.text}
              </p>
              <p>Devices show it no longer, from the next sync on. That it was there stays in the history.</p>
            </ActForm>
          ) : (
            <NeedForm learner={learner} need={doing.kind === 'change' ? doing.need : null} onDone={done} />
          )}
        </Sheet>
      ) : null}
    </section>
  );
}

export function NeedsSection({ learner, name }: { learner: string; name: string }): JSX.Element | null {
  const may = me.value?.roles.some((role) => role === 'office' || role === 'safeguarding') ?? false;
  return may ? <Shown learner={learner} name={name} /> : null;
}
