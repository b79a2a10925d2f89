// keeping.ts: what is typed is kept after a pause, and at once when the field is left, the page is hidden, or the screen goes.
import { useEffect, useRef, useState } from 'preact/hooks';

const pauseMs = 500;

export interface Keeping {
  typed(text: string): void;
  now(): void;
}

type Keep = (text: string) => Promise<unknown>;

/** What is typed and what is kept of it. What was refused is not, and is tried again with the next occasion. */
export function keeper(first: string, keep: Keep): { type(text: string): void; now(): void } {
  let kept = first; // for sure
  let asked = first;
  let latest = first;
  return {
    type: (text) => (latest = text),
    now: () => {
      if (latest === asked) return;
      const text = latest;
      asked = text;
      keep(text).then(
        () => (kept = text),
        () => {
          if (asked === text) asked = kept;
        },
      );
    },
  };
}

/** `keep` is called with what is not kept yet; `first` is. It says itself what went wrong in it. */
export function useKeeping(first: string, keep: Keep): Keeping {
  const timer = useRef<number | undefined>(undefined);
  const act = useRef(keep);
  act.current = keep;
  const [held] = useState(() => keeper(first, (text) => act.current(text)));
  const now = (): void => {
    window.clearTimeout(timer.current);
    held.now();
  };
  useEffect(() => {
    // A telephone that locks may not come back to this page.
    const hide = (): void => {
      if (document.hidden) now();
    };
    document.addEventListener('visibilitychange', hide);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      now();
    };
  }, []);
  return {
    typed: (text) => {
      held.type(text);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(now, pauseMs);
    },
    now,
  };
}
