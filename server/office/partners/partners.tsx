// partners.tsx: the organisations that the hub works with: the list, and adding one. A partner's own account sees itself alone.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { isoToday, plural } from '../../../shared/ui/format.ts';
import { partner_kind_labels, partner_stage_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Select, Text } from '../acting.tsx';
import { go, me, refresh, useAsk } from '../live.ts';
import { Empty, Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { PartnerPage } from './partner.tsx';
import { choicesOf, partnerApi, type PartnerInput, type PartnerLine } from './partner_api.ts';

const columns: readonly Column<PartnerLine>[] = [
  {
    name: 'Partner',
    by: (one) => one.name,
    cell: (one) => (
      <>
        <Link href={`/partners/${one.id}`}>{one.name}</Link>
        <small>{one.kind ? partner_kind_labels[one.kind] : ''}</small>
      </>
    ),
  },
  { name: 'Where it stands', foldsLast: true, by: (one) => Object.keys(partner_stage_labels).indexOf(one.stage ?? ''), cell: (one) => (one.stage ? partner_stage_labels[one.stage] : '') },
  { name: 'Agreements in force', foldsLast: true, by: (one) => one.agreement_count, number: true, cell: (one) => one.agreement_count },
  { name: 'Surveys back', foldsLast: true, by: (one) => one.surveys_due - one.surveys_back, number: true, cell: (one) => `${one.surveys_back} of ${one.surveys_due}` },
  { name: 'Activities', foldsLast: true, by: (one) => one.activity_count, number: true, cell: (one) => one.activity_count },
];

export function PartnerForm({ partner, onSaved }: { partner: PartnerLine | null; onSaved: (id: string) => void }): JSX.Element {
  const [input, setInput] = useState<PartnerInput>({
    name: partner?.name ?? '',
    kind: partner?.kind ?? '',
    contact: partner?.contact ?? '',
    email: partner?.email ?? '',
    phone: partner?.phone ?? '',
    stage: partner?.stage ?? (partner ? '' : 'interest'),
    stage_on: partner?.stage_on ?? isoToday(),
    version: partner?.version.toString() ?? '',
  });
  const set = (part: Partial<PartnerInput>): void => setInput({ ...input, ...part });
  const send = async (): Promise<void> => {
    const saved = await partnerApi.save(partner?.id ?? null, { ...input, name: input.name.trim() });
    refresh('partners');
    onSaved(saved.id);
  };
  return (
    <ActForm submit={partner ? 'Save' : 'Add'} send={send} ready={input.name.trim() !== ''}>
      <Text label="Name" value={input.name} onValue={(name) => set({ name })} maxLength={200} />
      <Select label="Kind" value={input.kind} onValue={(kind) => set({ kind })} choices={choicesOf(partner_kind_labels, 'Not said')} />
      <Text label="Whom to ask there" value={input.contact} onValue={(contact) => set({ contact })} maxLength={200} required={false} />
      <Text label="E-mail" type="email" value={input.email} onValue={(email) => set({ email })} maxLength={254} required={false} />
      <Text label="Telephone" value={input.phone} onValue={(phone) => set({ phone })} maxLength={40} required={false} />
      <div class="pair">
        <Select label="Where the partnership stands" value={input.stage} onValue={(stage) => set({ stage, stage_on: isoToday() })} choices={choicesOf(partner_stage_labels, 'Not said')} />
        <Text label="Since" type="date" value={input.stage_on} onValue={(stage_on) => set({ stage_on })} required={false} />
      </div>
    </ActForm>
  );
}

function List(): JSX.Element {
  const asked = useAsk(() => partnerApi.partners(), 'partners', ['partners', 'everything'], 2000);
  const [adds, setAdds] = useState(false);
  const all = asked.data?.partners ?? [];
  const may = me.value?.roles.includes('office') ?? false;
  return (
    <>
      <PageHead title="Partners" sub={asked.data ? plural(all.length, 'organisation') : 'Asking…'}>
        {may ? (
          <button type="button" class="b1" onClick={() => setAdds(true)}>
            <Icon name="plus" />
            Add a partner
          </button>
        ) : null}
      </PageHead>
      <Trouble failure={asked.failure} />
      {asked.data ? (
        <Table
          label="Partners"
          columns={columns}
          items={all}
          keyOf={(one) => one.id}
          first={0}
          empty={
            <Empty icon="handshake" title="No partners yet">
              {may ? 'Import partners from a file, or add them here one by one.' : 'The office has named none for you.'}
            </Empty>
          }
        />
      ) : null}
      {adds ? (
        <Sheet title="Another partner" onClose={() => setAdds(false)}>
          <PartnerForm partner={null} onSaved={(id) => go(`/partners/${id}`)} />
        </Sheet>
      ) : null}
    </>
  );
}

export function PartnersScreen({ id }: { id: string | undefined }): JSX.Element {
  return id ? <PartnerPage key={id} id={id} /> : <List />;
}
