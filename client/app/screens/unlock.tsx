// unlock.tsx: who is this? A name, then a PIN or a passphrase. Waits and attempts left are said in words.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { initials, joined, waitWords } from '../../../shared/ui/format.ts';
import type { DeviceStatus, StaffOnDevice } from '../../../shared/ui/generated/calls.ts';
import { Keypad } from '../parts/keypad.tsx';
import { DeviceNotice, OfficeCode } from '../parts/lease.tsx';
import { goneWords, useWait, wrongWords } from '../parts/pin_words.ts';
import { Top } from '../parts/top.tsx';
import { goAtOnce } from '../route.ts';
import { call, device, failureOf, said } from '../state.ts';
import { EnrolScreen } from './enrol.tsx';

interface SecretProps {
  who: StaffOnDevice;
  /** Signing in leaves the door. */
  leaveDoor: boolean;
  /** Nobody else works on this device, who could help with a forgotten PIN. */
  alone: boolean;
  /** What the list of names would have said, where there is none. */
  notice?: JSX.Element;
  /** Absent: there is no list to go back to. */
  onBack?: () => void;
}

/** Who signed in on this page before. */
let lastIn: string | null = null;

const isGone = (one: StaffOnDevice): boolean => one.attempts_left === 0;

export function Secret({ who, leaveDoor, alone, notice, onBack }: SecretProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(isGone(who) ? goneWords(alone) : null);
  const [left, setWait] = useWait(who.wait_ms);
  const gone = isGone(who);
  const [asked, ask] = useState(false);
  const forgot = alone && (gone || asked);
  const enter = async (pin: string): Promise<void> => {
    setBusy(true);
    said.value = null;
    try {
      const next = await call('unlock', { staff: who.id, pin, leave_door: leaveDoor || undefined });
      // What a colleague had open is not where somebody else begins.
      if (lastIn && lastIn !== who.id) goAtOnce({ screen: 'today' });
      lastIn = who.id;
      device.value = next;
    } catch (error) {
      const failure = failureOf(error);
      setWrong(wrongWords(failure, alone));
      if (failure.wait_ms) setWait(failure.wait_ms);
      setBusy(false);
    }
  };
  return (
    <>
      <Top title={who.name} sub={forgot ? 'Forgotten PIN' : 'Enter your PIN'} onBack={onBack} backLabel="Choose another name" />
      <main class="narrow">
        {notice}
        <div id="pin-word" role="alert" class={wrong ? 'notice bad' : ''}>
          {wrong ? (
            <>
              <Icon name="triangle-alert" />
              <p>{wrong}</p>
            </>
          ) : null}
        </div>
        {forgot ? <OfficeCode why="forgotten" /> : null}
        {forgot && !gone ? (
          <button type="button" class="b3" onClick={() => ask(false)}>
            I have remembered it
          </button>
        ) : null}
        {gone || forgot ? null : (
          <>
            <Keypad label="PIN" button={left > 0 ? `Wait ${waitWords(left)}` : 'Unlock'} busy={busy} blocked={left > 0} describedBy="pin-word" onEnter={(pin) => void enter(pin)} />
            {alone ? (
              <button type="button" class="b3" onClick={() => ask(true)}>
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

const nobodyOpens = (staff: readonly StaffOnDevice[]): boolean => staff.some(isGone) && staff.every((one) => !one.has_pin);

export function StaffList({ staff, onChoose }: { staff: readonly StaffOnDevice[]; onChoose: (staff: string) => void }): JSX.Element {
  const shut = nobodyOpens(staff);
  const alone = staff.length === 1;
  return (
    <ul class="people">
      {staff.map((one) => (
        <li key={one.id}>
          <button type="button" class="person" disabled={!one.has_pin && !(alone && isGone(one))} onClick={() => onChoose(one.id)}>
            <span class="face" aria-hidden="true">
              {initials(one.name)}
            </span>
            <span>
              <b>{one.name}</b>
              {isGone(one) && alone ? <small>PIN gone after too many wrong tries: ring the office for a code, and go on here.</small> : null}
              {isGone(one) && !shut ? <small>PIN gone after too many wrong tries: somebody signed in can set a new one, under Settings.</small> : null}
              {one.has_pin || isGone(one) || shut ? null : <small>No PIN yet: somebody signed in can set it, under Settings.</small>}
            </span>
            <Icon name="chevron-right" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Nobody of several can open the device: the office reads out a code, and it begins anew. One person alone has the shorter way, under their name. */
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
  const alone = status.staff.length === 1;
  const shut = !alone && nobodyOpens(status.staff);
  if (shut && anew) return <EnrolScreen status={status} onBack={() => begin(false)} />;
  if (who && !ended) return <Secret key={who.id} who={who} leaveDoor={atDoor && leaving} alone={alone} onBack={() => choose(null)} />;
  // A tutor's own phone asks for the PIN at once: there is nobody to choose from.
  const [only] = status.staff;
  if (alone && only && (only.has_pin || isGone(only)) && !ended && !atDoor)
    return <Secret key={only.id} who={only} leaveDoor={false} alone notice={<DeviceNotice status={status} />} />;
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
