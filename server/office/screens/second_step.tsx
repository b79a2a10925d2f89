// second_step.tsx: setting up an authenticator app: a code to scan or type, its first six digits, and codes for when the phone is lost.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Brand } from '../../../shared/ui/components/brand.tsx';
import { ActForm, Codes, QrCode, Text } from '../acting.tsx';
import { admin, type NewSecret } from '../admin_api.ts';
import type { ApiFailure } from '../api.ts';
import { failureOf, whoAmI } from '../live.ts';
import { Trouble } from '../parts.tsx';

function groups(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}

interface SetUpProps {
  /** The present app's code, when there is one already. */
  code: string;
  onDone: () => void;
}

/** Shows a new secret, asks for its first code, and then shows the recovery codes once. */
export function SetUp({ code, onDone }: SetUpProps): JSX.Element {
  const [secret, setSecret] = useState<NewSecret | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [digits, setDigits] = useState('');
  const [codes, setCodes] = useState<string[] | null>(null);
  useEffect(() => {
    admin.beginSecondStep(code).then(setSecret, (error: unknown) => setFailure(failureOf(error)));
  }, []);
  if (codes) {
    return (
      <ActForm submit="I have kept them" send={() => Promise.resolve(onDone())}>
        <h2>Keep these ten codes</h2>
        <p>Each lets you in once without the phone. Print them or write them down, and keep them apart from it. They are not shown again.</p>
        <Codes codes={codes} />
      </ActForm>
    );
  }
  if (!secret) return <>{failure ? <Trouble failure={failure} /> : <p>Making a code…</p>}</>;
  const confirm = async (): Promise<void> => {
    const answer = await admin.confirmSecondStep(digits.trim());
    setCodes(answer.codes);
  };
  return (
    <ActForm submit="Turn it on" send={confirm} ready={digits.trim() !== ''}>
      <h2>Scan this with your authenticator app</h2>
      <QrCode qr={secret.qr} label="QR code for the authenticator app" />
      <p>
        No camera? Type this key into the app: <b class="typed">{groups(secret.secret)}</b>
      </p>
      <Text label="The six digits the app shows now" value={digits} onValue={setDigits} autocomplete="one-time-code" code />
    </ActForm>
  );
}

/** All that somebody sees who must have a second step and has none yet. */
export function SecondStepScreen({ onLeave }: { onLeave: () => void }): JSX.Element {
  return (
    <main class="sign-in">
      <div class="sign-head on-rose">
        <Brand />
        <h1>One more step</h1>
        <p>Your role sees children’s records, so a password alone is not enough</p>
      </div>
      <div class="set-up">
        <SetUp code="" onDone={() => void whoAmI()} />
        <button type="button" class="b3" onClick={onLeave}>
          Sign out
        </button>
      </div>
    </main>
  );
}
