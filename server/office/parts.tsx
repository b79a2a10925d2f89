// parts.tsx: what the office's pages share: a page's head, a link inside the page, a mark as a word, a failure, a page without anything on it.
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from '../../shared/ui/components/icon.tsx';
import { MarkGlyph } from '../../shared/ui/components/mark_glyph.tsx';
import { markWord, sentence } from '../../shared/ui/format.ts';
import type { MarkCode } from '../../shared/ui/generated/calls.ts';
import type { ApiFailure } from './api.ts';
import { follow } from './live.ts';

export function Link({ href, children }: { href: string; children: ComponentChildren }): JSX.Element {
  return (
    <a href={href} onClick={follow}>
      {children}
    </a>
  );
}

interface PageHeadProps {
  title: ComponentChildren;
  /** The page above this one. */
  crumb?: ComponentChildren;
  /** A line below the title; `live` when it changes while somebody is at work on the page. */
  sub?: ComponentChildren;
  live?: boolean;
  /** Beside the title: what can be done here, or the figure of it all. */
  children?: ComponentChildren;
}

export function PageHead({ title, crumb, sub, live = false, children }: PageHeadProps): JSX.Element {
  return (
    <header class="hd">
      <div>
        {crumb ? <p class="crumb">{crumb}</p> : null}
        <h1>{title}</h1>
        {sub ? <p role={live ? 'status' : undefined}>{sub}</p> : null}
      </div>
      {children}
    </header>
  );
}

/** A card's name, and beside it what adds to the card. */
export function CardHead({ id, title, add, what, onAdd }: { id: string; title: string; add: boolean; what?: string; onAdd: () => void }): JSX.Element {
  return (
    <header class="card-hd">
      <h2 id={id}>{title}</h2>
      {add ? (
        <button type="button" class="b2" onClick={onAdd}>
          <Icon name="plus" />
          {what ?? 'Add'}
          {what ? null : <span class="vh"> to {title}</span>}
        </button>
      ) : null}
    </header>
  );
}

/** Nothing is there yet: why, and what changes it. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}

export function Trouble({ failure }: { failure: ApiFailure | null }): JSX.Element | null {
  if (!failure) return null;
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <p>{sentence(failure.text)}</p>
    </div>
  );
}

/** A list that ends where an answer ends says so: whoever misses what comes behind does not take it for gone. */
export function Cut({ list, most, what }: { list: readonly unknown[]; most: number | undefined; what: string }): JSX.Element | null {
  if (most === undefined || list.length < most) return null;
  return (
    <div class="notice">
      <Icon name="triangle-alert" />
      <p>
        The first {most.toLocaleString('en-GB')} {what} by name are listed here; the hub may have more.
      </p>
    </div>
  );
}

export function Mark({ code, arrived }: { code: MarkCode | null | undefined; arrived?: number | null | undefined }): JSX.Element {
  const shown = code ?? 'none';
  return (
    <span class={`mk m-${shown}`}>
      <MarkGlyph code={shown} />
      <span>{markWord(shown, arrived)}</span>
    </span>
  );
}

/** From one of its meetings to the activity itself. */
export function ActivityLink({ id }: { id: string }): JSX.Element {
  return (
    <a class="b2" href={`/activities/${id}`} onClick={follow}>
      <Icon name="music" />
      The activity
    </a>
  );
}

/** "CSV", "Excel": a file that the hub makes when it is asked for. */
export function Download({ href, name, children }: { href: string; name?: string; children: ComponentChildren }): JSX.Element {
  return (
    <a class="b2" href={href} download={name ?? ''}>
      <Icon name="download" />
      {children}
    </a>
  );
}

export function PrintButton(): JSX.Element {
  return (
    <button type="button" class="b2" onClick={() => window.print()}>
      <Icon name="printer" />
      Print
    </button>
  );
}

const standings: Readonly<Record<string, string>> = { left: 'Has left', provisional: 'Walked in: in no list yet', merged: 'Merged with another entry' };

/** Who is there as everybody is needs no word: what comes about somebody who left, or who walked in, is seen as such. */
export function Standing({ status }: { status: string | null | undefined }): JSX.Element | null {
  const words = status ? standings[status] : undefined;
  return words ? <span class="pill">{words}</span> : null;
}
