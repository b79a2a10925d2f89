// trouble.tsx: a failed question on a screen: what is safe, then what to do.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import type { Failure } from '../../../shared/ui/generated/calls.ts';

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
