// apart.tsx: the core does not run in this tab: another one has it, or this browser cannot hold records, or its files do not open.
import type { ComponentChildren, JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { takeOver } from '../../browser/home.ts';
import type { FromWorker, Missing } from '../../browser/messages.ts';
import { Welcome } from '../parts/welcome.tsx';

/** What is lacking, and what to do about it. */
const reasons: Readonly<Record<Missing, string>> = {
  secure: 'This page did not come over a secure connection. Open it by its https address.',
  wasm: 'This browser cannot run Tutti’s core: WebAssembly is missing or switched off.',
  workers: 'This browser does not let a page work on its own in the background. A private window is often the reason: open Tutti in an ordinary one.',
  locks: 'This browser cannot make sure that only one window writes at a time.',
  files: 'This browser cannot save a mark so that it survives a flat battery.',
  private: 'A private window keeps no files. Open Tutti in an ordinary window.',
};
const versions = 'Tutti needs Safari 16.4, Chrome or Edge 108, or Firefox 111, or a later one.';

function Frame({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <Welcome title={title} />
      <main class="narrow">
        <div class="stack">{children}</div>
      </main>
    </>
  );
}

function Notice({ text }: { text: string }): JSX.Element {
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <p>{text}</p>
    </div>
  );
}

const look = (
  <p>
    <a class="link" href="selftest.html">
      What this browser can do
    </a>
  </p>
);

export function ApartScreen({ home }: { home: FromWorker }): JSX.Element {
  switch (home.state) {
    case 'elsewhere':
      return (
        <Frame title="Tutti is open in another window">
          <p>One window at a time works with this device’s records. Everything marked there is saved.</p>
          <button type="button" class="b1 wide" onClick={takeOver}>
            Use Tutti here
          </button>
          <p class="mute small">The other window locks then, and you sign in here with your PIN.</p>
        </Frame>
      );
    case 'unfit':
      return (
        <Frame title="Not with this browser">
          <Notice text={reasons[home.missing]} />
          <p>{versions} Nothing was enrolled and nothing was kept here.</p>
          {look}
        </Frame>
      );
    case 'failed':
      return (
        <Frame title="Tutti cannot open its records">
          <Notice text={`What was saved is still there: ${home.why}.`} />
          <button type="button" class="b1 wide" onClick={() => location.reload()}>
            Try again
          </button>
          <p class="mute small">If this stays, do not clear the browser’s data: what was not sent is in it. Ring the office.</p>
          {look}
        </Frame>
      );
    default:
      return <Frame title="Opening…">{null}</Frame>;
  }
}
