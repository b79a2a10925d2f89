// device_acts.tsx: the sheets of the devices page: a new device, who works on one, its lease, and revoking it, with what that would strand shown first.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Sheet } from '../../shared/ui/components/sheet.tsx';
import { moment, plural } from '../../shared/ui/format.ts';
import { ActForm, Checks, QrCode, Select, Text, type Choice } from './acting.tsx';
import { admin, type DeviceOffer } from './admin_api.ts';
import type { OfficeDevice } from './api.ts';
import { refresh, useAsk } from './live.ts';
import { Trouble } from './parts.tsx';

interface DeviceProps {
  device: OfficeDevice;
  onClose: () => void;
}

function useStaff(): { choices: Choice[]; loaded: boolean } {
  const asked = useAsk(() => admin.staff(), 'staff', ['staff']);
  const staff = asked.data?.staff.filter((one) => one.status === 'active') ?? [];
  return { choices: staff.map((one) => ({ value: one.id, label: one.name, hint: plural(one.grants, 'activity', 'activities') })), loaded: asked.data !== null };
}

/** Both sides show the same six digits, unless somebody sits between them. */
function Compare({ digits, device, onClose }: { digits: string; device: string; onClose: () => void }): JSX.Element {
  const finish = async (same: boolean): Promise<void> => {
    if (same) await admin.digitsCompared(device);
    else await admin.revoke(device, 'now');
    refresh('devices');
    onClose();
  };
  return (
    <>
      <p>The code was used. Does the device show these six digits?</p>
      <p class="digits" aria-label={digits.split('').join(' ')}>
        {digits.slice(0, 3)} {digits.slice(3)}
      </p>
      <div class="acts two">
        <ActForm submit="Yes, the same" send={() => finish(true)}>
          {null}
        </ActForm>
        <ActForm submit="No: revoke it" danger send={() => finish(false)}>
          {null}
        </ActForm>
      </div>
    </>
  );
}

function Offered({ offer, onClose }: { offer: DeviceOffer; onClose: () => void }): JSX.Element {
  const [now, setNow] = useState(Date.now());
  const used = useAsk(() => admin.enrolment(offer.id), offer.id, ['devices']).data;
  useEffect(() => {
    const timer = window.setInterval(() => {
      setNow(Date.now());
      refresh('devices');
    }, 3000);
    return () => window.clearInterval(timer);
  }, []);
  if (used?.device && used.digits) return <Compare digits={used.digits} device={used.device} onClose={onClose} />;
  const minutes = Math.ceil((offer.expires_at - now) / 60_000);
  if (minutes <= 0) return <p role="alert">The code has expired. Close this and make another one.</p>;
  return (
    <div class="offer">
      <p>On the device open {location.origin}/field/ and scan this, or type the code.</p>
      <QrCode qr={offer.qr} label="QR code that enrols the device" />
      <p class="typed code-lines">{offer.code}</p>
      <p class="mute" role="status">
        It works once, for {plural(minutes, 'more minute')}, until {moment(offer.expires_at, now)}. This waits for the device.
      </p>
    </div>
  );
}

export function EnrolSheet({ onClose }: { onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [kind, setKind] = useState('phone');
  const [staff, setStaff] = useState<string[]>([]);
  const [offer, setOffer] = useState<DeviceOffer | null>(null);
  const { choices } = useStaff();
  const make = async (): Promise<void> => setOffer(await admin.offer(name.trim(), kind, staff));
  return (
    <Sheet title={offer ? `Enrol ${name.trim()}` : 'A new device'} onClose={onClose}>
      {offer ? (
        <Offered offer={offer} onClose={onClose} />
      ) : (
        <ActForm submit="Make a code" send={make} ready={name.trim() !== '' && staff.length > 0}>
          <Text label="What it is called" value={name} onValue={setName} maxLength={100} hint="As people know it: “Hall B tablet”." />
          <Select
            label="What it is"
            value={kind}
            onValue={setKind}
            choices={[
              { value: 'phone', label: 'Phone or tablet' },
              { value: 'kiosk', label: 'Kiosk' },
            ]}
          />
          <Checks legend="Who may sign in on it" choices={choices} chosen={staff} onChosen={setStaff} find />
        </ActForm>
      )}
    </Sheet>
  );
}

export function StaffSheet({ device, onClose }: DeviceProps): JSX.Element {
  const { choices, loaded } = useStaff();
  const [staff, setStaff] = useState<string[] | null>(null);
  // Names are all the list of devices gives; two of one name are told apart by whoever chooses.
  const present = choices.filter((one) => device.staff_names.includes(one.label)).map((one) => one.value);
  const chosen = staff ?? present;
  const gone = choices.filter((one) => present.includes(one.value) && !chosen.includes(one.value));
  const send = async (): Promise<void> => {
    await admin.assign(device.id, [...chosen]);
    refresh('devices');
    onClose();
  };
  return (
    <Sheet title={`Who works on ${device.name}`} onClose={onClose}>
      <ActForm submit={device.status === 'readmitted' ? 'It is ours: let them in' : 'Save'} send={send} ready={loaded && chosen.length > 0}>
        {device.status === 'readmitted' ? <p>This device came back after the hub was restored. What it sends waits until you say who works on it.</p> : null}
        <Checks legend="From today on" choices={choices} chosen={chosen} onChosen={setStaff} find />
        <p class="mute">A forgotten PIN on a shared device: take the person off and save; once the device has been heard, put them back, and they choose a new PIN beside a colleague.</p>
        {gone.length > 0 ? <p role="status">{gone.map((one) => one.label).join(', ')} can no longer open it once it hears of this. What they recorded stays.</p> : null}
      </ActForm>
    </Sheet>
  );
}

/** One person's device alone: where several work, the next sign-in of a colleague is the way. */
function ForgottenPin({ device, onCode }: { device: OfficeDevice; onCode: (code: string) => void }): JSX.Element {
  const [challenge, setChallenge] = useState('');
  if (device.staff_names.length !== 1)
    return <p class="mute">Several people work on this device: take the one who forgot it off, save, and once the device has been heard, put them back. They choose a new PIN beside a colleague.</p>;
  const read = async (): Promise<void> => onCode((await admin.pinCode(device.id, challenge.trim())).code);
  return (
    <ActForm submit="Make the code for a new PIN" send={read} ready={challenge.trim() !== ''}>
      <Text label="What the device shows under “Forgotten it?”" value={challenge} onValue={setChallenge} maxLength={32} hint="Eight letters and digits. Be sure who is on the telephone: whoever types the code chooses the PIN." code />
    </ActForm>
  );
}

export function LeaseSheet({ device, onClose }: DeviceProps): JSX.Element {
  const [challenge, setChallenge] = useState('');
  const [days, setDays] = useState('20');
  const [code, setCode] = useState<string | null>(null);
  const [pin, setPin] = useState<string | null>(null);
  const [ordered, setOrdered] = useState(false);
  const number = Number(days);
  const good = Number.isInteger(number) && number >= 1 && number <= 366;
  const read = async (): Promise<void> => setCode((await admin.leaseCode(device.id, challenge.trim(), number)).code);
  const order = async (): Promise<void> => {
    await admin.lease(device.id, number);
    setOrdered(true);
  };
  if (pin) {
    return (
      <Sheet title="Read this out" onClose={onClose}>
        <p class="digits typed">{pin}</p>
        <p>
          {device.staff_names[0]} then chooses a new PIN on “{device.name}”. What was recorded is sent; lessons and names come again from the hub, for which the device needs the line.
        </p>
      </Sheet>
    );
  }
  if (code) {
    return (
      <Sheet title="Read this out" onClose={onClose}>
        <p class="digits typed">{code}</p>
        <p>It opens “{device.name}” for {plural(number, 'term day')}, and fits only what it shows at this moment.</p>
      </Sheet>
    );
  }
  return (
    <Sheet title={`Unlock ${device.name}`} onClose={onClose}>
      <p>A device that was without contact for too long locks its screen. Nothing on it is lost.</p>
      <Text label="Term days" type="number" value={days} onValue={setDays} />
      <h3>On the telephone</h3>
      <ActForm submit="Make the code to read out" send={read} ready={good && challenge.trim() !== ''}>
        <Text label="What the locked device shows" value={challenge} onValue={setChallenge} maxLength={32} hint="Eight letters and digits, like 7KQ2-M0XD." code />
      </ActForm>
      <h3>Over the line</h3>
      <ActForm submit="Renew when it is next heard" send={order} ready={good && !ordered}>
        <p role="status">{ordered ? 'Ordered: it counts from when the device hears of it.' : ''}</p>
      </ActForm>
      <h3>A forgotten PIN</h3>
      <ForgottenPin device={device} onCode={setPin} />
    </Sheet>
  );
}

/** What revoking would cost, in the words of whoever decides; nothing of it is guessed by the page. */
function StrandList({ device }: { device: OfficeDevice }): JSX.Element {
  const asked = useAsk(() => admin.strand(device.id), `strand ${device.id}`, ['devices']);
  const strand = asked.data;
  if (!strand) return asked.failure ? <Trouble failure={asked.failure} /> : <p>Looking what it still holds…</p>;
  const lines = [
    strand.unreceived > 0 ? `${plural(strand.unreceived, 'bundle')} of work that it had sealed and not sent when it was last here` : '',
    strand.held > 0 ? `${plural(strand.held, 'bundle')} at the hub that wait for an earlier one` : '',
    strand.quarantined > 0 ? `${plural(strand.quarantined, 'change')} that wait for the office` : '',
    strand.erasures > 0 ? `${plural(strand.erasures, 'erasure')} it has not confirmed` : '',
    strand.alone.length > 0 ? `No other device serves ${strand.alone.slice(0, 6).join(', ')}${strand.alone.length > 6 ? ` and ${strand.alone.length - 6} more` : ''}` : '',
  ].filter((line) => line !== '');
  return (
    <div class={lines.length > 0 ? 'notice bad' : 'notice good'}>
      <div>
        <p>
          <b>{lines.length > 0 ? 'This would be stranded if it never came back:' : 'Nothing known would be stranded.'}</b>
        </p>
        <ul class="strand">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <p>{strand.last_contact_at ? `It was last here ${moment(strand.last_contact_at, Date.now())}; what it recorded since nobody knows.` : 'It was never here.'}</p>
      </div>
    </div>
  );
}

export function RevokeSheet({ device, onClose }: DeviceProps): JSX.Element {
  const [manner, setManner] = useState<'sent' | 'now'>('sent');
  const send = async (): Promise<void> => {
    await admin.revoke(device.id, manner);
    refresh('devices');
    onClose();
  };
  return (
    <Sheet title={`Revoke ${device.name}`} onClose={onClose}>
      <StrandList device={device} />
      <ActForm submit={manner === 'sent' ? 'Revoke it' : 'Wipe it and give up what it holds'} danger send={send}>
        <fieldset class="checks">
          <legend>How</legend>
          <label class="check">
            <input type="radio" name="manner" checked={manner === 'sent'} onChange={() => setManner('sent')} />
            <span>
              It hands over its work, then empties itself
              <small>For a device that goes back into the cupboard. What it sends waits for the office.</small>
            </span>
          </label>
          <label class="check">
            <input type="radio" name="manner" checked={manner === 'now'} onChange={() => setManner('now')} />
            <span>
              It empties itself at once
              <small>It was stolen or lost. What it has not sent is gone.</small>
            </span>
          </label>
        </fieldset>
      </ActForm>
    </Sheet>
  );
}
