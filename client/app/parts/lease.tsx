// lease.tsx: how long this device still opens without the office, and the code by telephone when that is over.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { civil, moment, plural, shortDate, waitWords } from '../../../shared/ui/format.ts';
import type { DeviceStatus, LeaseChallenge } from '../../../shared/ui/generated/calls.ts';
import { call, device, failureOf, officeNow, sync } from '../state.ts';

/** What the office has decided about this device, and the days it has left: nothing in most weeks. */
export function DeviceNotice({ status }: { status: DeviceStatus }): JSX.Element | null {
  if (status.revoked)
    return (
      <div class="notice bad" role="status">
        <Icon name="triangle-alert" />
        <p>{status.revoked}</p>
      </div>
    );
  if (!status.lease_warns || !status.lease_days) return null;
  return (
    <div class="notice" role="status">
      <Icon name="cloud-alert" />
      <p>
        This device has not heard from the office for a while. It opens for {plural(status.lease_days, 'more school day', 'more school days')}: bring it to a network, or ring the office.
      </p>
    </div>
  );
}

const ended = 'This device has been without the office for too long, so it stays closed. Everything marked is safe and can still be sent. Connect it to a network, or ring the office for a code.';
const forgotten = 'Ring the office: with a code from them you choose a new PIN. Everything marked is sealed and still sent; lessons and names come back once this device is connected.';

/** A clock that ran ahead closes a device too; nobody thinks of it. */
function ClockWords(): JSX.Element | null {
  const last = sync.value?.last_contact_at;
  if (!last) return null;
  const now = officeNow();
  return (
    <p class="mute small">
      It last heard from the office {moment(last, now)}. Its own clock says {shortDate(civil(now).date)} {civil(now).date.slice(0, 4)}: if that is not today, set the clock.
    </p>
  );
}

/** A closed device, or one whose only person forgot the PIN: its words go to the office, and a code comes back. */
export function OfficeCode({ why }: { why: 'ended' | 'forgotten' }): JSX.Element {
  const [shown, setShown] = useState<LeaseChallenge | null>(null);
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    call('lease.challenge', {}).then(setShown, (error: unknown) => setWrong(failureOf(error).text));
  }, []);
  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      device.value = await call('lease.renew', { code });
    } catch (error) {
      const failure = failureOf(error);
      setWrong(failure.wait_ms ? `${failure.text} Wait ${waitWords(failure.wait_ms)} before the next code.` : failure.text);
    }
    setBusy(false);
  };
  return (
    <form class="stack" onSubmit={(event) => void enter(event)}>
      <div class={why === 'ended' ? 'notice bad' : 'notice'} role={why === 'ended' ? 'alert' : undefined}>
        <Icon name={why === 'ended' ? 'triangle-alert' : 'phone'} />
        <p>{why === 'ended' ? ended : forgotten}</p>
      </div>
      {why === 'ended' ? <ClockWords /> : null}
      <p>
        Read this to the office: <b id="lease-challenge">{shown?.challenge ?? '…'}</b>
      </p>
      <label class="field">
        <span>The code they read to you</span>
        <input class="input" autocomplete="off" autocapitalize="characters" spellcheck={false} value={code} aria-describedby="lease-word" onInput={(event) => setCode(event.currentTarget.value)} />
      </label>
      <p id="lease-word" role="alert">
        {wrong ?? ''}
      </p>
      <button type="submit" class="b1 wide" disabled={busy || code === ''}>
        {why === 'ended' ? 'Open this device' : 'Choose a new PIN'}
      </button>
    </form>
  );
}
