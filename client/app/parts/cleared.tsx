// cleared.tsx: a browser that lost this device's records says so, and what went with them.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { toSendWords } from '../../../shared/ui/format.ts';
import { waitsNoted } from '../../browser/lost.ts';

export function ClearedNotice(): JSX.Element | null {
  const [waits] = useState(waitsNoted);
  if (!waits) return null;
  return (
    <div class="notice bad" role="status">
      <Icon name="triangle-alert" />
      <p>
        <b>This browser’s storage was cleared.</b>{' '}
        {waits.changes > 0
          ? `It still had ${toSendWords(waits)}: that may be lost, unless it was exported as a file. Tell the office, then enrol again.`
          : 'Everything marked had been sent. Enrol again.'}
      </p>
    </div>
  );
}
