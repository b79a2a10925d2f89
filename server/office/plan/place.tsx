// place.tsx: what the Local Plan's registers hold of one partner or one school, on that page.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { me, refresh, useAsk } from '../live.ts';
import { CardHead, Download } from '../parts.tsx';
import { thisYear } from '../reports/report_api.ts';
import { EntryForm } from './entry.tsx';
import { EntryList, useEntries } from './list.tsx';
import { planApi, type PlanKind } from './plan_api.ts';

interface Place {
  of: 'partner' | 'school';
  id: string;
  name: string;
}

function Part({ kind, of, id, name }: Place & { kind: PlanKind }): JSX.Element {
  const held = useEntries(kind.name, { period: 'all', [of]: id });
  const [adds, setAdds] = useState(false);
  const added = (): void => {
    setAdds(false);
    held.again();
    // A step says where the partnership stands.
    refresh('partners');
  };
  return (
    <section class="card" aria-labelledby={`plan-${kind.name}`}>
      <CardHead id={`plan-${kind.name}`} title={kind.title} add={kind.writes} onAdd={() => setAdds(true)} />
      <EntryList kind={kind} held={held} empty="Nothing is written down yet." without={of} />
      {me.value?.role === 'partner' && held.entries?.length ? (
        <p class="files">
          <Download href={planApi.fileOf(kind.name, 'all', 'csv')}>CSV</Download>
          <Download href={planApi.fileOf(kind.name, 'all', 'xlsx')}>Excel</Download>
        </p>
      ) : null}
      {adds ? (
        <Sheet title={kind.one} onClose={() => setAdds(false)}>
          <EntryForm kind={kind} entry={null} given={{ field: of, id, name }} onDone={added} />
        </Sheet>
      ) : null}
    </section>
  );
}

/** The registers whose every entry is about one of its kind. */
export function PlanPlace({ of, id, name }: Place): JSX.Element {
  const plan = useAsk(() => planApi.plan(thisYear()), 'plan', [], 60_000).data;
  const kinds = (plan?.kinds ?? []).filter((kind) => kind.sees && !kind.named && kind.fields.some((field) => field.name === of && field.stays));
  return (
    <>
      {kinds.map((kind) => (
        <Part key={kind.name} kind={kind} of={of} id={id} name={name} />
      ))}
    </>
  );
}
