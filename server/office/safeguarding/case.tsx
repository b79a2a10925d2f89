// case.tsx: one unexplained absence: whom to ring, what was said, what was done; every act is a line more, and none goes away.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, joined, moment } from '../../../shared/ui/format.ts';
import { call_outcome_labels } from '../../../shared/ui/generated/calls.ts';
import { Select, Text } from '../acting.tsx';
import { api, type CaseAct, type CaseContact, type CaseDetail, type CaseEvent, type CaseState } from '../api.ts';
import { failureOf, me, refresh, useAsk } from '../live.ts';
import { Link, PageHead, Trouble } from '../parts.tsx';
import { saveJson } from '../save.ts';
import { NeedsSection } from '../screens/needs.tsx';
import { draftOf, setDraft } from '../work/work.ts';
import { ReasonForm } from '../work/reason_form.tsx';
import { CasePill, caseWhere } from './cases.tsx';

const eventWords: Readonly<Record<CaseEvent['kind'], string>> = {
  opened: 'Opened: away, not told, in a closed register',
  explained: 'Explained by itself',
  again: 'Open again',
  step: 'Step',
  taken: 'Taken',
  ended: 'Ended',
  reopened: 'Opened again by hand',
  handed_over: 'Handed over',
  receipt: 'Receipt',
};

function Contact({ one }: { one: CaseContact }): JSX.Element {
  return (
    <li>
      <div>
        <b>{one.name}</b>
        {one.relation ? `, ${one.relation}` : ''}
        {one.do_not_contact || one.may_not_collect ? (
          <p>
            {one.do_not_contact ? <span class="pill bad">Do not contact</span> : null} {one.may_not_collect ? <span class="pill warn">May not collect</span> : null}
          </p>
        ) : null}
      </div>
      {one.phone && !one.do_not_contact ? (
        <p>
          <a class="b3" href={`tel:${one.phone.replace(/[^\d+]/g, '')}`}>{one.phone}</a>
        </p>
      ) : null}
    </li>
  );
}

function Known({ held }: { held: CaseDetail }): JSX.Element {
  return (
    <div class="stack">
      <section class="card" aria-labelledby="ladder-head">
        <h2 id="ladder-head">Whom to ring</h2>
        {held.contacts.length === 0 ? <p class="mute">The office has nobody to ring.</p> : null}
        <ul class="lines surveys">
          {held.contacts.map((one) => (
            <Contact key={`${one.name}${one.phone ?? ''}`} one={one} />
          ))}
        </ul>
      </section>
      {held.name ? <NeedsSection learner={held.learner} name={held.name} /> : null}
      <section class="card" aria-labelledby="calls-head">
        <h2 id="calls-head">Calls from the field</h2>
        {held.ladder.length === 0 ? <p class="mute">None has come yet.</p> : null}
        <ul class="lines">
          {held.ladder.map((one, at) => (
            <li key={at}>
              <div>
              <b>{one.outcome ? call_outcome_labels[one.outcome] : 'Called'}</b>
              {one.contact_name ? `, ${one.contact_name}` : ''}
              {one.said ? <p class="said-text">{one.said}</p> : null}
              <p class="mute">{joined([one.at === null || one.at === undefined ? null : clock(one.at), one.staff_name])}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="door-head">
        <h2 id="door-head">At the door</h2>
        {held.arrivals.length === 0 ? <p class="mute">Nobody signed in by that name.</p> : null}
        <ul class="lines">
          {held.arrivals.map((one, at) => (
            <li key={at}>
              {one.way === 'in' ? 'Signed in' : 'Signed out'} at {one.at === null || one.at === undefined ? 'some time' : clock(one.at)}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

type ActName = 'step' | 'end' | 'reopen' | 'hold' | 'transfer' | 'receipt';
/** `states`: in which it can be done; where nothing is said, in all. */
const acts: Readonly<Record<ActName, { press: string; title: string; submit: string; common: readonly string[]; lead: boolean; states?: readonly CaseState[] }>> = {
  step: { press: 'Note a step', title: 'What was done', submit: 'Note it', common: ['Rang the school', 'Rang the family again'], lead: false },
  end: { press: 'End it', title: 'End the case', submit: 'End the case', common: ['Confirmed by the family', 'Confirmed by the school'], lead: true, states: ['open'] },
  reopen: { press: 'Open it again', title: 'Open it again', submit: 'Open it', common: ['There is news'], lead: true, states: ['explained', 'ended', 'handed_over'] },
  hold: { press: 'Hold', title: 'Hold: nothing about the learner is erased', submit: 'Hold', common: ['May be evidence'], lead: true },
  transfer: { press: 'Hand over', title: 'Hand over to another hub or authority', submit: 'Hand over and save the file', common: ['They follow it up from here'], lead: true },
  receipt: { press: 'Note their receipt', title: 'Their receipt', submit: 'Note it', common: ['Confirmed by e-mail'], lead: true, states: ['handed_over'] },
};

function Acts({ held }: { held: CaseDetail }): JSX.Element {
  const [outcome, setOutcome] = useState(0);
  const [to, setTo] = useState('');
  const id = `case-${held.id}`;
  const chosen = draftOf(id)?.act as ActName | undefined;
  const lead = me.value?.roles.includes('safeguarding');
  const send = async (text: string): Promise<void> => {
    if (chosen === 'transfer') saveJson(`case-${held.id.slice(0, 8)}.json`, await api.handOver(held.id, to, text));
    else if (chosen) await api.caseAct(chosen as CaseAct, held.id, { text, outcome: chosen === 'end' ? outcome : undefined });
  };
  const fits = (name: ActName): boolean => (lead || !acts[name].lead) && (acts[name].states?.includes(held.state) ?? true) && !(name === 'hold' && held.held);
  if (chosen && acts[chosen]) {
    const act = acts[chosen];
    return (
      <ReasonForm key={chosen} id={id} title={act.title} submit={act.submit} common={act.common} send={send} ready={(chosen !== 'end' || outcome > 0) && (chosen !== 'transfer' || to.trim() !== '')}>
        {chosen === 'end' ? (
          <Select label="How did it end?" value={String(outcome)} onValue={(at) => setOutcome(Number(at))} choices={[{ value: '0', label: 'Choose…' }, ...held.outcomes.map((label, at) => ({ value: String(at + 1), label }))]} />
        ) : null}
        {chosen === 'transfer' ? <Text label="To whom?" value={to} maxLength={100} onValue={setTo} /> : null}
      </ReasonForm>
    );
  }
  return (
    <div class="acts">
      {(Object.keys(acts) as ActName[]).filter(fits).map((name) => (
        <button type="button" class={name === 'step' ? 'b1' : 'b2'} key={name} onClick={() => setDraft(id, { act: name, reason: '' })}>
          {acts[name].press}
        </button>
      ))}
    </div>
  );
}

function Take({ held }: { held: CaseDetail }): JSX.Element | null {
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null);
  if (held.state !== 'open' || held.taken_by === me.value?.name) return null;
  const take = (): void => void api.caseAct('take', held.id, {}).then(() => refresh('work'), (error: unknown) => setFailure(failureOf(error)));
  return (
    <>
      <button type="button" class="b2" onClick={take}>
        I’ll take it
      </button>
      <Trouble failure={failure} />
    </>
  );
}

export function CaseScreen({ id }: { id: string }): JSX.Element {
  const asked = useAsk(() => api.absenceCase(id), `case ${id}`, ['work'], 1000);
  const held = asked.data;
  if (!held) return <>{asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Opening…</p>}</>;
  const now = Date.now();
  return (
    <>
      <PageHead
        title={held.name ?? 'Erased since'}
        crumb={
          <>
            <Link href="/safeguarding">Safeguarding</Link> <Link href={`/registers/${held.session}`}>The register</Link> {held.name ? <Link href={`/learners/${held.learner}`}>The learner</Link> : null}
          </>
        }
        sub={
          <>
            <CasePill state={held.state} /> {held.outcome ? `${held.outcome}. ` : ''}
            {held.taken_by ? `Taken by ${held.taken_by}. ` : ''}
            {held.held ? 'Held: cannot be erased. ' : ''}
            {caseWhere(held)}
          </>
        }
      >
        <Take held={held} />
      </PageHead>
      <Trouble failure={asked.failure} />
      {held.door_in !== null && held.door_in !== undefined && held.state === 'open' ? (
        <div class="notice bad">
          <Icon name="door-open" />
          <p>
            <b>Signed in at the door at {clock(held.door_in)}, and marked away.</b> Look for them first.
          </p>
        </div>
      ) : null}
      <div class="two">
        <section class="card stack" aria-labelledby="done-head">
          <h2 id="done-head">What was done</h2>
          <Acts held={held} />
          <ol class="tl" reversed>
            {[...held.events].reverse().map((one, at) => (
              <li key={held.events.length - at}>
                <p>
                  <b>{eventWords[one.kind]}</b>
                </p>
                {one.text ? <p class="said-text">{one.text}</p> : null}
                <p class="mute">{joined([moment(one.at, now), one.by ?? 'Tutti'])}</p>
              </li>
            ))}
          </ol>
        </section>
        <Known held={held} />
      </div>
    </>
  );
}
