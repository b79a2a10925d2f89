// reason_form.tsx: nothing is decided without a reason: a field for it, what people mostly say, and the one press that sends it.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useFocusBack } from '../../../shared/ui/components/focus.ts';
import { ApiFailed, type ApiFailure } from '../api.ts';
import { failureOf, refresh, whoAmI } from '../live.ts';
import { Trouble } from '../parts.tsx';
import { draftOf, setDraft } from './work.ts';

export interface ReasonFormProps {
  id: string;
  title: string;
  submit: string;
  common: readonly string[];
  send: (reason: string) => Promise<void>;
  children?: ComponentChildren;
  ready?: boolean;
}

/** What was typed belongs to the entry, not to the form: it is still there after a look elsewhere, or a new sign-in. */
export function ReasonForm({ id, title, submit, common, send, children, ready = true }: ReasonFormProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const draft = draftOf(id);
  const reason = draft?.reason ?? '';
  useFocusBack();
  useEffect(() => {
    field.current?.focus();
  }, [draft?.act]);
  const write = (text: string): void => setDraft(id, { act: draft?.act ?? '', reason: text });
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (reason.trim() === '' || busy || !ready) return;
    setBusy(true);
    setFailure(null);
    try {
      await send(reason.trim());
      setDraft(id, null);
      refresh('work');
    } catch (error) {
      // The question who is there comes over the page; this form stays as it is behind it.
      if (error instanceof ApiFailed && error.status === 401) void whoAmI();
      else setFailure(failureOf(error));
    }
    setBusy(false);
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey) void go(event);
  };
  // Wherever in it the keyboard is: on a common reason as well as in the field.
  const leave = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setDraft(id, null);
  };
  return (
    <form class="reason" onSubmit={(event) => void go(event)} onKeyDown={leave}>
      <h3>{title}</h3>
      <Trouble failure={failure} />
      {children}
      <div class="chips" role="group" aria-label="Common reasons">
        {common.map((text) => (
          <button type="button" class="chip" key={text} aria-pressed={reason === text} onClick={() => write(text)}>
            {text}
          </button>
        ))}
      </div>
      <label class="field">
        <span>Why?</span>
        <textarea ref={field} rows={2} maxLength={300} required value={reason} onInput={(event) => write(event.currentTarget.value)} onKeyDown={enter} />
      </label>
      <div class="acts">
        <button type="submit" class="b1" disabled={busy || !ready || reason.trim() === ''}>
          {submit} <kbd aria-hidden="true">Enter</kbd>
        </button>
        <button type="button" class="b3" onClick={() => setDraft(id, null)}>
          Not now
        </button>
      </div>
    </form>
  );
}
