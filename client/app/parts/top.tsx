// top.tsx: the rosewood head of a screen: title, way back, and the stave that carries the figures and the sync badge; without figures the badge
// stands beside the title.
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { SyncBadge } from './sync_badge.tsx';

interface TopProps {
  title: string;
  sub?: ComponentChildren;
  onBack?: () => void;
  backLabel?: string;
  right?: ComponentChildren;
  badge?: boolean;
  children?: ComponentChildren;
}

export function Top({ title, sub, onBack, backLabel = 'Back', right, badge = true, children }: TopProps): JSX.Element {
  // A tap in a register changes the figures below and none of this.
  const bar = useMemo(
    () => (
      <div class="bar">
        {onBack ? (
          <button type="button" class="sq" aria-label={backLabel} onClick={onBack}>
            <Icon name="chevron-left" />
          </button>
        ) : (
          <span class="bar-pad" />
        )}
        <div class="ttl">
          <h1>{title}</h1>
          {sub ? <p>{sub}</p> : null}
        </div>
        {right}
        {children || !badge ? null : <SyncBadge />}
      </div>
    ),
    [title, sub, onBack, backLabel, right, badge, !children],
  );
  return (
    <header class="top on-rose">
      {bar}
      {children ? (
        <div class="stave">
          <div class="stave-left">{children}</div>
          {badge ? <SyncBadge /> : null}
        </div>
      ) : null}
    </header>
  );
}
