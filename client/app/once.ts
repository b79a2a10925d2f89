// once.ts: of two taps in a row the first acts; what it asked for is on its way, and the second would ask for it again.
import { useState } from 'preact/hooks';

export type Once = (act: () => Promise<unknown>) => void;

/** Passes over what is asked while the first is not answered, whichever button it was. An act says itself what went wrong in it. */
export function oneAtATime(): Once {
  let under = false;
  return (act) => {
    if (under) return;
    under = true;
    act().then(
      () => (under = false),
      () => (under = false),
    );
  };
}

/** The same for as long as a part of a screen stands. */
export function useOnce(): Once {
  return useState(oneAtATime)[0];
}
