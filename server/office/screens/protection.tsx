// protection.tsx: data protection: who has not confirmed an erasure, and the retention schedule.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment, plural } from '../../../shared/ui/format.ts';
import { api, type Erasure } from '../api.ts';
import { whyItWaits } from '../confirms.ts';
import { useAsk } from '../live.ts';
import { PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { RetentionSection } from './retention.tsx';

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
          <small key={device.id}>{whyItWaits(device, one.at, now)}</small>
        ))
      ),
  },
];

export function ProtectionScreen(): JSX.Element {
  const asked = useAsk(() => api.erasures(), 'erasures', ['devices'], 2000);
  const overdue = asked.data?.overdue ?? 0;
  return (
    <div class="stack wide-gap">
      <PageHead title="Data protection" sub="What was erased is gone everywhere once every device has said so." />
      {overdue > 0 ? (
        <div class="notice bad">
          <Icon name="triangle-alert" />
          <p>
            <b>{plural(overdue, 'erasure')} overdue.</b> Have somebody sign in on the devices below that are locked; fetch the others, or revoke them.
          </p>
        </div>
      ) : null}
      <section class="stack" aria-labelledby="erasures-head">
        <h2 id="erasures-head">Erasures</h2>
        <Trouble failure={asked.failure} />
        {asked.data ? <Table label="Every erasure" columns={columns(Date.now())} items={asked.data.erasures} keyOf={(one) => one.number} empty="Nobody has been erased." /> : null}
        {asked.data && asked.data.erasures.length < asked.data.total ? <p class="mute">{`${asked.data.erasures.length} of ${asked.data.total.toLocaleString('en-GB')}: those that a device has yet to confirm, the oldest first, and then the latest. ${plural(asked.data.waiting, 'erasure')} ${asked.data.waiting === 1 ? 'waits' : 'wait'} for a device.`}</p> : null}
      </section>
      <RetentionSection />
    </div>
  );
}
