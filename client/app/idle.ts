// idle.ts: how long a screen waits for somebody who may have gone.
export interface Idle {
  /** Whole seconds to show; null while there is time enough to say nothing. */
  left: number | null;
  over: boolean;
}

export interface Patience {
  quietMs: number;
  warnedMs: number;
}
/** At the door somebody else waits. */
export const atDoor: Patience = { quietMs: 20_000, warnedMs: 20_000 };
/** Whoever is signed in conducts, or plays along; but a device that is left alone shows no child's name for long. */
export const signedIn: Patience = { quietMs: 14 * 60_000, warnedMs: 60_000 };
/** Put away, or behind another app. */
export const hiddenMs = 5 * 60_000;

export function idleOf(sinceTouchMs: number, { quietMs, warnedMs }: Patience): Idle {
  const left = quietMs + warnedMs - sinceTouchMs;
  return { left: sinceTouchMs < quietMs ? null : Math.max(0, Math.ceil(left / 1000)), over: left <= 0 };
}

/** One clock may stand still while a device sleeps, the other may be set: whichever says more is believed. */
export interface Moment {
  wall: number;
  mono: number;
}
export const momentNow = (): Moment => ({ wall: Date.now(), mono: performance.now() });
export function msSince(then: Moment, now: Moment): number {
  return Math.max(now.mono - then.mono, now.wall - then.wall);
}
