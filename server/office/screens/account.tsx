// account.tsx: one's own sign-in: the password, the second step, the recovery codes.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { ActForm, Codes, Text } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { me, refresh, useAsk } from '../live.ts';
import { PageHead, Trouble } from '../parts.tsx';
import { SetUp } from './second_step.tsx';

type Open = 'none' | 'set-up' | 'codes';

function Password(): JSX.Element {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [done, setDone] = useState(false);
  const send = async (): Promise<void> => {
    await admin.password(old, fresh);
    setOld('');
    setFresh('');
    setDone(true);
  };
  return (
    <section class="card pad" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <ActForm submit="Change it" send={send}>
        <Text label="Present password" type="password" value={old} onValue={setOld} autocomplete="current-password" />
        <Text label="New password" type="password" value={fresh} onValue={setFresh} autocomplete="new-password" hint="Ten characters at least; four words that belong to nobody are better than signs." />
        <p role="status">{done ? 'Changed. Everywhere else you are signed out.' : ''}</p>
      </ActForm>
    </section>
  );
}

function NewCodes(): JSX.Element {
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <Codes codes={codes} />;
  const send = async (): Promise<void> => setCodes((await admin.newCodes(code.trim())).codes);
  return (
    <ActForm submit="Make ten new ones" send={send} ready={code.trim() !== ''}>
      <p>The old ones stop working.</p>
      <Text label="Code from your authenticator app" value={code} onValue={setCode} autocomplete="one-time-code" code />
    </ActForm>
  );
}

function Another({ onDone }: { onDone: () => void }): JSX.Element {
  const [code, setCode] = useState('');
  const [given, setGiven] = useState<string | null>(null);
  if (given !== null) return <SetUp code={given} onDone={onDone} />;
  return (
    <ActForm submit="Go on" send={() => Promise.resolve(setGiven(code.trim()))} ready={code.trim() !== ''}>
      <Text label="Code from the present app, or a recovery code" value={code} onValue={setCode} autocomplete="one-time-code" code />
    </ActForm>
  );
}

export function AccountScreen(): JSX.Element {
  const asked = useAsk(() => admin.secondStep(), 'second-step', ['second-step']);
  const [open, setOpen] = useState<Open>('none');
  const close = (): void => {
    setOpen('none');
    refresh('second-step');
  };
  const step = asked.data;
  return (
    <>
      <PageHead title="Your sign-in" sub={me.value?.name} />
      <Trouble failure={asked.failure} />
      <section class="card pad" aria-labelledby="second">
        <h2 id="second">Second step</h2>
        {step ? <p>{step.on ? `On: a code from your phone is asked for. ${plural(step.codes_left, 'recovery code')} left.` : 'Off: whoever knows the password gets in.'}</p> : null}
        <div class="acts">
          <button type="button" class="b2" onClick={() => setOpen('set-up')}>
            {step?.on ? 'Use another phone' : 'Set it up'}
          </button>
          {step?.on ? (
            <button type="button" class="b2" onClick={() => setOpen('codes')}>
              New recovery codes
            </button>
          ) : null}
        </div>
      </section>
      <Password />
      {open === 'set-up' ? (
        <Sheet title={step?.on ? 'Another phone' : 'Second step'} onClose={close}>
          {step?.on ? <Another onDone={close} /> : <SetUp code="" onDone={close} />}
        </Sheet>
      ) : null}
      {open === 'codes' ? (
        <Sheet title="Recovery codes" onClose={close}>
          <NewCodes />
        </Sheet>
      ) : null}
    </>
  );
}
