// devices.tsx: every device: when it was last heard, what it still owes, and what waits at the hub because of it.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { moment, plural } from '../../../shared/ui/format.ts';
import { api, type OfficeDevice } from '../api.ts';
import { useAsk } from '../live.ts';
import { replacedBy } from '../replaced.ts';
import { Trouble, useSorted, type Column } from '../parts.tsx';

const staleMs = 3 * 24 * 3600 * 1000;
const skewMs = 120_000;

const columns: readonly Column<OfficeDevice>[] = [
  { name: 'Device', value: (one) => one.name },
  { name: 'People', value: (one) => one.staff_names.join(', ') },
  { name: 'State', value: (one) => (one.status !== 'active' ? 3 : one.online ? 0 : 1) },
  { name: 'Last contact', value: (one) => one.last_contact_at ?? 0, number: true },
  { name: 'Last receipt', value: (one) => one.last_receipt_at ?? 0, number: true },
  { name: 'Bundles', value: (one) => one.last_bundle_seq ?? 0, number: true },
  { name: 'Waiting', value: (one) => one.held + one.quarantined, number: true },
  { name: 'Version', value: (one) => one.program ?? '' },
];

function State({ one, now }: { one: OfficeDevice; now: number }): JSX.Element {
  if (one.status !== 'active') return <span class="pill bad">Revoked</span>;
  if (one.online) return <span class="pill good">Online</span>;
  if (!one.last_contact_at) return <span class="pill">Never heard</span>;
  return now - one.last_contact_at > staleMs ? <span class="pill warn">Quiet</span> : <span class="pill">Offline</span>;
}

function Row({ one, by, now }: { one: OfficeDevice; by: OfficeDevice | null; now: number }): JSX.Element {
  const skew = Math.abs(one.skew_ms ?? 0);
  return (
    <tr>
      <th scope="row">
        {one.name}
        <small>
          {one.kind === 'kiosk' ? 'Kiosk' : 'Phone or tablet'}, enrolled {moment(one.enrolled_at, now)}
        </small>
      </th>
      <td>{one.staff_names.join(', ')}</td>
      <td>
        <State one={one} now={now} />
        {by ? <small>Silent since “{by.name}” was enrolled for the same person {moment(by.enrolled_at, now)}: ask whether something was left on it</small> : null}
        {skew > skewMs ? <small>Clock {plural(Math.round(skew / 60_000), 'minute')} off</small> : null}
      </td>
      <td class="num">{one.last_contact_at ? moment(one.last_contact_at, now) : ''}</td>
      <td class="num">{one.last_receipt_at ? moment(one.last_receipt_at, now) : ''}</td>
      <td class="num">{one.last_bundle_seq ?? 0}</td>
      <td class="num">
        {one.held + one.quarantined === 0 ? <span class="mute">None</span> : null}
        {one.held > 0 ? <small>{plural(one.held, 'bundle')} held</small> : null}
        {one.quarantined > 0 ? <small>{plural(one.quarantined, 'change')} in quarantine</small> : null}
      </td>
      <td>{one.program ?? ''}</td>
    </tr>
  );
}

function Table({ devices }: { devices: readonly OfficeDevice[] }): JSX.Element {
  const now = Date.now();
  const { items, head } = useSorted(devices, columns);
  return (
    <div class="scroll" role="region" aria-label="Devices" tabIndex={0}>
      <table>
        <thead>{head}</thead>
        <tbody>
          {items.map((one) => (
            <Row key={one.id} one={one} by={replacedBy(one, devices)} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function DevicesScreen(): JSX.Element {
  const asked = useAsk(() => api.devices(), 'devices', ['devices']);
  const devices = asked.data?.devices;
  const online = devices?.filter((one) => one.online).length ?? 0;
  return (
    <>
      <header class="hd">
        <div>
          <h1>Devices</h1>
          <p>{devices ? `${online} of ${plural(devices.length, 'device')} online` : 'Asking…'}</p>
        </div>
      </header>
      <Trouble failure={asked.failure} />
      {devices && devices.length > 0 ? <Table devices={devices} /> : null}
      {devices?.length === 0 ? (
        <div class="empty">
          <Icon name="tablet-smartphone" />
          <h2>No device is enrolled</h2>
          <p>The administrator makes a code on the hub’s machine (tutti-server enrol); type it into the device within fifteen minutes.</p>
        </div>
      ) : null}
    </>
  );
}
