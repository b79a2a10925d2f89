// table.tsx: every table of the office: its name, heads that sort, a head that stays in sight, the sum below, a copy for a spreadsheet, and words where
// there is nothing.
import { Fragment, type ComponentChildren, type JSX, type RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { plural } from '../../shared/ui/format.ts';
import { copyTable } from './copy.ts';
import { slug, useSaid } from './kept.ts';

type Sortable = string | number;

type Folds<T> = boolean | ((item: T) => boolean);

export interface Column<T> {
  name: string;
  cell: (item: T, isTotal: boolean) => ComponentChildren;
  /** What the rows are sorted by; without it the head is no button. */
  by?: (item: T) => Sortable;
  number?: boolean;
  /** Its cell names the row; where no column says so, the first does. */
  names?: boolean;
  /** Where the table has no room for it, it stands below the row's name, as "Where: Example School"; of which rows, where not of all. */
  folds?: Folds<T>;
  /** The same, but only where there is still no room when the others have left, as on a phone. */
  foldsLast?: Folds<T>;
  /** What says by itself what it is is not named there: a pill, which stands first, or what can be pressed, which stands last. */
  plain?: 'first' | 'last';
  /** What can be done with the row: at the end of its name's cell, beneath what stands below the name. */
  acts?: (item: T) => ComponentChildren;
  class?: string;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  items: readonly T[];
  keyOf: (item: T, index: number) => string | number;
  /** The column it is sorted by at first; without, rows stand as they came. */
  first?: number | undefined;
  /** The last row, by the same cells. */
  total?: T | undefined;
  /** Said instead of a table without rows; where nothing is said, the sum stands alone. */
  empty?: ComponentChildren;
  /** Beneath a row, over its whole width. */
  more?: (item: T) => ComponentChildren;
  /** Under which heading a row stands; rows of one heading come together. */
  group?: (item: T) => string;
  rowClass?: string;
  /** Of more rows than that the first ones are drawn, and the others when somebody asks: a page of twenty thousand is slow. */
  most?: number;
}

const words = new Intl.Collator('en-GB', { numeric: true });

function compare(a: Sortable, b: Sortable): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));
}

/** 0: every column stands in its place; 1: those that fold have left theirs; 2: so have those that fold last. */
type Step = 0 | 1 | 2;
const steps: readonly Step[] = [0, 1, 2];

interface Room {
  /** The table is no wider than its box: then the page alone scrolls, and the head can stay in sight. */
  fits: boolean;
  step: Step;
}

/** How wide it was at each step is remembered, as nobody can see that of columns that have left. */
function useRoom(box: RefObject<HTMLDivElement | null>, last: Step): Room {
  const [room, setRoom] = useState<Room>({ fits: false, step: 0 });
  const wide = useRef([0, 0, 0]);
  useLayoutEffect(() => {
    const outer = box.current;
    const table = outer?.querySelector('table');
    if (!outer || !table) return undefined;
    const look = (before: Room): Room => {
      wide.current[before.step] = table.offsetWidth;
      // The step after this one has not been seen, and is tried.
      const step = steps.find((one) => one === last || one > before.step || (wide.current[one] ?? 0) <= outer.clientWidth) ?? 0;
      const fits = table.offsetWidth <= outer.clientWidth;
      return step === before.step && fits === before.fits ? before : { step, fits };
    };
    const watch = new ResizeObserver(() => setRoom(look));
    watch.observe(outer);
    watch.observe(table);
    return () => watch.disconnect();
    // Beginning to watch is a look: a step that changed no width is looked at too.
  }, [last, room.step]);
  return room;
}

interface HeadProps<T> {
  column: Column<T>;
  /** null: sorted by another column. */
  down: boolean | null;
  /** On a phone heads are only heard, and the order is chosen above. */
  isPressed: boolean;
  onSort: () => void;
}

function Head<T>({ column, down, isPressed, onSort }: HeadProps<T>): JSX.Element {
  const { name, by } = column;
  return (
    <th scope="col" class={cellClass(column)} aria-sort={down === null ? undefined : down ? 'descending' : 'ascending'}>
      {by && isPressed ? (
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

function cellClass<T>({ number, folds, foldsLast, class: kind }: Column<T>): string | undefined {
  return [number ? 'num' : '', folds ? 'folds' : '', foldsLast ? 'folds-last' : '', kind ?? ''].filter(Boolean).join(' ') || undefined;
}

interface CellsProps<T> {
  columns: readonly Column<T>[];
  item: T;
  isTotal: boolean;
  step: Step;
}

const hasLeft = <T,>(folds: Folds<T> | undefined, item: T): boolean => (typeof folds === 'function' ? folds(item) : Boolean(folds));

const rank = <T,>({ plain }: Column<T>): number => (plain === 'first' ? 0 : plain === 'last' ? 2 : 1);

/** What has no place of its own is told below the name; nothing is told of nothing. */
function Below<T>({ columns, item, isTotal, step }: CellsProps<T>): JSX.Element {
  return (
    <>
      {columns
        .filter(({ folds, foldsLast }) => hasLeft(folds, item) || (step === 2 && hasLeft(foldsLast, item)))
        .sort((a, b) => rank(a) - rank(b))
        .map(({ name, cell, plain }) => ({ name, plain, said: cell(item, isTotal) }))
        .filter(({ said }) => said !== '' && said !== null && said !== undefined)
        .map(({ name, plain, said }) => (
          <span class="below" key={name}>
            {plain ? null : `${name}: `}
            {said}
          </span>
        ))}
    </>
  );
}

function Cells<T>({ columns, item, isTotal, step }: CellsProps<T>): JSX.Element {
  const named = Math.max(0, columns.findIndex(({ names }) => names));
  return (
    <>
      {columns.map((column, at) =>
        at === named ? (
          <th key={column.name} scope="row" class={cellClass(column)}>
            {column.cell(item, isTotal)}
            {step > 0 ? <Below columns={columns} item={item} isTotal={isTotal} step={step} /> : null}
            {isTotal ? null : column.acts?.(item)}
          </th>
        ) : (
          <td key={column.name} class={cellClass(column)}>
            {column.cell(item, isTotal)}
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

interface OrderProps<T> {
  label: string;
  columns: readonly Column<T>[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}

/** By which column, where most of the heads have left with theirs. */
function Order<T>({ label, columns, sort, onSort }: OrderProps<T>): JSX.Element | null {
  const sorts = columns.flatMap(({ name, by }, at) => (by ? [{ name, at }] : []));
  if (sorts.length < 2) return null;
  return (
    <p class="table-order">
      <label>
        In the order of
        <span class="vh"> the table “{label}”</span>{' '}
        <select class="input" value={sort.column} onChange={(event) => onSort({ column: Number(event.currentTarget.value), down: false })}>
          {sorts.some(({ at }) => at === sort.column) ? null : <option value={sort.column}>the list</option>}
          {sorts.map(({ name, at }) => (
            <option key={name} value={at}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {columns[sort.column]?.by ? (
        <button type="button" class="sq" aria-pressed={sort.down} aria-label="Backwards" onClick={() => onSort({ ...sort, down: !sort.down })}>
          <Icon name="arrow-up-down" />
        </button>
      ) : null}
    </p>
  );
}

/** A table of fewer rows is copied by hand, and found through without an order of one's own. */
const shortBelow = 4;

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

/** Above the first row of each heading. */
function Heading({ words, before, wide }: { words: string | undefined; before: string | undefined; wide: number }): JSX.Element | null {
  if (words === undefined || words === before) return null;
  return (
    <tr class="group">
      <th scope="rowgroup" colSpan={wide}>
        {words}
      </th>
    </tr>
  );
}

function Beneath({ said, wide }: { said: ComponentChildren; wide: number }): JSX.Element | null {
  if (!said) return null;
  return (
    <tr class="more-row">
      <td colSpan={wide}>{said}</td>
    </tr>
  );
}

function Filled<T>({ label, columns, items, keyOf, first, total, more, group, rowClass, most = Infinity }: TableProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const last = columns.some(({ foldsLast }) => foldsLast) ? 2 : columns.some(({ folds }) => folds) ? 1 : 0;
  const { fits, step } = useRoom(box, last);
  const [drawn, draw] = useState(most);
  const [sort, setSort] = useSort(label, columns, first ?? -1);
  const by = columns[sort.column]?.by;
  // Within their headings, which stay where they are.
  const headings = group ? [...new Set(items.map(group))] : [];
  const place = (item: T): number => (group ? headings.indexOf(group(item)) : 0);
  const sorted = by ? [...items].sort((a, b) => place(a) - place(b) || compare(by(a), by(b)) * (sort.down ? -1 : 1)) : items;
  const rows = sorted.slice(0, drawn);
  const headingOf = (item: T | undefined): string | undefined => (item === undefined ? undefined : group?.(item));
  // What scrolls sideways must be reached by the keyboard; what does not is no stop on its way.
  return (
    <div class="table">
      {step === 2 && rows.length >= shortBelow ? <Order label={label} columns={columns} sort={sort} onSort={setSort} /> : null}
      <div class={['scroll', fits ? 'fits' : '', last === 2 ? 'yields' : '', step > 0 ? 'folded' : '', step === 2 ? 'narrow' : ''].filter(Boolean).join(' ')} ref={box} role="region" aria-label={label} tabIndex={fits ? undefined : 0}>
        <table>
          <caption class="vh">{label}</caption>
          <thead>
            <tr>
              {columns.map((column, at) => (
                <Head key={column.name} column={column} down={at === sort.column && column.by ? sort.down : null} isPressed={step < 2} onSort={() => setSort({ column: at, down: at === sort.column && !sort.down })} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((item, at) => (
              <Fragment key={keyOf(item, at)}>
                <Heading words={headingOf(item)} before={headingOf(rows[at - 1])} wide={columns.length} />
                <tr class={rowClass}>
                  <Cells columns={columns} item={item} isTotal={false} step={step} />
                </tr>
                <Beneath said={more?.(item)} wide={columns.length} />
              </Fragment>
            ))}
          </tbody>
          {total === undefined ? null : (
            <tfoot>
              <tr>
                <Cells columns={columns} item={total} isTotal step={step} />
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {rows.length < sorted.length ? (
        <p class="table-rest">
          The first {rows.length.toLocaleString('en-GB')} of {sorted.length.toLocaleString('en-GB')}, in this order.
          <button type="button" class="b3" onClick={() => draw(drawn + most)}>
            Show {Math.min(most, sorted.length - rows.length).toLocaleString('en-GB')} more
          </button>
        </p>
      ) : null}
      {rows.length >= shortBelow ? <Copy label={label} rows={rows.length} table={() => box.current?.querySelector('table')} /> : null}
    </div>
  );
}

export function Table<T>({ empty = null, ...table }: TableProps<T>): JSX.Element {
  if (table.items.length === 0 && (empty || table.total === undefined)) return typeof empty === 'string' ? <p class="mute">{empty}</p> : <>{empty}</>;
  return <Filled {...table} />;
}
