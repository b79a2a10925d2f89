// keeping.ts: what is typed is kept after a pause, and at once when the field is left, the page is hidden, or the screen goes.
import { useEffect, useRef } from 'preact/hooks';

const pauseMs = 500;

export interface Keeping {
  typed(text: string): void;
  now(): void;
}

/** `keep` is called with what is not kept yet; `first` is. */
export function useKeeping(first: string, keep: (text: string) => void): Keeping {
  const kept = useRef(first);
  const latest = useRef(first);
  const timer = useRef<number | undefined>(undefined);
  const act = useRef(keep);
  act.current = keep;
  const now = (): void => {
    window.clearTimeout(timer.current);
    if (latest.current === kept.current) return;
    kept.current = latest.current;
    act.current(latest.current);
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
      latest.current = text;
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(now, pauseMs);
    },
    now,
  };
}
