// unlock.tsx: who is this? A name, then a PIN or a passphrase. Waits and attempts left are said in words.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { initials, joined, waitWords } from '../../../shared/ui/format.ts';
import type { DeviceStatus, StaffOnDevice } from '../../../shared/ui/generated/calls.ts';
import { Keypad } from '../parts/keypad.tsx';
import { DeviceNotice, OfficeCode } from '../parts/lease.tsx';
import { useWait, wrongWords } from '../parts/pin_words.ts';
import { Top } from '../parts/top.tsx';
import { call, device, failureOf, said } from '../state.ts';
import { EnrolScreen } from './enrol.tsx';

interface SecretProps {
  who: StaffOnDevice;
  /** Signing in leaves the door. */
  leaveDoor: boolean;
  /** Nobody else works on this device, who could help with a forgotten PIN. */
  alone: boolean;
  onBack: () => void;
}

export function Secret({ who, leaveDoor, alone, onBack }: SecretProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(who.attempts_left === 0 ? wrongWords({ code: 'LOCKED', text: '', attempts_left: 0 }) : null);
  const [left, setWait] = useWait(who.wait_ms);
  const gone = who.attempts_left === 0;
  const [asked, setForgot] = useState(false);
  const forgot = asked || (alone && gone);
  const enter = async (pin: string): Promise<void> => {
    setBusy(true);
    said.value = null;
    try {
      device.value = await call('unlock', { staff: who.id, pin, leave_door: leaveDoor || undefined });
    } catch (error) {
      const failure = failureOf(error);
      setWrong(wrongWords(failure));
      if (failure.wait_ms) setWait(failure.wait_ms);
      setBusy(false);
    }
  };
  return (
    <>
      <Top title={who.name} sub={forgot ? 'Forgotten PIN' : 'Enter your PIN'} onBack={onBack} backLabel="Choose another name" />
      <main class="narrow">
        <div id="pin-word" role="alert" class={wrong ? 'notice bad' : ''}>
          {wrong ? (
            <>
              <Icon name="triangle-alert" />
              <p>{wrong}</p>
            </>
          ) : null}
        </div>
        {forgot ? <OfficeCode why="forgotten" /> : null}
        {gone || forgot ? null : (
          <>
            <Keypad label="PIN" button={left > 0 ? `Wait ${waitWords(left)}` : 'Unlock'} busy={busy} blocked={left > 0} describedBy="pin-word" onEnter={(pin) => void enter(pin)} />
            {alone ? (
              <button type="button" class="b3" onClick={() => setForgot(true)}>
                Forgotten it?
              </button>
            ) : (
              <p class="mute small">Forgotten it? Ring the office. What was marked stays safe, and is still sent.</p>
            )}
          </>
        )}
      </main>
    </>
  );
}

const isGone = (one: StaffOnDevice): boolean => one.attempts_left === 0;

const nobodyOpens = (staff: readonly StaffOnDevice[]): boolean => staff.some(isGone) && staff.every((one) => !one.has_pin);

export function StaffList({ staff, onChoose }: { staff: readonly StaffOnDevice[]; onChoose: (staff: string) => void }): JSX.Element {
  const shut = nobodyOpens(staff);
  return (
    <ul class="people">
      {staff.map((one) => (
        <li key={one.id}>
          <button type="button" class="person" disabled={!one.has_pin && !(staff.length === 1 && one.attempts_left === 0)} onClick={() => onChoose(one.id)}>
            <span class="face" aria-hidden="true">
              {initials(one.name)}
            </span>
            <span>
              <b>{one.name}</b>
              {isGone(one) && !shut ? <small>PIN gone after too many wrong tries: somebody signed in can set a new one, under Settings.</small> : null}
              {one.has_pin || isGone(one) ? null : <small>No PIN yet: somebody signed in can set it, under Settings.</small>}
            </span>
            <Icon name="chevron-right" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Every PIN of the device was wrong too often: the office reads out a code, and the device begins anew. */
function Anew({ onStart }: { onStart: () => void }): JSX.Element {
  return (
    <div class="notice bad stack" role="status">
      <p>
        <b>No PIN opens this device any more.</b> What was marked is safe and is still sent. Ring the office: they read out a new code.
      </p>
      <button type="button" class="b2 wide" onClick={onStart}>
        Enter the new code
      </button>
    </div>
  );
}

export function UnlockScreen({ status }: { status: DeviceStatus }): JSX.Element {
  const [chosen, choose] = useState<string | null>(null);
  const [anew, begin] = useState(false);
  const [leaving, leave] = useState(false);
  const atDoor = status.door === 'locked';
  const who = status.staff.find((one) => one.id === chosen);
  const ended = status.lease_days === 0 && !status.revoked;
  const shut = nobodyOpens(status.staff);
  if (shut && anew) return <EnrolScreen status={status} onBack={() => begin(false)} />;
  if (who && !ended) return <Secret key={who.id} who={who} leaveDoor={atDoor && leaving} alone={status.staff.length === 1} onBack={() => choose(null)} />;
  return (
    <>
      <Top title={ended ? 'This device is closed' : atDoor ? 'The door is closed' : 'Who is this?'} sub={joined([status.hub_name, status.device_name])} />
      <main class="narrow">
        <DeviceNotice status={status} />
        {ended ? <OfficeCode why="ended" /> : null}
        {shut && !ended ? <Anew onStart={() => begin(true)} /> : null}
        {status.staff.length === 0 ? <p>Nobody may use this device yet. Ring the office: they can add you to it.</p> : null}
        {atDoor && !ended ? (
          <label class="option">
            <input type="checkbox" checked={leaving} onChange={(event) => leave(event.currentTarget.checked)} />
            <span>
              <b>Leave the door</b>
              <small>Without this a PIN opens the sign-in at the door again.</small>
            </span>
          </label>
        ) : null}
        <StaffList staff={ended ? [] : status.staff} onChoose={choose} />
      </main>
    </>
  );
}
