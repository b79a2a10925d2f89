// device_block.tsx: which device this is, and the PINs of its people.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { joined } from '../../../shared/ui/format.ts';
import type { DeviceStatus, StaffOnDevice } from '../../../shared/ui/generated/calls.ts';
import { say } from '../state.ts';
import { KeptNotice } from './kept.tsx';
import { SetPin } from './set_pin.tsx';

export function DeviceBlock({ status }: { status: DeviceStatus }): JSX.Element {
  const [who, setWho] = useState<StaffOnDevice | null>(null);
  const without = status.unlocked ? status.staff.filter((one) => !one.has_pin || one.id === status.unlocked) : [];
  return (
    <section class="block" aria-labelledby="device-head">
      <h2 id="device-head">This device</h2>
      <p>
        {joined([status.device_name, status.hub_name])}. {status.version}.
      </p>
      <KeptNotice />
      <div class="chips">
        {without.map((one) => (
          <button type="button" class="chip" key={one.id} onClick={() => setWho(one)}>
            <Icon name="key-round" />
            {one.has_pin ? 'Change my PIN' : `Set a PIN for ${one.name}`}
          </button>
        ))}
      </div>
      {who ? (
        <Sheet title="A new PIN" onClose={() => setWho(null)}>
          <SetPin
            who={who}
            onDone={() => {
              setWho(null);
              say(`The PIN of ${who.name} is set.`);
            }}
          />
        </Sheet>
      ) : null}
    </section>
  );
}
