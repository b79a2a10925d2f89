// unlock.tsx: who is this? A name, then a PIN or a passphrase. Waits and attempts left are said in words.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { initials, joined, plural, waitWords } from '../../../shared/ui/format.ts';
import type { DeviceStatus, Failure, StaffOnDevice } from '../../../shared/ui/generated/calls.ts';
import { Keypad } from '../parts/keypad.tsx';
import { DeviceNotice, LeaseRenew } from '../parts/lease.tsx';
import { Top } from '../parts/top.tsx';
import { call, device, failureOf, said } from '../state.ts';

function wrongWords(failure: Failure): string {
  const { wait_ms: wait, attempts_left: left } = failure;
  if (left === 0) return 'That PIN has been wrong too often and is gone. Ring the office: they can issue a new one. Everything marked is safe.';
  const known: Readonly<Record<string, string>> = { WRONG_SECRET: 'That PIN is not right.', WAIT: 'Too many wrong tries.' };
  const parts = [known[failure.code] ?? failure.text];
  if (wait) parts.push(`Wait ${waitWords(wait)} before the next try.`);
  if (left) parts.push(`${plural(left, 'try', 'tries')} left.`);
  return parts.join(' ');
}

/** Counts down in whole seconds; 0 when there is nothing to wait for. */
function useWait(startMs: number): [number, (ms: number) => void] {
  const [until, setUntil] = useState(() => performance.now() + startMs);
  const [left, setLeft] = useState(startMs);
  useEffect(() => {
    const tick = (): void => setLeft(Math.max(0, until - performance.now()));
    tick();
    const timer = window.setInterval(tick, 1000);
    return () => window.clearInterval(timer);
  }, [until]);
  return [left, (ms) => setUntil(performance.now() + ms)];
}

function Secret({ who, onBack }: { who: StaffOnDevice; onBack: () => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(who.attempts_left === 0 ? wrongWords({ code: 'LOCKED', text: '', attempts_left: 0 }) : null);
  const [left, setWait] = useWait(who.wait_ms);
  const gone = who.attempts_left === 0;
  const enter = async (pin: string): Promise<void> => {
    setBusy(true);
    said.value = null;
    try {
      device.value = await call('unlock', { staff: who.id, pin });
    } catch (error) {
      const failure = failureOf(error);
      setWrong(wrongWords(failure));
      if (failure.wait_ms) setWait(failure.wait_ms);
      setBusy(false);
    }
  };
  return (
    <>
      <Top title={who.name} sub="Enter your PIN" onBack={onBack} backLabel="Choose another name" />
      <main class="narrow">
        <div id="pin-word" role="alert" class={wrong ? 'notice bad' : ''}>
          {wrong ? (
            <>
              <Icon name="triangle-alert" />
              <p>{wrong}</p>
            </>
          ) : null}
        </div>
        {gone ? null : (
          <>
            <Keypad label="PIN" button={left > 0 ? `Wait ${waitWords(left)}` : 'Unlock'} busy={busy} blocked={left > 0} describedBy="pin-word" onEnter={(pin) => void enter(pin)} />
            <p class="mute small">Forgotten it? Ring the office: they can issue a new PIN. What was marked stays safe.</p>
          </>
        )}
      </main>
    </>
  );
}

export function UnlockScreen({ status }: { status: DeviceStatus }): JSX.Element {
  const [chosen, choose] = useState<string | null>(null);
  const who = status.staff.find((one) => one.id === chosen);
  const ended = status.lease_days === 0 && !status.revoked;
  if (who && !ended) return <Secret key={who.id} who={who} onBack={() => choose(null)} />;
  return (
    <>
      <Top title={ended ? 'This device is closed' : 'Who is this?'} sub={joined([status.hub_name, status.device_name])} />
      <main class="narrow">
        <DeviceNotice status={status} />
        {ended ? <LeaseRenew /> : null}
        {status.staff.length === 0 ? <p>Nobody may use this device yet. Ring the office: they can add you to it.</p> : null}
        <ul class="people">
          {(ended ? [] : status.staff).map((one) => (
            <li key={one.id}>
              <button type="button" class="person" disabled={!one.has_pin} onClick={() => choose(one.id)}>
                <span class="face" aria-hidden="true">
                  {initials(one.name)}
                </span>
                <span>
                  <b>{one.name}</b>
                  {one.has_pin ? null : <small>No PIN yet: somebody signed in can set it, under sync and device.</small>}
                  {one.has_pin && one.attempts_left === 0 ? <small>PIN gone: ring the office</small> : null}
                </span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      </main>
    </>
  );
}
