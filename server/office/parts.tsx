// parts.tsx: what the office's tables share: a link inside the page, a sortable head, a mark as a word, a failure.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { MarkGlyph } from '../../shared/ui/components/mark_glyph.tsx';
import { markWord } from '../../shared/ui/format.ts';
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

export function Trouble({ failure }: { failure: ApiFailure | null }): JSX.Element | null {
  if (!failure) return null;
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <p>{failure.text}</p>
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

export type Sortable = string | number;

export interface Column<T> {
  name: string;
  value: (item: T) => Sortable;
  number?: boolean;
}

interface Sort {
  column: number;
  down: boolean;
}

export interface Sorted<T> {
  items: T[];
  head: JSX.Element;
}

function compare(a: Sortable, b: Sortable): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en-GB');
}

/** The items in the order the reader chose, and the row of heads that lets them choose it. */
export function useSorted<T>(items: readonly T[], columns: readonly Column<T>[], first = 0): Sorted<T> {
  const [sort, setSort] = useState<Sort>({ column: first, down: false });
  const column = columns[sort.column];
  const sorted = column ? [...items].sort((a, b) => compare(column.value(a), column.value(b)) * (sort.down ? -1 : 1)) : [...items];
  const head = (
    <tr>
      {columns.map(({ name, number }, index) => {
        const chosen = index === sort.column;
        return (
          <th key={name} scope="col" class={number ? 'num' : ''} aria-sort={chosen ? (sort.down ? 'descending' : 'ascending') : undefined}>
            <button type="button" onClick={() => setSort({ column: index, down: chosen && !sort.down })}>
              {name}
              <Icon name={chosen ? 'chevron-down' : 'arrow-up-down'} />
            </button>
          </th>
        );
      })}
    </tr>
  );
  return { items: sorted, head };
}
