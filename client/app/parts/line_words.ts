// line_words.ts: how the line to the office stands, in sentences.
import type { IconName } from '../../../shared/ui/components/icon.tsx';
import { apartWords, sentence, waitWords } from '../../../shared/ui/format.ts';
import type { SyncStatus } from '../../../shared/ui/generated/calls.ts';

const lines: Readonly<Record<string, { icon: IconName; text: string }>> = {
  online: { icon: 'cloud-check', text: 'Connected to the office.' },
  connecting: { icon: 'refresh-cw', text: 'Connecting to the office…' },
  held: { icon: 'cloud-off', text: 'Sending is paused on this device. Everything is kept here.' },
  off: { icon: 'cloud-off', text: 'Not connected.' },
  refused: { icon: 'cloud-alert', text: 'The office does not accept this device. Everything is kept here: ring them.' },
};

const skewShownMs = 120_000;

export interface LineWords {
  icon: IconName;
  text: string;
  more: string[];
}

/** A line that stands is good news, also where something else needs help. */
export function lineTone({ line, badge }: Pick<SyncStatus, 'line' | 'badge'>): 'good' | 'bad' | '' {
  if (line === 'online') return 'good';
  return line === 'refused' || badge === 'help' ? 'bad' : '';
}

export function lineWords(status: SyncStatus): LineWords {
  const line = lines[status.line] ?? { icon: 'cloud-off' as const, text: status.line };
  const more: string[] = [];
  if ((status.line === 'off' || status.line === 'online') && status.next_try_ms) more.push(`Next try in ${waitWords(status.next_try_ms)}. Nothing is lost meanwhile.`);
  const skew = status.clock_skew_ms ?? 0;
  if (Math.abs(skew) > skewShownMs) more.push(`This device’s clock is ${apartWords(skew)}. Nothing marked is wrong for it: times here are the office’s. Set the clock when you can.`);
  return { icon: line.icon, text: `${line.text} ${sentence(status.reason ?? '')}`.trim(), more };
}
