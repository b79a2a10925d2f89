// lacking.tsx: the word beside figures that count fewer marks than there once were, because the retention schedule removed some.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { fullDate } from '../../../shared/ui/format.ts';

export const lackingWords = (from: string): string => `Register entries from before ${fullDate(from)} were removed by the retention schedule.`;

export function Lacking({ from }: { from: string | undefined }): JSX.Element | null {
  if (!from) return null;
  return (
    <div class="notice">
      <Icon name="hourglass" />
      <p>{lackingWords(from)} They do not count here any more; saved reports have the figures as they were.</p>
    </div>
  );
}
