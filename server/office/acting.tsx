// acting.tsx: what the sheets of devices and people share: a form that is sent once, choices of a list, a QR code, codes shown once.
import type { ComponentChildren, JSX, TargetedInputEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { fullDate } from '../../shared/ui/format.ts';
import { saysOneOf } from '../../shared/ui/names.ts';
import type { ApiFailure, Qr } from './api.ts';
import { failureOf, refresh } from './live.ts';
import { Trouble } from './parts.tsx';

interface ActFormProps {
  submit: string;
  send: () => Promise<void>;
  ready?: boolean;
  danger?: boolean;
  children: ComponentChildren;
}

/** Sends once, and says what went wrong in its place; what was typed stays. */
export function ActForm({ submit, send, ready = true, danger = false, children }: ActFormProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const form = useRef<HTMLFormElement>(null);
  // A form may be longer than its window: what went wrong stands at its head.
  useEffect(() => {
    if (failure) form.current?.scrollIntoView({ block: 'nearest' });
  }, [failure]);
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !ready) return;
    setBusy(true);
    setFailure(null);
    try {
      await send();
    } catch (error) {
      const refused = failureOf(error);
      setFailure(refused);
      // Somebody else was there first: what stands behind the form is asked for again, for whoever opens it anew.
      if (refused.code === 'CONFLICT') refresh('everything');
    }
    setBusy(false);
  };
  return (
    <form class="act-form" ref={form} onSubmit={(event) => void go(event)}>
      <Trouble failure={failure} />
      {children}
      {/* While it is sent it is no button to press, and keeps the keyboard: whoever is refused goes on from where they were. */}
      <button type="submit" class={danger ? 'b1 danger' : 'b1'} disabled={!ready} aria-disabled={busy}>
        {submit}
      </button>
    </form>
  );
}

interface SureProps {
  words: string;
  /** Of what, for whoever does not see the row it stands in. */
  of: string;
  sure: string;
  act: () => Promise<void>;
}

/** Asks once more in its place, for a press beside the one that was meant would have ended something; a double click is one press. Whoever goes on to
 *  something else, or presses Escape, has not answered: it must not lie there armed. */
export function SureButton({ words, of, sure, act }: SureProps): JSX.Element {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const press = (event: MouseEvent): void => {
    if (event.detail > 1 || busy) return;
    setAsks(!asks);
    if (!asks) return;
    setBusy(true);
    setFailure(null);
    act().then(
      () => setBusy(false),
      (error: unknown) => {
        setFailure(failureOf(error));
        setBusy(false);
      },
    );
  };
  // In a sheet it is this question that is left, and not the sheet.
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !asks) return;
    event.preventDefault();
    setAsks(false);
  };
  return (
    <>
      <button type="button" class={asks ? 'b2' : 'b3'} aria-disabled={busy} onClick={press} onBlur={() => setAsks(false)} onKeyDown={leave}>
        {asks ? sure : words}
        <span class="vh"> {of}</span>
      </button>
      <Trouble failure={failure} />
    </>
  );
}

interface TextProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  type?: 'text' | 'password' | 'email' | 'date' | 'time' | 'number';
  required?: boolean;
  maxLength?: number;
  autocomplete?: string;
  code?: boolean;
}

/** A browser writes a day as its own language does, and 05/06 is June for some and May for others: so it stands in words beside it. */
function InWords({ date }: { date: string }): JSX.Element | null {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? <em class="mute"> {fullDate(date)}</em> : null;
}

export function Text({ label, value, onValue, hint, type = 'text', required = true, maxLength, autocomplete = 'off', code = false }: TextProps): JSX.Element {
  const common = {
    class: code ? 'input code' : 'input',
    required,
    autocomplete,
    spellcheck: false,
    value,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onValue(event.currentTarget.value),
    ...(maxLength ? { maxLength } : {}),
  };
  // The types of an input's attributes depend on which sort it is, so each sort is written out.
  const inputs = {
    text: () => <input type="text" {...common} />,
    password: () => <input type="password" {...common} />,
    email: () => <input type="email" {...common} />,
    date: () => <input type="date" {...common} />,
    time: () => <input type="time" {...common} />,
    number: () => <input type="number" {...common} />,
  };
  return (
    <label class="field">
      <span>
        {label}
        {type === 'date' ? <InWords date={value} /> : null}
      </span>
      {inputs[type]()}
      {hint ? <small>{hint}</small> : null}
    </label>
  );
}

interface FileFieldProps {
  label: string;
  accept?: string;
  disabled: boolean;
  onFile: (file: File) => void;
}

/** Takes a file at once; the same one may be chosen again. */
export function FileField({ label, accept, disabled, onFile }: FileFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type="file"
        accept={accept}
        disabled={disabled}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
    </label>
  );
}

interface AreaProps extends Pick<TextProps, 'label' | 'value' | 'onValue' | 'hint' | 'maxLength' | 'required'> {
  rows?: number;
}

export function TextArea({ label, value, onValue, hint, maxLength, required = false, rows = 3 }: AreaProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea rows={rows} required={required} value={value} onInput={(event) => onValue(event.currentTarget.value)} {...(maxLength ? { maxLength } : {})} />
      {hint ? <small>{hint}</small> : null}
    </label>
  );
}

/** Beside a page's title: what narrows its list while somebody types. */
export function Find({ label, value, onValue }: Pick<TextProps, 'label' | 'value' | 'onValue'>): JSX.Element {
  return (
    <label class="field find">
      <span>{label}</span>
      <input class="input" type="search" autocomplete="off" value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}

export interface Choice {
  value: string;
  label: string;
  hint?: string | undefined;
}

interface ChecksProps {
  legend: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
  find?: boolean;
}

/** Several of a list; a long one has a field that narrows it, and what is chosen stays in view. */
export function Checks({ legend, choices, chosen, onChosen, find = false }: ChecksProps): JSX.Element {
  const [text, setText] = useState('');
  const shown = choices.filter(({ value, label }) => chosen.includes(value) || saysOneOf(text, [label]));
  const most = 60;
  const flip = (value: string): void => onChosen(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset class="checks">
      <legend>{legend}</legend>
      {find ? <Text label="Find a name" value={text} onValue={setText} required={false} /> : null}
      <div class="check-list">
        {shown.slice(0, most).map(({ value, label, hint }) => (
          <label key={value} class="check">
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => flip(value)} />
            <span>
              {label}
              {hint ? <small>{hint}</small> : null}
            </span>
          </label>
        ))}
        {shown.length > most ? <p class="mute">{shown.length - most} more: type a part of the name.</p> : null}
        {shown.length === 0 ? <p class="mute">Nobody is called that.</p> : null}
      </div>
    </fieldset>
  );
}

interface SelectProps {
  label: string;
  value: string;
  choices: readonly Choice[];
  onValue: (value: string) => void;
  disabled?: boolean;
}

export function Select({ label, value, choices, onValue, disabled = false }: SelectProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} disabled={disabled} onChange={(event) => onValue(event.currentTarget.value)}>
        {choices.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Dark modules on white whatever the theme: scanners want it so. */
export function QrCode({ qr, label }: { qr: Qr; label: string }): JSX.Element {
  return (
    <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={qr.size} height={qr.size} fill="#fff" />
      <path d={qr.path} fill="#000" />
    </svg>
  );
}

export function Codes({ codes }: { codes: readonly string[] }): JSX.Element {
  return (
    <ul class="codes" aria-label="Recovery codes">
      {codes.map((code) => (
        <li key={code}>{code}</li>
      ))}
    </ul>
  );
}

export const officeRoles: readonly Choice[] = [
  { value: 'office', label: 'Office', hint: 'registers, learners, reconcile, devices and staff' },
  { value: 'lead', label: 'Hub lead', hint: 'the day and figures, no learner’s own rows' },
  { value: 'safeguarding', label: 'Safeguarding', hint: 'learners, and what may mean a child is missing' },
  { value: 'admin', label: 'Administrator', hint: 'accounts, keys, devices, staff and the audit' },
  { value: 'partner', label: 'Partner', hint: 'registers, figures and agreements of its own alone' },
];
export const fieldRoles: readonly Choice[] = [
  { value: 'tutor', label: 'Tutor' },
  { value: 'leader', label: 'Ensemble leader' },
  { value: 'office', label: 'Office: visits schools' },
  { value: 'lead', label: 'Hub lead: visits schools' },
];

export function roleWords(roles: readonly string[]): string {
  const all = [...officeRoles, ...fieldRoles];
  return roles.map((role) => all.find(({ value }) => value === role)?.label ?? role).join(', ');
}
