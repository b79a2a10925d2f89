// icon.tsx: an inline Lucide icon, always decoration: the word beside it or the label around it says what it means.
import { h, type JSX } from 'preact';
import { icons, type IconName } from '../generated/icons.ts';

export type { IconName };

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="ic" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {icons[name].map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
