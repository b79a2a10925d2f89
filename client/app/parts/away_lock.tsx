// away_lock.tsx: a device that somebody signed in on and left alone, or put away, locks: said before where somebody looks, and nothing is lost by it.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { hiddenMs, idleOf, momentNow, msSince, signedIn } from '../idle.ts';
import { call, complain, device } from '../state.ts';
import { IdleBar } from './idle_bar.tsx';

const lookEveryMs = 1000;
/** What a person does, whatever with. */
const signs = ['pointerdown', 'pointermove', 'touchmove', 'keydown', 'input', 'wheel'] as const;

/** The names go from the screen at once; the core is asked meanwhile, and seals first. */
function lock(): void {
  if (device.value) device.value = { ...device.value, unlocked: undefined, unlocked_name: undefined };
  call('lock', {}).catch(complain);
}

export function AwayLock(): JSX.Element | null {
  const touched = useRef(momentNow());
  const [left, setLeft] = useState<number | null>(null);
  const touch = (): void => {
    touched.current = momentNow();
    setLeft(null);
  };
  useEffect(() => {
    let hidden = document.hidden ? momentNow() : null;
    const look = (): void => {
      const now = momentNow();
      const idle = idleOf(msSince(touched.current, now), signedIn);
      setLeft(idle.left);
      if (idle.over || (hidden && msSince(hidden, now) >= hiddenMs)) lock();
    };
    // A sleeping device looks when it wakes.
    const turned = (): void => {
      look();
      hidden = document.hidden ? momentNow() : null;
    };
    const timer = window.setInterval(look, lookEveryMs);
    document.addEventListener('visibilitychange', turned);
    for (const sign of signs) document.addEventListener(sign, touch, { capture: true, passive: true });
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', turned);
      for (const sign of signs) document.removeEventListener(sign, touch, { capture: true });
    };
  }, []);
  if (left === null) return null;
  return (
    <div class="away">
      <IdleBar what="Tutti locks" left={left} onMore={touch} />
    </div>
  );
}
