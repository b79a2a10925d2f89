// keypad.tsx: PIN or passphrase: one field, with big keys under it for fingers; a keyboard types into the field itself.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useFocus } from '../../../shared/ui/components/focus.ts';
import { Icon } from '../../../shared/ui/components/icon.tsx';

interface KeypadProps {
  label: string;
  button: string;
  busy: boolean;
  blocked?: boolean;
  describedBy?: string;
  /** It begins with the keyboard: the secret before it was a passphrase. */
  asPhrase?: boolean;
  onEnter: (secret: string, phrase: boolean) => void;
}

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

export function Keypad({ label, button, busy, blocked = false, describedBy, asPhrase = false, onEnter }: KeypadProps): JSX.Element {
  const field = useFocus<HTMLInputElement>();
  const [secret, setSecret] = useState('');
  const [phrase, setPhrase] = useState(asPhrase);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (secret === '' || busy || blocked) return;
    onEnter(secret, phrase);
    setSecret('');
  };
  const press = (digit: string): void => setSecret(secret + digit);
  return (
    <form class="keypad" onSubmit={submit}>
      <label class="field">
        <span>{phrase ? label.replace(/^PIN/, 'Passphrase').replace('PIN', 'passphrase') : label}</span>
        <input
          class={phrase ? 'input' : 'input pin'}
          type="password"
          inputMode={phrase ? 'text' : 'none'}
          autocomplete="off"
          ref={field}
          aria-describedby={describedBy}
          value={secret}
          onInput={(event) => setSecret(event.currentTarget.value)}
        />
      </label>
      {phrase ? null : (
        <div class="keys" role="group" aria-label="Keypad">
          {keys.map((digit) => (
            <button type="button" class="key" key={digit} onClick={() => press(digit)}>
              {digit}
            </button>
          ))}
          <button type="button" class="key quiet" onClick={() => setPhrase(true)}>
            <small>Passphrase</small>
          </button>
          <button type="button" class="key" onClick={() => press('0')}>
            0
          </button>
          <button type="button" class="key quiet" aria-label="Delete the last digit" onClick={() => setSecret(secret.slice(0, -1))}>
            <Icon name="delete" />
          </button>
        </div>
      )}
      <button type="submit" class="b1 wide" disabled={busy || blocked || secret === ''}>
        {busy ? 'Checking…' : button}
      </button>
      {phrase ? (
        <button type="button" class="b3 wide" onClick={() => setPhrase(false)}>
          Use the keypad
        </button>
      ) : null}
    </form>
  );
}
