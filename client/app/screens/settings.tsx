// settings.tsx: the device and its PINs, signing in at the door, help that needs no line, and emptying the device.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import type { DeviceStatus } from '../../../shared/ui/generated/calls.ts';
import { help } from '../help.ts';
import { useOnce } from '../once.ts';
import { DeviceBlock } from '../parts/device_block.tsx';
import { DeviceNotice } from '../parts/lease.tsx';
import { Top } from '../parts/top.tsx';
import { back, go } from '../route.ts';
import { call, complain, device, failureOf, sync } from '../state.ts';

function AtTheDoor(): JSX.Element {
  const once = useOnce();
  const open = (): void => once(() => call('door.open', {}).then((status) => (device.value = status), complain));
  return (
    <section class="block" aria-labelledby="door-head">
      <h2 id="door-head">At the door</h2>
      <p>Learners find their own name and sign in on this device. It then shows nothing else, until somebody enters a PIN.</p>
      <button type="button" class="b2" onClick={open}>
        <Icon name="door-open" />
        Start signing in at the door
      </button>
    </section>
  );
}

function EmptySheet({ onClose }: { onClose: () => void }): JSX.Element {
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const empty = async (force: boolean): Promise<void> => {
    setBusy(true);
    try {
      device.value = await call('device.reset', { force: force || undefined });
      go({ screen: 'today' });
    } catch (error) {
      setRefused(failureOf(error).text);
      setBusy(false);
    }
  };
  return (
    <Sheet title="Empty this device?" onClose={onClose}>
      {sync.value?.carried.length ? <p>Files it carries for other devices stay on it: they are sealed, and nobody here can read them.</p> : null}
      <p>Names, registers and keys are removed from it. The office enrols it again if it is needed. What the office has signed for is safe there.</p>
      <div role="alert" class={refused ? 'notice bad' : ''}>
        {refused ? (
          <>
            <Icon name="triangle-alert" />
            <p>{refused}</p>
          </>
        ) : null}
      </div>
      <div class="choices">
        <button type="button" class="choice" disabled={busy} onClick={() => void empty(refused !== null)}>
          <Icon name="triangle-alert" />
          <span>
            {refused ? 'Empty it all the same' : 'Empty it'}
            {refused ? <small>Only what is in an export file, or at the office, remains.</small> : null}
          </span>
        </button>
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>Keep everything</span>
        </button>
      </div>
    </Sheet>
  );
}

function Empty(): JSX.Element {
  const [asking, ask] = useState(false);
  return (
    <section class="block" aria-labelledby="empty-head">
      <h2 id="empty-head">Give this device back</h2>
      <p>Before somebody else gets it: send everything, then empty it.</p>
      <button type="button" class="b2" onClick={() => ask(true)}>
        Empty this device
      </button>
      {asking ? <EmptySheet onClose={() => ask(false)} /> : null}
    </section>
  );
}

export function SettingsScreen({ status }: { status: DeviceStatus }): JSX.Element {
  return (
    <>
      <Top title="Settings and help" sub={status.unlocked_name} onBack={() => back({ screen: 'today' })} backLabel="Back to today" />
      <main class="page cols">
        <DeviceNotice status={status} />
        <section class="block" aria-labelledby="help-head">
          <h2 id="help-head">Help</h2>
          <div>
            {help.map((one) => (
              <details class="ask" key={one.ask}>
                <summary>{one.ask}</summary>
                {one.say.map((words) => (
                  <p key={words}>{words}</p>
                ))}
              </details>
            ))}
          </div>
        </section>
        <div class="stack">
          <section class="block" aria-labelledby="concern-head">
            <h2 id="concern-head">Worried about a child?</h2>
            <button type="button" class="b2" onClick={() => go({ screen: 'concern', learner: null })}>
              <Icon name="shield-alert" />
              Safeguarding concern
            </button>
          </section>
          <AtTheDoor />
          <DeviceBlock status={status} />
          <Empty />
        </div>
      </main>
    </>
  );
}
