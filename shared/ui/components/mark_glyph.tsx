// mark_glyph.tsx: the shape of a mark. The class m-<code> on an element around it gives the colour.
import type { JSX } from 'preact';
import type { MarkCode } from '../generated/calls.ts';
import { Icon, type IconName } from './icon.tsx';

const glyphs: Readonly<Record<MarkCode, IconName | null>> = { P: 'check', L: 'clock', AN: 'message-circle', AU: 'minus', SE: 'school', none: null };

export function MarkIcon({ code }: { code: MarkCode }): JSX.Element | null {
  const name = glyphs[code];
  return name ? <Icon name={name} /> : null;
}

export function MarkGlyph({ code }: { code: MarkCode }): JSX.Element {
  return (
    <span class="g">
      <MarkIcon code={code} />
    </span>
  );
}
