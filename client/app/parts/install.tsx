// install.tsx: Tutti on the home screen, before it is enrolled: only there do iPhones and iPads keep what it holds.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { install, installs } from '../../browser/home.ts';

export function InstallNotice(): JSX.Element | null {
  if (installs.value === 'no') return null;
  if (installs.value === 'ask')
    return (
      <div class="notice">
        <Icon name="download" />
        <div class="stack">
          <p>Put Tutti on the home screen first: it opens like any other app, and the browser keeps its records.</p>
          <button type="button" class="b2" onClick={() => void install()}>
            Install Tutti
          </button>
        </div>
      </div>
    );
  return (
    <div class="notice bad">
      <Icon name="triangle-alert" />
      <div class="stack">
        <p>
          <b>Not in this window yet.</b> A page in Safari loses its records after a week without use. Tutti on the home screen keeps them, and it shares nothing with this window:
        </p>
        <ol class="steps">
          <li>Press the Share button: a square with an arrow. Some iPhones keep it behind the three dots.</li>
          <li>
            Choose <b>Add to Home Screen</b>, then <b>Add</b>.
          </li>
          <li>Open Tutti from the home screen and enter the code there.</li>
        </ol>
      </div>
    </div>
  );
}
