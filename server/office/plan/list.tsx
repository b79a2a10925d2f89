// list.tsx: the entries of one register, page by page; each opens to what it says.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiFailure } from '../api.ts';
import { failureOf } from '../live.ts';
import { Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { EntrySheet, fieldWords } from './entry.tsx';
import { withPage, type Held } from './pages.ts';
import { planApi, type PlanEntry, type PlanField, type PlanFilter, type PlanKind } from './plan_api.ts';

const stateWords = { open: 'Open', late: 'Overdue', done: 'Done' } as const;
const statePills = { open: 'info', late: 'bad', done: 'good' } as const;

interface Entries {
  entries: PlanEntry[] | null;
  next: string | null;
  failure: ApiFailure | null;
  more: () => void;
  again: () => void;
}

/** Asked for when the page opens and after a change, and not by the clock: who looks at what names a learner is written down. */
export function useEntries(kind: string, filter: PlanFilter): Entries {
  const [held, hold] = useState<Held>({ entries: null, next: null });
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const key = `${kind} ${filter.period} ${filter.partner ?? ''} ${filter.school ?? ''}`;
  const ask = async (after: string | null, live: () => boolean): Promise<void> => {
    try {
      const page = await planApi.list(kind, filter, after);
      if (!live()) return;
      setFailure(null);
      hold((now) => withPage(now, after, page));
    } catch (error) {
      if (live()) setFailure(failureOf(error));
    }
  };
  useEffect(() => {
    let live = true;
    hold({ entries: null, next: null });
    void ask(null, () => live);
    return () => {
      live = false;
    };
  }, [key]);
  return { ...held, failure, more: () => void ask(held.next, () => true), again: () => void ask(null, () => true) };
}

const cellClasses: Readonly<Record<PlanField['type'], string>> = { number: '', text: 'words', date: 'short', word: 'short', id: '' };

/** `without`: what the page says already. Entries come page by page, so that none is sorted here. */
function EntryTable({ kind, entries, without, onOpen }: { kind: PlanKind; entries: readonly PlanEntry[]; without: string; onOpen: (id: string) => void }): JSX.Element {
  const columns: Column<PlanEntry>[] = kind.fields
    .filter((field) => field.listed && field.name !== without)
    .map((field, at) => ({
      name: field.label,
      number: field.type === 'number' && at > 0,
      class: at > 0 ? cellClasses[field.type] : '',
      cell: (one) =>
        at > 0 ? (
          fieldWords(field, one)
        ) : (
          <button type="button" class="b3 open-entry" onClick={() => onOpen(one.id)}>
            {fieldWords(field, one)}
          </button>
        ),
    }));
  if (entries.some((one) => one.state)) columns.push({ name: 'State', cell: (one) => (one.state ? <span class={`pill ${statePills[one.state]}`}>{stateWords[one.state]}</span> : null) });
  return <Table label={`${kind.title}, entries`} columns={columns} items={entries} keyOf={(one) => one.id} />;
}

/** A register's entries with the sheet of the one that is open. */
export function EntryList({ kind, held, empty, without = '' }: { kind: PlanKind; held: Entries; empty: string; without?: string }): JSX.Element {
  const [open, setOpen] = useState<string | null>(null);
  const changed = (): void => {
    setOpen(null);
    held.again();
  };
  return (
    <>
      <Trouble failure={held.failure} />
      {held.entries && held.entries.length > 0 ? <EntryTable kind={kind} entries={held.entries} without={without} onOpen={setOpen} /> : null}
      {held.entries?.length === 0 ? <p class="mute">{empty}</p> : null}
      {held.next ? (
        <p>
          <button type="button" class="b2" onClick={held.more}>
            Show more
          </button>
        </p>
      ) : null}
      {open ? <EntrySheet key={open} kind={kind} id={open} onClose={() => setOpen(null)} onChanged={changed} /> : null}
    </>
  );
}
