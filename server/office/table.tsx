// table.tsx: every table of the office: its name, heads that sort, a head that stays in sight, the sum below, a copy for a spreadsheet, and words where
// there is nothing.
import { Fragment, type ComponentChildren, type JSX, type RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { plural } from '../../shared/ui/format.ts';
import { copyTable } from './copy.ts';
import { slug, useSaid } from './kept.ts';

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

interface Sort {
  column: number;
  down: boolean;
}

/** By which column, in the address: `?schools=last-visit.down`. A table that is sorted by nothing else than at first is not named there. */
function useSort<T>(label: string, columns: readonly Column<T>[], first: number): [Sort, (sort: Sort) => void] {
  const [said, say] = useSaid(slug(label));
  const [word = '', way] = said.split('.');
  const column = columns.findIndex(({ name, by }) => by && slug(name) === word);
  return [column < 0 ? { column: first, down: false } : { column, down: way === 'down' }, ({ column: next, down }) => say(next === first && !down ? '' : `${slug(columns[next]?.name ?? '')}${down ? '.down' : ''}`)];
}

/** A short table is copied by hand. */
const copiedFrom = 4;

function Copy({ label, rows, table }: { label: string; rows: number; table: () => HTMLTableElement | null | undefined }): JSX.Element {
  const [told, tell] = useState('');
  const copy = (): void => {
    const shown = table();
    if (shown) void copyTable(shown).then(() => tell(`${plural(rows, 'row')} copied: paste them into a spreadsheet.`), () => tell('This browser lets no page copy: select the rows, and copy them by key.'));
  };
  return (
    <p class="table-acts">
      <span role="status">{told}</span>
      <button type="button" class="b3" onClick={copy}>
        <Icon name="copy" />
        Copy
        <span class="vh"> the table “{label}”</span>
      </button>
    </p>
  );
}

function Filled<T>({ label, columns, items, keyOf, first, total, more, group, rowClass }: TableProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const fits = useFits(box);
  const [sort, setSort] = useSort(label, columns, first ?? -1);
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
  // What scrolls sideways must be reached by the keyboard; what does not is no stop on its way.
  return (
    <div class="table">
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
      {rows.length >= copiedFrom ? <Copy label={label} rows={rows.length} table={() => box.current?.querySelector('table')} /> : null}
    </div>
  );
}

export function Table<T>({ empty = null, ...table }: TableProps<T>): JSX.Element {
  if (table.items.length === 0 && (empty || table.total === undefined)) return typeof empty === 'string' ? <p class="mute">{empty}</p> : <>{empty}</>;
  return <Filled {...table} />;
}
