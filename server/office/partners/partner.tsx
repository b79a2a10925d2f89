// partner.tsx: one partner: where the partnership stands, agreements with both signatures, surveys, and the activities that are its own.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, joined } from '../../../shared/ui/format.ts';
import { agreement_status_labels, partner_kind_labels, partner_stage_labels, strategic_function_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Checks, Select, Text, TextArea } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { me, refresh, useAsk } from '../live.ts';
import { Download, Link, PageHead, Trouble } from '../parts.tsx';
import { choicesOf, isoToday, partnerApi, statementOf, type Agreement, type Partner, type Survey } from './partner_api.ts';
import { PartnerForm } from './partners.tsx';

const mayChange = (): boolean => me.value?.roles.includes('office') ?? false;

/* ---- agreements ---- */

function AgreementForm({ partner, agreement, onDone }: { partner: Partner; agreement: Agreement | null; onDone: () => void }): JSX.Element {
  const [functions, setFunctions] = useState<string[]>(agreement?.functions ?? []);
  const [starts, setStarts] = useState(agreement?.starts ?? isoToday());
  const [ends, setEnds] = useState(agreement?.ends ?? '');
  const [status, setStatus] = useState<string>(agreement?.status ?? 'draft');
  const send = async (): Promise<void> => {
    await (agreement ? partnerApi.editAgreement(agreement.id, functions, starts, ends, status) : partnerApi.addAgreement(partner.id, functions, starts, ends));
    refresh('partners');
    onDone();
  };
  return (
    <ActForm submit={agreement ? 'Save' : 'Add'} send={send} ready={starts !== ''}>
      <Checks legend="Functions of the Local Plan that it supports" choices={choicesOf(strategic_function_labels)} chosen={functions} onChosen={setFunctions} />
      <div class="pair">
        <Text label="From" type="date" value={starts} onValue={setStarts} />
        <Text label="To" type="date" value={ends} onValue={setEnds} required={false} hint="The last day; usually an academic year." />
      </div>
      {agreement ? <Select label="Status" value={status} onValue={setStatus} choices={choicesOf(agreement_status_labels)} /> : <p class="mute">It is a draft until both sides have signed.</p>}
    </ActForm>
  );
}

function SignForm({ agreement, side, onDone }: { agreement: Agreement; side: 'hub' | 'partner'; onDone: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [date, setDate] = useState(isoToday());
  const send = async (): Promise<void> => {
    await partnerApi.sign(agreement.id, side, name.trim(), date);
    refresh('partners');
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
          <Icon name="circle-check" /> {by}, {fullDate(on)}
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

type Open = { what: 'edit' | 'hub' | 'partner'; agreement: Agreement } | { what: 'new' | 'about' | 'survey' | 'activities' } | { what: 'receive'; survey: Survey };

function AgreementCard({ one, partner, onOpen }: { one: Agreement; partner: Partner; onOpen: (open: Open) => void }): JSX.Element {
  const labels: Readonly<Record<string, string>> = strategic_function_labels;
  const all = Object.keys(labels);
  return (
    <article class="agreement">
      <header>
        <h3>{one.ends ? `${fullDate(one.starts)} to ${fullDate(one.ends)}` : `From ${fullDate(one.starts)}`}</h3>
        <span class={`pill ${one.in_force ? 'good' : one.status === 'ended' ? '' : 'warn'}`}>{one.in_force ? 'In force' : one.status === 'live' ? 'Not in force' : agreement_status_labels[one.status]}</span>
      </header>
      <p>
        {one.functions.length === all.length ? 'Supports all five functions.' : one.functions.length === 0 ? 'Supports no function of the plan yet.' : `Supports ${one.functions.length} of ${all.length}: ${one.functions.map((word) => strategic_function_labels[word]).join(', ')}.`}
      </p>
      <ul class="lines">
        <Signature side="The hub" by={one.signer_1} on={one.signed_1} onSign={() => onOpen({ what: 'hub', agreement: one })} />
        <Signature side={partner.name} by={one.signer_2} on={one.signed_2} onSign={() => onOpen({ what: 'partner', agreement: one })} />
      </ul>
      {mayChange() ? (
        <p>
          <button type="button" class="b3" onClick={() => onOpen({ what: 'edit', agreement: one })}>
            <Icon name="pencil" />
            Change
            <span class="vh"> the agreement from {fullDate(one.starts)}</span>
          </button>
        </p>
      ) : null}
    </article>
  );
}

function Agreements({ partner, onOpen }: { partner: Partner; onOpen: (open: Open) => void }): JSX.Element {
  return (
    <section class="card" aria-labelledby="agreements-head">
      <h2 id="agreements-head">Agreements</h2>
      {partner.agreements.length === 0 ? <p class="mute">None yet. An agreement counts once both sides have signed it.</p> : null}
      {partner.agreements.map((one) => (
        <AgreementCard key={one.id} one={one} partner={partner} onOpen={onOpen} />
      ))}
      {mayChange() ? (
        <p>
          <button type="button" class="b2" onClick={() => onOpen({ what: 'new' })}>
            <Icon name="plus" />
            Add an agreement
          </button>
        </p>
      ) : null}
    </section>
  );
}

/* ---- surveys ---- */

function SurveyForm({ partner, onDone }: { partner: Partner; onDone: () => void }): JSX.Element {
  const [due, setDue] = useState('');
  const send = async (): Promise<void> => {
    await partnerApi.addSurvey(partner.id, due);
    refresh('partners');
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
    await partnerApi.receive(survey.id, received, answers.trim());
    refresh('partners');
    onDone();
  };
  return (
    <ActForm submit="Save" send={send} ready={received !== ''}>
      <Text label="Came back on" type="date" value={received} onValue={setReceived} />
      <TextArea label="What they said" rows={6} maxLength={2000} value={answers} onValue={setAnswers} />
    </ActForm>
  );
}

function SurveyLine({ one, onOpen }: { one: Survey; onOpen: (open: Open) => void }): JSX.Element {
  const late = !one.received && one.due < isoToday();
  return (
    <li>
      <span>
        <b>Due {fullDate(one.due)}</b>
        {one.term ? <small class="mute"> {one.term}</small> : null}
      </span>
      <span>{one.received ? <span class="pill good">Back {fullDate(one.received)}</span> : <span class={`pill ${late ? 'bad' : 'warn'}`}>{late ? 'Overdue' : 'Not yet'}</span>}</span>
      {one.answers ? <p class="said-text wide">{one.answers}</p> : null}
      {mayChange() ? (
        <button type="button" class="b3" onClick={() => onOpen({ what: 'receive', survey: one })}>
          {one.received ? 'Change' : 'It came back'}
          <span class="vh"> the survey due {fullDate(one.due)}</span>
        </button>
      ) : null}
    </li>
  );
}

function Surveys({ partner, onOpen }: { partner: Partner; onOpen: (open: Open) => void }): JSX.Element {
  return (
    <section class="card" aria-labelledby="surveys-head">
      <h2 id="surveys-head">Surveys</h2>
      {partner.surveys.length === 0 ? <p class="mute">None has been asked for.</p> : null}
      <ul class="lines surveys">
        {partner.surveys.map((one) => (
          <SurveyLine key={one.id} one={one} onOpen={onOpen} />
        ))}
      </ul>
      {mayChange() ? (
        <p>
          <button type="button" class="b2" onClick={() => onOpen({ what: 'survey' })}>
            <Icon name="plus" />
            Ask for a survey
          </button>
        </p>
      ) : null}
    </section>
  );
}

/* ---- activities ---- */

function ActivitiesForm({ partner, onDone }: { partner: Partner; onDone: () => void }): JSX.Element {
  const all = useAsk(() => admin.activities(), 'activities', []).data?.activities ?? [];
  const before = partner.activities.map((one) => one.id);
  const [chosen, setChosen] = useState<string[]>(before);
  const send = async (): Promise<void> => {
    for (const id of chosen.filter((one) => !before.includes(one))) await partnerApi.activity(partner.id, id, true);
    for (const id of before.filter((one) => !chosen.includes(one))) await partnerApi.activity(partner.id, id, false);
    refresh('partners');
    onDone();
  };
  return (
    <ActForm submit="Save" send={send} ready={all.length > 0}>
      <Checks legend="Activities of this partner" choices={all.map((one) => ({ value: one.id, label: one.name, hint: one.school ?? undefined }))} chosen={chosen} onChosen={setChosen} find />
    </ActForm>
  );
}

function Activities({ partner, onOpen }: { partner: Partner; onOpen: (open: Open) => void }): JSX.Element {
  const own = me.value?.role === 'partner';
  const statement = !(me.value?.role === 'lead');
  return (
    <section class="card" aria-labelledby="activities-head">
      <h2 id="activities-head">Activities</h2>
      {partner.activities.length === 0 ? <p class="mute">None is this partner’s. Figures by partner count those that are.</p> : null}
      <ul class="lines">
        {partner.activities.map((one) => (
          <li key={one.id}>
            <b>{one.name}</b>
            <span class="mute">{one.school}</span>
          </li>
        ))}
      </ul>
      <p class="files">
        {mayChange() ? (
          <button type="button" class="b2" onClick={() => onOpen({ what: 'activities' })}>
            Choose activities
          </button>
        ) : null}
        {statement && partner.activities.length > 0 ? (
          <Download href={statementOf(own ? null : partner.id, 'xlsx')}>Statement of lessons</Download>
        ) : null}
      </p>
    </section>
  );
}

/* ---- the page ---- */

const titles: Readonly<Record<Open['what'], string>> = {
  about: 'About the partner',
  new: 'Another agreement',
  edit: 'Change the agreement',
  hub: 'Signature for the hub',
  partner: 'Signature for the partner',
  survey: 'Ask for a survey',
  receive: 'The survey came back',
  activities: 'Activities',
};

function OpenSheet({ partner, open, onClose }: { partner: Partner; open: Open; onClose: () => void }): JSX.Element {
  const body = (): JSX.Element => {
    switch (open.what) {
      case 'about':
        return <PartnerForm partner={partner} onSaved={onClose} />;
      case 'new':
        return <AgreementForm partner={partner} agreement={null} onDone={onClose} />;
      case 'edit':
        return <AgreementForm partner={partner} agreement={open.agreement} onDone={onClose} />;
      case 'hub':
      case 'partner':
        return <SignForm agreement={open.agreement} side={open.what} onDone={onClose} />;
      case 'survey':
        return <SurveyForm partner={partner} onDone={onClose} />;
      case 'receive':
        return <ReceiveForm survey={open.survey} onDone={onClose} />;
      case 'activities':
        return <ActivitiesForm partner={partner} onDone={onClose} />;
    }
  };
  return (
    <Sheet title={titles[open.what]} onClose={onClose}>
      {body()}
    </Sheet>
  );
}

function About({ partner }: { partner: Partner }): JSX.Element {
  const rows = [
    ['Stands at', partner.stage ? joined([partner_stage_labels[partner.stage], partner.stage_on ? `since ${fullDate(partner.stage_on)}` : '']) : 'Not said'],
    ['Kind', partner.kind ? partner_kind_labels[partner.kind] : 'Not said'],
    ['Ask for', partner.contact],
    ['E-mail', partner.email],
    ['Telephone', partner.phone],
  ] as const;
  return (
    <section class="card" aria-labelledby="about-head">
      <h2 id="about-head">About</h2>
      <dl class="facts">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

export function PartnerPage({ id }: { id: string }): JSX.Element {
  const asked = useAsk(() => partnerApi.partner(id), `partner ${id}`, ['partners', 'everything'], 2000);
  const [open, setOpen] = useState<Open | null>(null);
  const partner = asked.data;
  return (
    <>
      <PageHead title={partner?.name ?? 'Partner'} crumb={<Link href="/partners">Partners</Link>}>
        {partner && mayChange() ? (
          <button type="button" class="b2" onClick={() => setOpen({ what: 'about' })}>
            <Icon name="pencil" />
            Change
          </button>
        ) : null}
      </PageHead>
      <Trouble failure={asked.failure} />
      {partner ? (
        <div class="two">
          <div class="stack">
            <About partner={partner} />
            <Activities partner={partner} onOpen={setOpen} />
          </div>
          <div class="stack">
            <Agreements partner={partner} onOpen={setOpen} />
            <Surveys partner={partner} onOpen={setOpen} />
          </div>
        </div>
      ) : null}
      {partner && open ? <OpenSheet partner={partner} open={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
