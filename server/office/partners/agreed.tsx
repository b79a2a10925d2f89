// agreed.tsx: what is agreed with a partner or a school: agreements with both signatures, and the surveys it is asked for.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, isoToday } from '../../../shared/ui/format.ts';
import { agreement_status_labels, strategic_function_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Checks, Text, TextArea } from '../acting.tsx';
import { me, refresh } from '../live.ts';
import { CardHead } from '../parts.tsx';
import { choicesOf, nextYear, partnerApi, type Agreement, type Side, type Survey } from './partner_api.ts';

const mayChange = (): boolean => me.value?.roles.includes('office') ?? false;
const day = fullDate;
/** Whichever page shows it. */
function changed(): void {
  refresh('partners');
  refresh('work');
}

/* ---- agreements ---- */

/** What a form begins with: the agreement that it changes, the one that it renews, or a year from today. */
interface Terms {
  functions: string[];
  starts: string;
  ends: string;
}

function AgreementForm({ side, terms, changes, onDone }: { side: Side; terms: Terms; changes: Agreement | null; onDone: () => void }): JSX.Element {
  const [functions, setFunctions] = useState<string[]>(terms.functions);
  const [starts, setStarts] = useState(terms.starts);
  const [ends, setEnds] = useState(terms.ends);
  const send = async (): Promise<void> => {
    await (changes ? partnerApi.editAgreement(changes, functions, starts, ends, changes.status) : partnerApi.addAgreement(side, functions, starts, ends));
    changed();
    onDone();
  };
  return (
    <ActForm submit={changes ? 'Save' : 'Add'} send={send} ready={starts !== ''}>
      <Checks legend="Functions of the Local Plan that it supports" choices={choicesOf(strategic_function_labels)} chosen={functions} onChosen={setFunctions} />
      <div class="pair">
        <Text label="From" type="date" value={starts} onValue={setStarts} />
        <Text label="To" type="date" value={ends} onValue={setEnds} required={false} hint="The last day; usually an academic year." />
      </div>
      <p class="mute">It is a draft until both sides have signed. From the first signature on, its days and functions stand.</p>
    </ActForm>
  );
}

function TakeBack({ agreement, onDone }: { agreement: Agreement; onDone: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  const send = async (): Promise<void> => {
    await partnerApi.takeBack(agreement, reason.trim());
    changed();
    onDone();
  };
  return (
    <ActForm submit="Take it back" send={send} ready={reason.trim() !== ''} danger>
      <p>It is in no list and no figure any more. Its signatures, and why it was taken back, stay in the history.</p>
      <Text label="Why" value={reason} onValue={setReason} maxLength={300} />
    </ActForm>
  );
}

/** Ended before its last day, or going on after all. */
function EndForm({ agreement, ends, onDone }: { agreement: Agreement; ends: boolean; onDone: () => void }): JSX.Element {
  const send = async (): Promise<void> => {
    await partnerApi.editAgreement(agreement, agreement.functions, agreement.starts, agreement.ends ?? '', ends ? 'ended' : naturalStatus(agreement));
    changed();
    onDone();
  };
  return (
    <ActForm submit={ends ? 'End it' : 'It goes on'} send={send} danger={ends}>
      <p>{ends ? 'From now on it is not in force, and counts for no target. What was signed stays here.' : 'It counts again, from its first day to its last.'}</p>
    </ActForm>
  );
}

function SignForm({ agreement, by, onDone }: { agreement: Agreement; by: 'hub' | Side['word']; onDone: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [date, setDate] = useState(isoToday());
  const send = async (): Promise<void> => {
    await partnerApi.sign(agreement, by, name.trim(), date);
    changed();
    onDone();
  };
  return (
    <ActForm submit="Record the signature" send={send} ready={name.trim() !== '' && date !== ''}>
      <Text label="Who signed" value={name} onValue={setName} maxLength={200} />
      <Text label="On" type="date" value={date} onValue={setDate} />
      <p class="mute">A signature is given once, and cannot be changed.</p>
    </ActForm>
  );
}

function Signature({ side, by, on, onSign }: { side: string; by: string | null | undefined; on: string | null | undefined; onSign: () => void }): JSX.Element {
  return (
    <li>
      <span>
        <b>{side}</b>
      </span>
      {on ? (
        <span>
          <Icon name="circle-check" /> {by}, {day(on)}
        </span>
      ) : mayChange() ? (
        <button type="button" class="b2" onClick={onSign}>
          Record signature
          <span class="vh"> of {side}</span>
        </button>
      ) : (
        <span class="mute">Not signed yet</span>
      )}
    </li>
  );
}

export type OpenAgreed = { what: 'edit' | 'renew' | 'end' | 'resume' | 'void' | 'hub' | 'other'; agreement: Agreement } | { what: 'new' | 'survey' } | { what: 'receive'; survey: Survey };

const isSigned = (one: Agreement): boolean => Boolean(one.signed_1 || one.signed_2);
const naturalStatus = (one: Agreement): Agreement['status'] => (one.signed_1 && one.signed_2 ? 'live' : 'draft');

/** A draft is changed; what is signed is renewed, ended, or taken back. */
function AgreementActs({ one, onOpen }: { one: Agreement; onOpen: (open: OpenAgreed) => void }): JSX.Element {
  const acts: readonly { what: 'edit' | 'renew' | 'end' | 'resume' | 'void'; icon: IconName; word: string; may: boolean }[] = [
    { what: 'edit', icon: 'pencil', word: 'Change', may: !isSigned(one) },
    { what: 'renew', icon: 'refresh-cw', word: 'Renew', may: isSigned(one) },
    { what: 'end', icon: 'x', word: 'End', may: one.status === 'live' },
    { what: 'resume', icon: 'check', word: 'Take up again', may: one.status === 'ended' },
    { what: 'void', icon: 'undo-2', word: 'Take back', may: true },
  ];
  return (
    <p class="files">
      {acts
        .filter(({ may }) => may)
        .map(({ what, icon, word }) => (
          <button key={what} type="button" class="b3" onClick={() => onOpen({ what, agreement: one })}>
            <Icon name={icon} />
            {word}
            <span class="vh"> the agreement from {day(one.starts)}</span>
          </button>
        ))}
    </p>
  );
}

function AgreementCard({ one, side, onOpen }: { one: Agreement; side: Side; onOpen: (open: OpenAgreed) => void }): JSX.Element {
  const labels: Readonly<Record<string, string>> = strategic_function_labels;
  const all = Object.keys(labels);
  return (
    <article class="agreement">
      <header>
        <h3>{one.ends ? `${day(one.starts)} to ${day(one.ends)}` : `From ${day(one.starts)}`}</h3>
        <span class={`pill ${one.in_force ? 'good' : one.status === 'ended' ? '' : 'warn'}`}>{one.in_force ? 'In force' : one.status === 'live' ? 'Not in force' : agreement_status_labels[one.status]}</span>
      </header>
      <p>
        {one.functions.length === all.length ? 'Supports all five functions.' : one.functions.length === 0 ? 'Supports no function of the plan yet.' : `Supports ${one.functions.length} of ${all.length}: ${one.functions.map((word) => strategic_function_labels[word]).join(', ')}.`}
      </p>
      <ul class="lines">
        <Signature side="The hub" by={one.signer_1} on={one.signed_1} onSign={() => onOpen({ what: 'hub', agreement: one })} />
        <Signature side={side.name} by={one.signer_2} on={one.signed_2} onSign={() => onOpen({ what: 'other', agreement: one })} />
      </ul>
      {mayChange() ? <AgreementActs one={one} onOpen={onOpen} /> : null}
    </article>
  );
}

export function Agreements({ side, onOpen }: { side: Side; onOpen: (open: OpenAgreed) => void }): JSX.Element {
  return (
    <section class="card" aria-labelledby="agreements-head">
      <CardHead id="agreements-head" title="Agreements" add={mayChange()} what="Add an agreement" onAdd={() => onOpen({ what: 'new' })} />
      {side.agreements.length === 0 ? <p class="mute">None yet. An agreement counts once both sides have signed it.</p> : null}
      {side.agreements.map((one) => (
        <AgreementCard key={one.id} one={one} side={side} onOpen={onOpen} />
      ))}
    </section>
  );
}

/* ---- surveys ---- */

function SurveyForm({ side, onDone }: { side: Side; onDone: () => void }): JSX.Element {
  const [due, setDue] = useState('');
  const send = async (): Promise<void> => {
    await partnerApi.addSurvey(side, due);
    changed();
    onDone();
  };
  return (
    <ActForm submit="Ask for it" send={send} ready={due !== ''}>
      <Text label="Due back" type="date" value={due} onValue={setDue} />
    </ActForm>
  );
}

function ReceiveForm({ survey, onDone }: { survey: Survey; onDone: () => void }): JSX.Element {
  const [received, setReceived] = useState(survey.received ?? isoToday());
  const [answers, setAnswers] = useState(survey.answers ?? '');
  const send = async (): Promise<void> => {
    await partnerApi.receive(survey, received, answers.trim());
    changed();
    onDone();
  };
  return (
    <ActForm submit="Save" send={send} ready={received !== ''}>
      <Text label="Came back on" type="date" value={received} onValue={setReceived} />
      <TextArea label="What they said" rows={6} maxLength={2000} value={answers} onValue={setAnswers} />
    </ActForm>
  );
}

function SurveyLine({ one, onOpen }: { one: Survey; onOpen: (open: OpenAgreed) => void }): JSX.Element {
  const late = !one.received && one.due < isoToday();
  return (
    <li>
      <span>
        <b>Due {day(one.due)}</b>
        {one.term ? <small class="mute"> {one.term}</small> : null}
      </span>
      <span>{one.received ? <span class="pill good">Back {day(one.received)}</span> : <span class={`pill ${late ? 'bad' : 'warn'}`}>{late ? 'Overdue' : 'Not yet'}</span>}</span>
      {one.answers ? <p class="said-text wide">{one.answers}</p> : null}
      {mayChange() ? (
        <button type="button" class="b3" onClick={() => onOpen({ what: 'receive', survey: one })}>
          {one.received ? 'Change' : 'It came back'}
          <span class="vh"> the survey due {day(one.due)}</span>
        </button>
      ) : null}
    </li>
  );
}

export function Surveys({ side, onOpen }: { side: Side; onOpen: (open: OpenAgreed) => void }): JSX.Element {
  return (
    <section class="card" aria-labelledby="surveys-head">
      <CardHead id="surveys-head" title="Surveys" add={mayChange()} what="Ask for a survey" onAdd={() => onOpen({ what: 'survey' })} />
      {side.surveys.length === 0 ? <p class="mute">None has been asked for.</p> : null}
      <ul class="lines surveys">
        {side.surveys.map((one) => (
          <SurveyLine key={one.id} one={one} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  );
}

/* ---- what is open ---- */

const titles: Readonly<Record<OpenAgreed['what'], string>> = {
  new: 'Another agreement',
  edit: 'Change the agreement',
  renew: 'Renew the agreement',
  end: 'End the agreement',
  resume: 'The agreement goes on',
  void: 'Take the agreement back',
  hub: 'Signature for the hub',
  other: 'Signature for the other side',
  survey: 'Ask for a survey',
  receive: 'The survey came back',
};

export function AgreedSheet({ side, open, onClose }: { side: Side; open: OpenAgreed; onClose: () => void }): JSX.Element {
  const body = (): JSX.Element => {
    switch (open.what) {
      case 'new':
        return <AgreementForm side={side} terms={{ functions: [], starts: isoToday(), ends: '' }} changes={null} onDone={onClose} />;
      case 'edit':
        return <AgreementForm side={side} terms={{ ...open.agreement, ends: open.agreement.ends ?? '' }} changes={open.agreement} onDone={onClose} />;
      case 'renew':
        return <AgreementForm side={side} terms={{ functions: open.agreement.functions, ...(open.agreement.ends ? nextYear(open.agreement.ends) : { starts: isoToday(), ends: '' }) }} changes={null} onDone={onClose} />;
      case 'end':
      case 'resume':
        return <EndForm agreement={open.agreement} ends={open.what === 'end'} onDone={onClose} />;
      case 'void':
        return <TakeBack agreement={open.agreement} onDone={onClose} />;
      case 'hub':
        return <SignForm agreement={open.agreement} by="hub" onDone={onClose} />;
      case 'other':
        return <SignForm agreement={open.agreement} by={side.word} onDone={onClose} />;
      case 'survey':
        return <SurveyForm side={side} onDone={onClose} />;
      case 'receive':
        return <ReceiveForm survey={open.survey} onDone={onClose} />;
    }
  };
  return (
    <Sheet title={titles[open.what]} onClose={onClose}>
      {body()}
    </Sheet>
  );
}
