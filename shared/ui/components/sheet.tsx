// sheet.tsx: a modal sheet on the native dialog element, which keeps the focus inside and gives it back.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useFocusBack } from './focus.ts';
import { Icon } from './icon.tsx';

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Sheet({ title, onClose, children }: SheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useFocusBack();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const cancel = (event: Event): void => {
    event.preventDefault();
    onClose();
  };
  const typed = useRef(false);
  // A press on the backdrop lands on the dialog itself, one inside it on a child. Whoever has written something does not lose it by a press beside it.
  const press = (event: MouseEvent): void => {
    if (event.target === dialog.current && !typed.current) onClose();
  };
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby={heading} onCancel={cancel} onClick={press} onInput={() => (typed.current = true)}>
      <div class="sheet-in">
        <div class="sheet-top">
          <h2 id={heading}>{title}</h2>
          <button type="button" class="sq" aria-label="Close" onClick={onClose}>
            <Icon name="x" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
