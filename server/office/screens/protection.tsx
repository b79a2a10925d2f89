// protection.tsx: data protection: who has not confirmed an erasure, and whose records were kept long enough.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { fullDate, moment, plural } from '../../../shared/ui/format.ts';
import { api, type Erasure, type Retention } from '../api.ts';
import { useAsk } from '../live.ts';
import { Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

const columns = (now: number): readonly Column<Erasure>[] => [
  {
    name: 'Erasure',
    by: (one) => one.number,
    cell: (one) => (
      <>
        Erasure {one.number}
        <small>{one.reason}</small>
      </>
    ),
  },
  { name: 'When', by: (one) => one.at, cell: (one) => moment(one.at, now) },
  {
    name: 'Confirmed',
    by: (one) => one.waiting.length,
    cell: (one) => (
      <>
        {one.waiting.length === 0 ? <span class="pill good">Everywhere</span> : <span class={one.overdue ? 'pill bad' : 'pill warn'}>{one.overdue ? 'Overdue' : 'Under way'}</span>}
        <small>
          {one.confirmed} of {plural(one.devices, 'device')} confirmed it{one.revoked > 0 ? `, ${one.revoked} were revoked before` : ''}
        </small>
      </>
    ),
  },
  {
    name: 'Waits for',
    cell: (one) =>
      one.waiting.length === 0 ? (
        <span class="mute">Nobody</span>
      ) : (
        one.waiting.map((device) => (
          <small key={device.id}>
            {device.name}, {device.last_contact_at ? `last heard ${moment(device.last_contact_at, now)}` : 'never heard'}
          </small>
        ))
      ),
  },
];

const keptColumns: readonly Column<Retention['learners'][number]>[] = [
  { name: 'Learner', by: (one) => one.name, cell: (one) => <Link href={`/learners/${one.id}`}>{one.name}</Link> },
  { name: 'Latest record', by: (one) => one.last, number: true, cell: (one) => fullDate(one.last) },
  { name: 'What would happen', by: (one) => (one.held ? 1 : 0), cell: (one) => (one.held ? <span class="pill warn">Kept: a hold, or an open case</span> : 'Erased') },
];

function Kept({ held }: { held: Retention }): JSX.Element {
  return (
    <div class="card stack">
      <p>
        <span class="big">{held.due}</span> {held.due === 1 ? 'learner has' : 'learners have'} left, and their latest record is from before {fullDate(held.before)}: the rule is {plural(held.years, 'year')}.
      </p>
      {held.held > 0 ? <p>{held.held} more {held.held === 1 ? 'is' : 'are'} kept, because of a safeguarding hold or an open case.</p> : null}
      <p class="mute">
        Whoever keeps the hub erases them: <code>tutti-server retention</code>, then <code>--apply --certificate FILE</code>. The file is signed by this hub; every device hears of each erasure, and confirms it above.
      </p>
    </div>
  );
}

export function ProtectionScreen(): JSX.Element {
  const asked = useAsk(() => api.erasures(), 'erasures', ['devices'], 2000);
  const kept = useAsk(() => api.retention(), 'retention', []);
  const overdue = asked.data?.erasures.filter((one) => one.overdue).length ?? 0;
  return (
    <div class="stack wide-gap">
      <PageHead title="Data protection" sub="What was erased is gone everywhere once every device has said so." />
      {overdue > 0 ? (
        <div class="notice bad">
          <Icon name="triangle-alert" />
          <p>
            <b>{plural(overdue, 'erasure')} overdue.</b> Fetch the devices named below, or revoke them.
          </p>
        </div>
      ) : null}
      <section class="stack" aria-labelledby="erasures-head">
        <h2 id="erasures-head">Erasures</h2>
        <Trouble failure={asked.failure} />
        {asked.data ? <Table label="Every erasure" columns={columns(Date.now())} items={asked.data.erasures} keyOf={(one) => one.number} empty="Nobody has been erased." /> : null}
      </section>
      <section class="stack" aria-labelledby="kept-head">
        <h2 id="kept-head">Kept long enough</h2>
        <Trouble failure={kept.failure} />
        {kept.data ? <Kept held={kept.data} /> : null}
        {kept.data && kept.data.learners.length > 0 ? (
          <>
            <Table label="Whom the rule is about" columns={keptColumns} items={kept.data.learners} keyOf={(one) => one.id} first={1} />
            {kept.data.learners.length < kept.data.due + kept.data.held ? <p class="mute">{`The oldest ${kept.data.learners.length} of ${(kept.data.due + kept.data.held).toLocaleString('en-GB')}.`}</p> : null}
          </>
        ) : null}
      </section>
    </div>
  );
}
