// set_pin.tsx: a new PIN, typed twice, for one member of staff.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import type { StaffOnDevice } from '../../../shared/ui/generated/calls.ts';
import { call, failureOf } from '../state.ts';
import { Keypad } from './keypad.tsx';

interface SetPinProps {
  who: StaffOnDevice;
  onDone: () => void;
}

export function SetPin({ who, onDone }: SetPinProps): JSX.Element {
  const [first, setFirst] = useState<string | null>(null);
  const [phrase, setPhrase] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const enter = async (pin: string, asPhrase: boolean): Promise<void> => {
    setWrong(null);
    setPhrase(asPhrase);
    if (first === null) {
      setFirst(pin);
      return;
    }
    if (first !== pin) {
      setFirst(null);
      setWrong('The two were not the same. Start again with the first.');
      return;
    }
    setBusy(true);
    try {
      await call('pin.set', { staff: who.id, pin });
      onDone();
    } catch (error) {
      setFirst(null);
      setWrong(failureOf(error).text);
    }
    setBusy(false);
  };
  return (
    <div class="stack">
      <div role="alert" id="set-pin-word" class={wrong ? 'notice bad' : ''}>
        {wrong ? (
          <>
            <Icon name="triangle-alert" />
            <p>{wrong}</p>
          </>
        ) : null}
      </div>
      <p class="mute">Six digits or more, not all the same and not in a row. A passphrase of a few words is stronger.</p>
      <Keypad
        key={first === null ? 'first' : 'second'}
        label={first === null ? `New PIN for ${who.name}` : 'The same PIN again'}
        button={first === null ? 'Next' : 'Set this PIN'}
        busy={busy}
        describedBy="set-pin-word"
        asPhrase={phrase}
        onEnter={(pin, asPhrase) => void enter(pin, asPhrase)}
      />
    </div>
  );
}
