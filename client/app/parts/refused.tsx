// refused.tsx: a sheet in which something was written stays open with it until it is saved, and says why it is not.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useOnce } from '../once.ts';
import { said } from '../state.ts';

interface Attempts {
  refused: string | null;
  /** `save` answers why it was refused; null: it is saved. */
  attempt(save: () => Promise<string | null>): void;
}

/** What is saved closes the sheet, unless somebody closed it before the answer and opened another. */
export function useRefused(onClose: () => void): Attempts {
  const [refused, setRefused] = useState<string | null>(null);
  const open = useRef(true);
  const once = useOnce();
  useEffect(
    () => () => {
      open.current = false;
    },
    [],
  );
  const attempt = (save: () => Promise<string | null>): void =>
    once(async () => {
      const why = await save();
      if (!open.current) return;
      if (why === null) onClose();
      else setRefused(why);
    });
  return { refused, attempt };
}

/** What is complained of while a sheet is open that says nothing of its own. */
export function Complaint(): JSX.Element {
  const [before] = useState(said.peek());
  const word = said.value;
  return <Refused why={word?.bad && word !== before ? word.text : null} />;
}

/** Behind a sheet nobody sees, or hears, the word that stands at the foot of the screen. */
export function Refused({ why }: { why: string | null }): JSX.Element {
  return (
    <div role="alert" class={why === null ? '' : 'notice bad'}>
      {why === null ? null : <p>{why}</p>}
    </div>
  );
}
