// enrol.tsx: a new device: the code from the office, six digits compared on both sides, then a PIN for each member of staff.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { initials } from '../../../shared/ui/format.ts';
import type { DeviceStatus, Enrolling, Failure } from '../../../shared/ui/generated/calls.ts';
import { useOnce } from '../once.ts';
import { ClearedNotice } from '../parts/cleared.tsx';
import { InstallNotice } from '../parts/install.tsx';
import { KeptNotice } from '../parts/kept.tsx';
import { DeviceNotice } from '../parts/lease.tsx';
import { Scan } from '../parts/scan.tsx';
import { SetPin } from '../parts/set_pin.tsx';
import { Welcome } from '../parts/welcome.tsx';
import { inBrowser } from '../../browser/home.ts';
import { call, complain, device, failureOf, said } from '../state.ts';

function Frame({ step, title, children }: { step: number; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <Welcome title={title}>
        <p class="step">Step {step} of 3</p>
      </Welcome>
      <main class="narrow">{children}</main>
    </>
  );
}

function Wrong({ why }: { why: Failure | null }): JSX.Element {
  return (
    <div role="alert" id="code-word" class={why ? 'notice bad' : ''}>
      {why ? (
        <>
          <Icon name="triangle-alert" />
          <p>{why.text}</p>
        </>
      ) : null}
    </div>
  );
}

function CodeField({ code, onCode }: { code: string; onCode: (code: string) => void }): JSX.Element {
  return (
    <div class="field">
      <label for="code">Code or link</label>
      <textarea
        id="code"
        class="code"
        rows={4}
        required
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        aria-describedby="code-help code-word"
        value={code}
        onInput={(event) => onCode(event.currentTarget.value)}
      />
      <small id="code-help">As it is printed, with or without the dashes and spaces.</small>
    </div>
  );
}

/** On a device whose PINs are gone: `onBack` leads to the names. */
interface CodeStepProps {
  status: DeviceStatus;
  /** Why the last code came to nothing. */
  before: Failure | null;
  onStarted: (started: Enrolling) => void;
  onBack?: () => void;
  /** What an emptied device still holds for others. */
  carried?: ComponentChildren;
}

function CodeStep({ status, before, onStarted, onBack, carried }: CodeStepProps): JSX.Element {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Failure | null>(before);
  const enter = async (text: string): Promise<void> => {
    setBusy(true);
    setWrong(null);
    try {
      onStarted(await call('enrol.start', { code: text.trim() }));
    } catch (error) {
      setWrong(failureOf(error));
      setBusy(false);
    }
  };
  return (
    <Frame step={1} title="Enrol this device">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void enter(code);
        }}
      >
        <DeviceNotice status={status} />
        {inBrowser && !status.revoked && !onBack ? <ClearedNotice /> : null}
        <InstallNotice />
        {onBack ? <p>Nobody can sign in here any more. Whatever was marked is sent first; then a new code begins this device anew.</p> : null}
        <p>Ask the office for an enrolment code: it works once, for fifteen minutes. This device needs its network for this step only.</p>
        <Wrong why={wrong} />
        <Scan
          onCode={(text) => {
            setCode(text);
            void enter(text);
          }}
        />
        <CodeField code={code} onCode={setCode} />
        <button type="submit" class="b1 wide" disabled={busy || code.trim() === ''}>
          {busy ? 'Asking the hub…' : 'Enrol'}
        </button>
        {onBack ? (
          <button type="button" class="b3 wide" onClick={onBack}>
            Back to the names
          </button>
        ) : null}
      </form>
      {carried}
    </Frame>
  );
}

function DigitsStep({ started, onStop }: { started: Enrolling; onStop: (why: Failure | null) => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    said.value = null;
    try {
      device.value = await call('enrol.confirm', {});
    } catch (error) {
      onStop(failureOf(error));
    }
  };
  const { digits } = started;
  return (
    <Frame step={2} title="The same six digits?">
      <div class="stack">
        <p>
          The office of <b>{started.hub_name}</b> sees six digits{started.device_name ? <> for <b>{started.device_name}</b></> : null} too. Compare them with these.
        </p>
        <p class="digits" aria-label={digits.split('').join(' ')}>
          <span>{digits.slice(0, 3)}</span>
          <span>{digits.slice(3)}</span>
        </p>
        <button type="button" class="b1 wide" disabled={busy} onClick={() => void confirm()}>
          {busy ? 'Finishing…' : 'They are the same'}
        </button>
        <button type="button" class="b2 wide" disabled={busy} onClick={() => onStop(null)}>
          They differ: stop
        </button>
        <p class="mute small">If they differ, somebody else answered in the hub’s place. Stop, and ring the office.</p>
      </div>
    </Frame>
  );
}

function PinsStep({ status }: { status: DeviceStatus }): JSX.Element {
  const [chosen, choose] = useState<string | null>(null);
  const who = status.staff.find((one) => one.id === chosen);
  const refresh = async (): Promise<void> => {
    choose(null);
    try {
      device.value = await call('device.status', {});
    } catch (error) {
      complain(error);
    }
  };
  const once = useOnce();
  const finish = async (): Promise<void> => {
    try {
      await call('setup.done', {});
      await refresh();
    } catch (error) {
      complain(error);
    }
  };
  if (who) {
    return (
      <Frame step={3} title={`A PIN for ${who.name}`}>
        <SetPin who={who} onDone={() => void refresh()} />
        <button type="button" class="b3 wide" onClick={() => choose(null)}>
          Back to the names
        </button>
      </Frame>
    );
  }
  const some = status.staff.some((one) => one.has_pin);
  return (
    <Frame step={3} title="Set the PINs">
      <div class="stack">
        <KeptNotice />
        <p>Hand the device to each person in turn. Whoever is missing can be set later by somebody signed in.</p>
        <ul class="people">
          {status.staff.map((one) => (
            <li key={one.id}>
              <button type="button" class="person" onClick={() => choose(one.id)}>
                <span class="face" aria-hidden="true">
                  {initials(one.name)}
                </span>
                <span>
                  <b>{one.name}</b>
                  <small>{one.has_pin ? 'PIN set' : 'Set a PIN'}</small>
                </span>
                <Icon name={one.has_pin ? 'check' : 'chevron-right'} />
              </button>
            </li>
          ))}
        </ul>
        <button type="button" class="b1 wide" disabled={!some} onClick={() => once(finish)}>
          Done
        </button>
      </div>
    </Frame>
  );
}

export function EnrolScreen({ status, onBack, carried }: Pick<CodeStepProps, 'status' | 'onBack' | 'carried'>): JSX.Element {
  const [started, setStarted] = useState<Enrolling | null>(null);
  const [before, setBefore] = useState<Failure | null>(null);
  const stop = (why: Failure | null): void => {
    setBefore(why);
    setStarted(null);
  };
  if (status.setup) return <PinsStep status={status} />;
  if (started) return <DigitsStep started={started} onStop={stop} />;
  return <CodeStep status={status} before={before} onStarted={setStarted} onBack={onBack} carried={carried} />;
}
