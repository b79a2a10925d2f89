// pin_words.ts: what is said after a wrong PIN, and the wait before the next try, counted down.
import { useEffect, useState } from 'preact/hooks';
import { plural, waitWords } from '../../../shared/ui/format.ts';
import type { Failure } from '../../../shared/ui/generated/calls.ts';

/** The way on stands beside the words for whoever is alone on the device. */
export function goneWords(alone: boolean): string {
  const way = alone ? '' : ' A colleague who is signed in can set a new one; or ring the office.';
  return `That PIN has been wrong too often and is gone.${way} Everything marked is safe.`;
}

export function wrongWords(failure: Failure, alone = false): string {
  const { wait_ms: wait, attempts_left: left } = failure;
  if (left === 0) return goneWords(alone);
  const known: Readonly<Record<string, string>> = { WRONG_SECRET: 'That PIN is not right.', WAIT: 'Too many wrong tries.' };
  const wrong = known[failure.code];
  // Nobody looked at it: that took no try.
  if (!wrong) return failure.text;
  const parts = [wrong];
  if (wait) parts.push(`Wait ${waitWords(wait)} before the next try.`);
  if (left) parts.push(`${plural(left, 'try', 'tries')} left.`);
  return parts.join(' ');
}

/** Counts down in whole seconds; 0 when there is nothing to wait for. */
export function useWait(startMs: number): [number, (ms: number) => void] {
  const [until, setUntil] = useState(() => performance.now() + startMs);
  const [left, setLeft] = useState(startMs);
  useEffect(() => {
    const tick = (): void => setLeft(Math.max(0, until - performance.now()));
    tick();
    const timer = window.setInterval(tick, 1000);
    return () => window.clearInterval(timer);
  }, [until]);
  return [left, (ms) => setUntil(performance.now() + ms)];
}
