// partner.tsx: one partner: where the partnership stands, its steps, agreements and surveys, and the activities that are its own.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, joined } from '../../../shared/ui/format.ts';
import { partner_kind_labels, partner_stage_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Checks } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { Facts, type Fact } from '../facts.tsx';
import { me, refresh, useAsk } from '../live.ts';
import { Cut, Download, Link, PageHead, Trouble } from '../parts.tsx';
import { PlanPlace } from '../plan/place.tsx';
import { AgreedSheet, Agreements, Surveys, type OpenAgreed } from './agreed.tsx';
import { partnerApi, statementOf, type Partner } from './partner_api.ts';
import { PartnerForm } from './partners.tsx';

const mayChange = (): boolean => me.value?.roles.includes('office') ?? false;

type Open = OpenAgreed | { what: 'about' } | { what: 'activities' };

/* ---- activities ---- */

function ActivitiesForm({ partner, onDone }: { partner: Partner; onDone: () => void }): JSX.Element {
  const asked = useAsk(() => admin.activities(), 'activities', []).data;
  const all = asked?.activities ?? [];
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
      <Cut list={all} most={asked?.most} what="activities" />
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
            {own ? <b>{one.name}</b> : <Link href={`/activities/${one.id}`}>{one.name}</Link>}
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

function OpenSheet({ partner, open, onClose }: { partner: Partner; open: Open; onClose: () => void }): JSX.Element {
  if (open.what !== 'about' && open.what !== 'activities') return <AgreedSheet side={{ ...partner, word: 'partner' }} open={open} onClose={onClose} />;
  return (
    <Sheet title={open.what === 'about' ? 'About the partner' : 'Activities'} onClose={onClose}>
      {open.what === 'about' ? <PartnerForm partner={partner} onSaved={onClose} /> : <ActivitiesForm partner={partner} onDone={onClose} />}
    </Sheet>
  );
}

function About({ partner }: { partner: Partner }): JSX.Element {
  const rows: readonly Fact[] = [
    ['Stands at', partner.stage ? joined([partner_stage_labels[partner.stage], partner.stage_on ? `since ${fullDate(partner.stage_on)}` : '']) : 'Not said'],
    ['Kind', partner.kind ? partner_kind_labels[partner.kind] : 'Not said'],
    ['Ask for', partner.contact],
    ['E-mail', partner.email],
    ['Telephone', partner.phone],
  ];
  return (
    <section class="card" aria-labelledby="about-head">
      <h2 id="about-head">About</h2>
      <Facts list={rows} />
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
            <Agreements side={{ ...partner, word: 'partner' }} onOpen={setOpen} />
            <Surveys side={{ ...partner, word: 'partner' }} onOpen={setOpen} />
            <PlanPlace of="partner" id={partner.id} name={partner.name} />
          </div>
        </div>
      ) : null}
      {partner && open ? <OpenSheet partner={partner} open={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
