// devices.tsx: every device: when it was last heard, what it still owes, what waits at the hub because of it, and what the office does with it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { apartWords, moment, plural } from '../../../shared/ui/format.ts';
import { api, type OfficeDevice } from '../api.ts';
import { BringSheet } from '../bring_file.tsx';
import { EnrolSheet, LeaseSheet, RevokeSheet, StaffSheet } from '../device_acts.tsx';
import { me, useAsk } from '../live.ts';
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

type Act = 'staff' | 'lease' | 'revoke';
interface Open {
  act: Act;
  device: OfficeDevice;
}

function State({ one, now }: { one: OfficeDevice; now: number }): JSX.Element {
  if (one.status === 'readmitted') return <span class="pill warn">Came back</span>;
  if (one.status !== 'active') return <span class="pill bad">Revoked</span>;
  if (one.online) return <span class="pill good">Online</span>;
  if (!one.last_contact_at) return <span class="pill">Never heard</span>;
  return now - one.last_contact_at > staleMs ? <span class="pill warn">Quiet</span> : <span class="pill">Offline</span>;
}

function Acts({ one, open }: { one: OfficeDevice; open: (act: Act) => void }): JSX.Element {
  if (one.status === 'revoked') return <></>;
  return (
    <span class="row-acts">
      <button type="button" class="b3" aria-label={`People of ${one.name}`} onClick={() => open('staff')}>
        People
      </button>
      <button type="button" class="b3" aria-label={`Unlock ${one.name}`} onClick={() => open('lease')}>
        Unlock
      </button>
      <button type="button" class="b3" aria-label={`Revoke ${one.name}`} onClick={() => open('revoke')}>
        Revoke
      </button>
    </span>
  );
}

function Row({ one, by, now, open }: { one: OfficeDevice; by: OfficeDevice | null; now: number; open: ((act: Act) => void) | null }): JSX.Element {
  const skew = one.skew_ms ?? 0;
  return (
    <tr>
      <th scope="row">
        {one.name}
        <small>
          {one.kind === 'kiosk' ? 'Kiosk' : 'Phone or tablet'}, enrolled {moment(one.enrolled_at, now)}
        </small>
        {by ? <small>Silent since “{by.name}” was enrolled for the same person {moment(by.enrolled_at, now)}: ask whether something was left on it</small> : null}
        {open ? <Acts one={one} open={open} /> : null}
      </th>
      <td>{one.staff_names.join(', ')}</td>
      <td>
        <State one={one} now={now} />
        {Math.abs(skew) > skewMs ? <small>Clock {apartWords(skew)}</small> : null}
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

function Table({ devices, open }: { devices: readonly OfficeDevice[]; open: ((one: Open) => void) | null }): JSX.Element {
  const now = Date.now();
  const { items, head } = useSorted(devices, columns);
  return (
    <div class="scroll" role="region" aria-label="Devices" tabIndex={0}>
      <table>
        <thead>{head}</thead>
        <tbody>
          {items.map((one) => (
            <Row key={one.id} one={one} by={replacedBy(one, devices)} now={now} open={open ? (act) => open({ act, device: one }) : null} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function DevicesScreen(): JSX.Element {
  const asked = useAsk(() => api.devices(), 'devices', ['devices']);
  const [open, setOpen] = useState<Open | null>(null);
  const [enrols, setEnrols] = useState(false);
  const [brings, setBrings] = useState(false);
  const devices = asked.data?.devices;
  const online = devices?.filter((one) => one.online).length ?? 0;
  const acts = me.value?.roles.some((role) => role === 'office' || role === 'admin') ?? false;
  const close = (): void => setOpen(null);
  return (
    <>
      <header class="hd">
        <div>
          <h1>Devices</h1>
          <p>{devices ? `${online} of ${plural(devices.length, 'device')} online` : 'Asking…'}</p>
        </div>
        {acts ? (
          <div class="hd-acts">
            <button type="button" class="b2" onClick={() => setBrings(true)}>
              <Icon name="upload" />
              Bring in a file from a device
            </button>
            <button type="button" class="b1" onClick={() => setEnrols(true)}>
              <Icon name="plus" />
              Enrol a device
            </button>
          </div>
        ) : null}
      </header>
      <Trouble failure={asked.failure} />
      {devices && devices.length > 0 ? <Table devices={devices} open={acts ? setOpen : null} /> : null}
      {devices?.length === 0 ? (
        <div class="empty">
          <Icon name="tablet-smartphone" />
          <h2>No device is enrolled</h2>
          <p>Make a code here, and scan or type it on the device within fifteen minutes.</p>
        </div>
      ) : null}
      {enrols ? <EnrolSheet onClose={() => setEnrols(false)} /> : null}
      {brings ? <BringSheet onClose={() => setBrings(false)} /> : null}
      {open?.act === 'staff' ? <StaffSheet device={open.device} onClose={close} /> : null}
      {open?.act === 'lease' ? <LeaseSheet device={open.device} onClose={close} /> : null}
      {open?.act === 'revoke' ? <RevokeSheet device={open.device} onClose={close} /> : null}
    </>
  );
}
