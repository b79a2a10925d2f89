// table.tsx: every table of the office: its name, heads that sort, a head that stays in sight, the sum below, and words where there is nothing.
import { Fragment, type ComponentChildren, type JSX, type RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/components/icon.tsx';

type Sortable = string | number;

export interface Column<T> {
  name: string;
  cell: (item: T, isTotal: boolean) => ComponentChildren;
  /** What the rows are sorted by; without it the head is no button. */
  by?: (item: T) => Sortable;
  number?: boolean;
  /** Its cell names the row; where no column says so, the first does. */
  names?: boolean;
  class?: string;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  items: readonly T[];
  keyOf: (item: T, index: number) => string | number;
  /** The column it is sorted by at first; without, rows stand as they came. */
  first?: number;
  /** The last row, by the same cells. */
  total?: T | undefined;
  /** Said instead of a table without rows; where nothing is said, the sum stands alone. */
  empty?: ComponentChildren;
  /** Beneath a row, over its whole width. */
  more?: (item: T) => ComponentChildren;
  /** Under which heading a row stands; rows of one heading come together. */
  group?: (item: T) => string;
  rowClass?: string;
}

const words = new Intl.Collator('en-GB', { numeric: true });

function compare(a: Sortable, b: Sortable): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));
}

/** Whether the table is no wider than its box: then the page alone scrolls, and the head can stay in sight. */
function useFits(box: RefObject<HTMLDivElement | null>): boolean {
  const [fits, setFits] = useState(false);
  useLayoutEffect(() => {
    const outer = box.current;
    const table = outer?.querySelector('table');
    if (!outer || !table) return undefined;
    const watch = new ResizeObserver(() => setFits(table.offsetWidth <= outer.clientWidth));
    watch.observe(outer);
    watch.observe(table);
    return () => watch.disconnect();
  }, []);
  return fits;
}

interface HeadProps<T> {
  column: Column<T>;
  /** null: sorted by another column. */
  down: boolean | null;
  onSort: () => void;
}

function Head<T>({ column: { name, by, number, class: kind }, down, onSort }: HeadProps<T>): JSX.Element {
  return (
    <th scope="col" class={cellClass(number, kind)} aria-sort={down === null ? undefined : down ? 'descending' : 'ascending'}>
      {by ? (
        <button type="button" onClick={onSort}>
          {name}
          <Icon name={down === null ? 'arrow-up-down' : 'chevron-down'} />
        </button>
      ) : (
        name
      )}
    </th>
  );
}

const cellClass = (number: boolean | undefined, kind: string | undefined): string | undefined => [number ? 'num' : '', kind ?? ''].filter(Boolean).join(' ') || undefined;

function Cells<T>({ columns, item, isTotal }: { columns: readonly Column<T>[]; item: T; isTotal: boolean }): JSX.Element {
  const named = Math.max(0, columns.findIndex(({ names }) => names));
  return (
    <>
      {columns.map(({ name, cell, number, class: kind }, at) =>
        at === named ? (
          <th key={name} scope="row" class={cellClass(number, kind)}>
            {cell(item, isTotal)}
          </th>
        ) : (
          <td key={name} class={cellClass(number, kind)}>
            {cell(item, isTotal)}
          </td>
        ),
      )}
    </>
  );
}

function Filled<T>({ label, columns, items, keyOf, first, total, more, group, rowClass }: TableProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const fits = useFits(box);
  const [sort, setSort] = useState({ column: first ?? -1, down: false });
  const by = columns[sort.column]?.by;
  // Within their headings, which stay where they are.
  const headings = group ? [...new Set(items.map(group))] : [];
  const place = (item: T): number => (group ? headings.indexOf(group(item)) : 0);
  const rows = by ? [...items].sort((a, b) => place(a) - place(b) || compare(by(a), by(b)) * (sort.down ? -1 : 1)) : items;
  const beneath = (item: T): JSX.Element | null => {
    const said = more?.(item);
    return said ? (
      <tr class="more-row">
        <td colSpan={columns.length}>{said}</td>
      </tr>
    ) : null;
  };
  const heading = (item: T, at: number): JSX.Element | null => {
    const before = rows[at - 1];
    return group && (before === undefined || group(before) !== group(item)) ? (
      <tr class="group">
        <th scope="rowgroup" colSpan={columns.length}>
          {group(item)}
        </th>
      </tr>
    ) : null;
  };
  return (
    // What scrolls sideways must be reached by the keyboard; what does not is no stop on its way.
    <div class={fits ? 'scroll fits' : 'scroll'} ref={box} role="region" aria-label={label} tabIndex={fits ? undefined : 0}>
      <table>
        <caption class="vh">{label}</caption>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <Head key={column.name} column={column} down={at === sort.column && column.by ? sort.down : null} onSort={() => setSort({ column: at, down: at === sort.column && !sort.down })} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((item, at) => (
            <Fragment key={keyOf(item, at)}>
              {heading(item, at)}
              <tr class={rowClass}>
                <Cells columns={columns} item={item} isTotal={false} />
              </tr>
              {beneath(item)}
            </Fragment>
          ))}
        </tbody>
        {total === undefined ? null : (
          <tfoot>
            <tr>
              <Cells columns={columns} item={total} isTotal />
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

export function Table<T>({ empty = null, ...table }: TableProps<T>): JSX.Element {
  if (table.items.length === 0 && (empty || table.total === undefined)) return typeof empty === 'string' ? <p class="mute">{empty}</p> : <>{empty}</>;
  return <Filled {...table} />;
}
