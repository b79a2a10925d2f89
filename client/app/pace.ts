// pace.ts: when that is done which every tap asks for and a tap in a row can do without: soon when it was not done for a while, else when the taps rest.

export interface Pace {
  /** After the tap that asks, when the last time is longer ago than the pause. */
  afterMs: number;
  /** After the last of several taps. */
  restMs: number;
  /** However many more taps come, it is done after so long. */
  pauseMs: number;
}
export interface Clock {
  now(): number;
  later(run: () => void, ms: number): number;
  cancel(timer: number): void;
}
export interface Paced {
  /** `urgent`: as if the last time were long ago. */
  ask(urgent?: boolean): void;
  now(): void;
}

const clockOfPage: Clock = { now: () => performance.now(), later: (run, ms) => window.setTimeout(run, ms), cancel: (timer) => window.clearTimeout(timer) };

export function paced(run: () => void, { afterMs, restMs, pauseMs }: Pace, clock: Clock = clockOfPage): Paced {
  let at = -Infinity;
  let since: number | null = null;
  let timer: number | null = null;
  const now = (): void => {
    if (timer !== null) clock.cancel(timer);
    timer = since = null;
    at = clock.now();
    run();
  };
  const ask = (urgent = false): void => {
    const asked = clock.now();
    since ??= asked;
    if (timer !== null) clock.cancel(timer);
    timer = clock.later(now, Math.max(0, Math.min(urgent || asked - at >= pauseMs ? afterMs : restMs, since + pauseMs - asked)));
  };
  return { ask, now };
}
