// sync_badge.tsx: the badge of four words: Saved here, Sending, All sent, Needs help.
import type { JSX } from 'preact';
import { Icon, type IconName } from '../../../shared/ui/components/icon.tsx';
import { moment, toSendWords } from '../../../shared/ui/format.ts';
import type { SyncStatus } from '../../../shared/ui/generated/calls.ts';
import { go } from '../route.ts';
import { officeNow, sync } from '../state.ts';

interface Words {
  icon: IconName;
  word: string;
  more: string;
}

export function badgeWords(status: SyncStatus, now: number): Words {
  switch (status.badge) {
    case 'sending':
      return { icon: 'cloud-upload', word: 'Sending', more: toSendWords(status) };
    case 'sent':
      // "All sent" is said of something the office signed for; a device that has written nothing yet has nothing to say it of.
      if (!status.last_sent_at) return { icon: 'cloud-check', word: 'Saved here', more: 'Nothing to send' };
      return { icon: 'cloud-check', word: 'All sent', more: moment(status.last_sent_at, now) };
    case 'help':
      return { icon: 'cloud-alert', word: 'Needs help', more: 'See what to do' };
    default:
      return { icon: 'cloud-off', word: 'Saved here', more: toSendWords(status) };
  }
}

export function SyncBadge(): JSX.Element | null {
  const status = sync.value;
  if (!status) return null;
  const { icon, word, more } = badgeWords(status, officeNow());
  return (
    <button type="button" class={`sync s-${status.badge}`} onClick={() => go({ screen: 'sync' })}>
      <Icon name={icon} />
      <span>
        <b>{word}</b>
        <small>{more}</small>
      </span>
    </button>
  );
}
