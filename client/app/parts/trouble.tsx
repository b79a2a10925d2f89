// trouble.tsx: a failed question on a screen: what is safe, then what to do.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import type { Failure } from '../../../shared/ui/generated/calls.ts';
import { go } from '../route.ts';

export function Trouble({ failure }: { failure: Failure }): JSX.Element {
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <p>
        {failure.code === 'NOT_FOUND' ? 'Nothing that was marked is lost.' : 'Everything marked so far is saved on this device.'} {failure.text}
      </p>
    </div>
  );
}

/** The same of a whole screen, with a way out of it: one step back may be another screen that is not there any more. */
export function NoScreen({ failure }: { failure: Failure }): JSX.Element {
  return (
    <>
      <Trouble failure={failure} />
      <button type="button" class="b2" onClick={() => go({ screen: 'today' })}>
        Back to today
      </button>
    </>
  );
}
