// idle.ts: how long a screen at the door waits for somebody who may have gone.
export interface Idle {
  /** Whole seconds to show; null while there is time enough to say nothing. */
  left: number | null;
  over: boolean;
}

const quietMs = 20_000;
const warnedMs = 20_000;

export function idleOf(sinceTouchMs: number): Idle {
  const left = quietMs + warnedMs - sinceTouchMs;
  return { left: sinceTouchMs < quietMs ? null : Math.max(0, Math.ceil(left / 1000)), over: left <= 0 };
}
