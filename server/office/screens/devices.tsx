// devices.tsx: every device: when it was last heard, what it still owes, what waits at the hub because of it, and what the office does with it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { apartWords, joined, moment, plural } from '../../../shared/ui/format.ts';
import { api, type OfficeDevice } from '../api.ts';
import { BringSheet } from '../bring_file.tsx';
import { EnrolSheet, LeaseSheet, RevokeSheet, StaffSheet } from '../device_acts.tsx';
import { me, useAsk } from '../live.ts';
import { replacedBy } from '../replaced.ts';
import { Empty, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

const staleMs = 3 * 24 * 3600 * 1000;
const skewMs = 120_000;

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

/** A sum that is nothing needs no figure. */
function Waiting({ one }: { one: OfficeDevice }): JSX.Element {
  if (one.held + one.quarantined === 0) return <span class="mute">None</span>;
  return (
    <>
      {one.held > 0 ? <small>{plural(one.held, 'bundle')} held</small> : null}
      {one.quarantined > 0 ? <small>{plural(one.quarantined, 'change')} in quarantine</small> : null}
    </>
  );
}

function Name({ one, by, now }: { one: OfficeDevice; by: OfficeDevice | null; now: number }): JSX.Element {
  return (
    <>
      {one.name}
      <small>
        {joined([one.kind === 'kiosk' ? 'Kiosk' : 'Phone or tablet', `enrolled ${moment(one.enrolled_at, now)}`])}
        {one.program ? <> · {one.program}</> : null}
      </small>
      {by ? <small>Silent since “{by.name}” was enrolled for the same person {moment(by.enrolled_at, now)}: ask whether something was left on it</small> : null}
    </>
  );
}

function columns(devices: readonly OfficeDevice[], open: ((one: Open) => void) | null): readonly Column<OfficeDevice>[] {
  const now = Date.now();
  const at = (time: number | null | undefined): string => (time ? moment(time, now) : '');
  return [
    {
      name: 'Device',
      by: (one) => one.name,
      cell: (one) => <Name one={one} by={replacedBy(one, devices)} now={now} />,
      acts: (one) => (open ? <Acts one={one} open={(act) => open({ act, device: one })} /> : null),
    },
    { name: 'People', folds: true, by: (one) => one.staff_names.join(', '), cell: (one) => one.staff_names.join(', ') },
    {
      name: 'State',
      foldsLast: true,
      plain: 'first',
      by: (one) => (one.status !== 'active' ? 3 : one.online ? 0 : 1),
      cell: (one) => (
        <>
          <State one={one} now={now} />
          {Math.abs(one.skew_ms ?? 0) > skewMs ? <small>Clock {apartWords(one.skew_ms ?? 0)}</small> : null}
        </>
      ),
    },
    { name: 'Last contact', foldsLast: true, by: (one) => one.last_contact_at ?? 0, number: true, cell: (one) => at(one.last_contact_at) },
    { name: 'Last receipt', folds: true, by: (one) => one.last_receipt_at ?? 0, number: true, cell: (one) => at(one.last_receipt_at) },
    { name: 'Bundles', folds: (one) => (one.last_bundle_seq ?? 0) > 0, by: (one) => one.last_bundle_seq ?? 0, number: true, cell: (one) => one.last_bundle_seq ?? 0 },
    { name: 'Waiting', foldsLast: (one) => one.held + one.quarantined > 0, by: (one) => one.held + one.quarantined, number: true, cell: (one) => <Waiting one={one} /> },
  ];
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
      <PageHead title="Devices" sub={devices ? `${online} of ${plural(devices.length, 'device')} online` : 'Asking…'}>
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
      </PageHead>
      <Trouble failure={asked.failure} />
      {devices ? (
        <Table
          label="Devices"
          columns={columns(devices, acts ? setOpen : null)}
          items={devices}
          keyOf={(one) => one.id}
          first={0}
          empty={
            <Empty icon="tablet-smartphone" title="No device is enrolled">
              Make a code here, and scan or type it on the device within fifteen minutes.
            </Empty>
          }
        />
      ) : null}
      {enrols ? <EnrolSheet onClose={() => setEnrols(false)} /> : null}
      {brings ? <BringSheet onClose={() => setBrings(false)} /> : null}
      {open?.act === 'staff' ? <StaffSheet device={open.device} onClose={close} /> : null}
      {open?.act === 'lease' ? <LeaseSheet device={open.device} onClose={close} /> : null}
      {open?.act === 'revoke' ? <RevokeSheet device={open.device} onClose={close} /> : null}
    </>
  );
}
