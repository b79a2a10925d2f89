// sign_in.tsx: name and password, and the code of the second step where there is one; a wrong one says how long to wait.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Brand } from '../../../shared/ui/components/brand.tsx';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { sentence, waitWords } from '../../../shared/ui/format.ts';
import { api, type ApiFailure } from '../api.ts';
import { failureOf, me, unheard, whoAmI } from '../live.ts';

/** `why` it is asked, `hint` what helps. */
function SignInForm({ title, why, hint, who = '' }: { title: string; why?: string | undefined; hint?: string; who?: string }): JSX.Element {
  const [name, setName] = useState(who);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const codeField = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [waitMs, setWaitMs] = useState(0);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (waitMs <= 0) return undefined;
    const timer = window.setTimeout(() => setWaitMs(Math.max(0, waitMs - 1000)), Math.min(waitMs, 1000));
    return () => window.clearTimeout(timer);
  }, [waitMs]);
  useEffect(() => {
    if (asksCode) codeField.current?.focus();
  }, [asksCode, wrong]);
  const changeName = (text: string): void => {
    setName(text);
    setAsksCode(false);
  };
  const refused = (failure: ApiFailure): void => {
    setCode('');
    if (failure.code === 'CODE_NEEDED') {
      setAsksCode(true);
      return;
    }
    const known: Readonly<Record<string, string>> = {
      WRONG_SECRET: asksCode ? 'That did not fit: the code is wrong, or it was used already. Wait for the next one.' : 'That name and password do not belong together.',
      WAIT: 'Too many wrong tries.',
    };
    setWrong(known[failure.code] ?? sentence(failure.text));
    setWaitMs(failure.wait_ms ?? 0);
    if (!asksCode) setPassword('');
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      await api.signIn(name.trim(), password, asksCode ? code.trim() : '');
      await whoAmI();
    } catch (error) {
      refused(failureOf(error));
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h2>{title}</h2>
      {why ? <p role="status">{why}</p> : null}
      <div role="alert" class={wrong ? 'notice bad' : ''}>
        {wrong ? (
          <>
            <Icon name="triangle-alert" />
            <p>
              {wrong} {waitMs > 0 ? `Wait ${waitWords(waitMs)} before the next try.` : ''}
            </p>
          </>
        ) : null}
      </div>
      <label class="field">
        <span>Name</span>
        <input class="input" type="text" name="username" autocomplete="username" autofocus={who === ''} required value={name} onInput={(event) => changeName(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>Password</span>
        <input
          class="input"
          type="password"
          name="password"
          autocomplete="current-password"
          autofocus={who !== ''}
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      {asksCode ? (
        <label class="field">
          <span>Code from your authenticator app</span>
          <input
            class="input code"
            ref={codeField}
            type="text"
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
            spellcheck={false}
            required
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <small>No phone? Type one of your recovery codes.</small>
        </label>
      ) : null}
      <button type="submit" class="b1 wide" disabled={busy || waitMs > 0}>
        {busy ? 'Signing in…' : 'Sign in'}
      </button>
      {hint ? <p class="mute">{hint}</p> : null}
    </form>
  );
}

const notHeard = 'The hub does not answer, so this browser is not signed out yet. It is told again every few seconds: leave the page open until this line has gone.';

export function SignInScreen(): JSX.Element {
  return (
    <main class="sign-in">
      <div class="sign-head on-rose">
        <Brand />
        <h1>Tutti</h1>
        <p>Registers and progress of the hub</p>
      </div>
      <SignInForm title="Sign in" why={unheard.value ? notHeard : undefined} hint="Forgotten it? Your administrator can set a new one." />
    </main>
  );
}

/** Over the page of somebody whose sign-in ended: what they typed stays where it is. */
export function SignInAgain(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog class="sheet sign-again" ref={dialog} aria-label="Sign in again" onCancel={(event) => event.preventDefault()}>
      <SignInForm title="Sign in again" who={me.value?.name ?? ''} why="You were signed out after a while. Nothing that you typed is lost." />
    </dialog>
  );
}
