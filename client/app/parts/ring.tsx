// ring.tsx: the safeguarding lead's number, one tap away, as far as the office has given it.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { dialled } from '../ladder.ts';

export function Ring({ phone }: { phone: string | null | undefined }): JSX.Element {
  if (!phone) return <p>Ring the safeguarding lead.</p>;
  return (
    <a class="b1" href={dialled(phone)}>
      <Icon name="phone" />
      <span>
        Ring <span class="number">{phone}</span>
      </span>
    </a>
  );
}
