// remove_session.tsx: an ad-hoc session that was opened by mistake goes again, as long as nobody is marked in it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../route.ts';
import { call, complain, say } from '../state.ts';

export function RemoveSession({ session }: { session: string }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const remove = (): void => {
    setBusy(true);
    call('session.remove', { session }).then(
      () => {
        say('The session is taken away. Saved here.');
        go({ screen: 'today' });
      },
      (error: unknown) => {
        complain(error);
        setBusy(false);
      },
    );
  };
  return (
    <button type="button" class="b3" disabled={busy} onClick={remove}>
      Opened by mistake: take it away
    </button>
  );
}
