// sign_in.tsx: name and password, and the code of the second step where there is one; a wrong one says how long to wait.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Brand } from '../../../shared/ui/components/brand.tsx';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { sentence, waitWords } from '../../../shared/ui/format.ts';
import { api, type ApiFailure } from '../api.ts';
import { failureOf, me, unheard, whoAmI } from '../live.ts';

interface Waiting {
  ms: number;
  begin(ms: number): void;
}

/** Counts down in seconds, so that it may be said how long it still takes. */
function useWait(): Waiting {
  const [ms, begin] = useState(0);
  useEffect(() => {
    if (ms <= 0) return undefined;
    const timer = window.setTimeout(() => begin(Math.max(0, ms - 1000)), Math.min(ms, 1000));
    return () => window.clearTimeout(timer);
  }, [ms]);
  return { ms, begin };
}

function Wrong({ words, waitMs }: { words: string | null; waitMs: number }): JSX.Element {
  return (
    <div role="alert" class={words ? 'notice bad' : ''}>
      {words ? (
        <>
          <Icon name="triangle-alert" />
          <p>
            {words} {waitMs > 0 ? `Wait ${waitWords(waitMs)} before the next try.` : ''}
          </p>
        </>
      ) : null}
    </div>
  );
}

interface FieldProps {
  value: string;
  onValue: (value: string) => void;
}

function NameField({ value, onValue, first }: FieldProps & { first: boolean }): JSX.Element {
  return (
    <label class="field">
      <span>Name</span>
      <input class="input" type="text" name="username" autocomplete="username" autofocus={first} required value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}

function PasswordField({ value, onValue, first }: FieldProps & { first: boolean }): JSX.Element {
  return (
    <label class="field">
      <span>Password</span>
      <input class="input" type="password" name="password" autocomplete="current-password" autofocus={first} required value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}

/** Has the keyboard when it comes, and again after each code that was `wrong`. */
function CodeField({ value, onValue, wrong }: FieldProps & { wrong: string | null }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [wrong]);
  return (
    <label class="field">
      <span>Code from your authenticator app</span>
      <input
        class="input code"
        ref={field}
        type="text"
        name="code"
        inputMode="numeric"
        autocomplete="one-time-code"
        spellcheck={false}
        required
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <small>No phone? Type one of your recovery codes.</small>
    </label>
  );
}

function wrongWords({ code, text }: ApiFailure, asksCode: boolean): string {
  const known: Readonly<Record<string, string>> = {
    WRONG_SECRET: asksCode ? 'That did not fit: the code is wrong, or it was used already. Wait for the next one.' : 'That name and password do not belong together.',
    WAIT: 'Too many wrong tries.',
  };
  return known[code] ?? sentence(text);
}

/** `why` it is asked, `hint` what helps. */
function SignInForm({ title, why, hint, who = '' }: { title: string; why?: string | undefined; hint?: string; who?: string }): JSX.Element {
  const [name, setName] = useState(who);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const wait = useWait();
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
    setWrong(wrongWords(failure, asksCode));
    wait.begin(failure.wait_ms ?? 0);
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
      <Wrong words={wrong} waitMs={wait.ms} />
      <NameField value={name} onValue={changeName} first={who === ''} />
      <PasswordField value={password} onValue={setPassword} first={who !== ''} />
      {asksCode ? <CodeField value={code} onValue={setCode} wrong={wrong} /> : null}
      <button type="submit" class="b1 wide" disabled={busy || wait.ms > 0}>
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
