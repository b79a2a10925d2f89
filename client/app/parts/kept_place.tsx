// kept_place.tsx: after a power cut, or when a phone ended an app that was not in front, whoever signs in comes back to the session they were in.
import { useEffect, useRef, useState } from 'preact/hooks';
import { placeOf } from '../place.ts';
import { goAtOnce, parseRoute, route } from '../route.ts';
import { call } from '../state.ts';

/** Stands while somebody is signed in, and draws nothing. */
export function KeptPlace(): null {
  const place = placeOf(route.value);
  const [known, know] = useState(false);
  const kept = useRef('');
  useEffect(() => {
    // A page that says itself where it is, was not cut off.
    const bare = location.hash === '';
    void call('place', {}).then(
      (answer) => {
        kept.current = answer.place ?? '';
        if (bare && location.hash === '' && kept.current) goAtOnce(parseRoute(kept.current));
        know(true);
      },
      () => know(true),
    );
  }, []);
  useEffect(() => {
    if (!known || place === kept.current) return;
    kept.current = place;
    // Before the next tap, in the core's order: a mark that is saved has its session beside it. What cannot be kept is not spoken of.
    call('place', { keep: place }).catch(() => undefined);
  }, [known, place]);
  return null;
}
