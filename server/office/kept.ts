// kept.ts: what somebody chose on a page, kept where they come back to it: in the address, or beside it.
import { useState } from 'preact/hooks';

/** "Last visit" as a word of an address. */
export const slug = (text: string): string => text.toLocaleLowerCase('en-GB').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

/** The address with `name` said anew; what is empty is not said. */
export function said(address: string, name: string, value: string): string {
  const url = new URL(address);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  return url.pathname + url.search;
}

/** What stands beside an address is in memory alone, and gone with whoever signs out. */
const beside = new Map<string, Map<string, unknown>>();
let visits = 0;

/** Which visit to a page this is: the browser's history knows it again on the way back. */
export function visit(): string {
  const state: unknown = history.state;
  if (typeof state === 'string') return state;
  visits += 1;
  const name = `${performance.timeOrigin}.${visits}`;
  history.replaceState(name, '');
  return name;
}

export function keepBeside(name: string, value: unknown): void {
  const here = visit();
  const held = beside.get(here) ?? new Map<string, unknown>();
  beside.set(here, held.set(name, value));
}

export const keptBeside = (name: string): unknown => beside.get(visit())?.get(name);

export function forgetBeside(): void {
  beside.clear();
}

/** A choice that may be sent to a colleague: it stands in the address. */
export function useSaid(name: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => new URLSearchParams(location.search).get(name) ?? '');
  return [
    value,
    (next) => {
      setValue(next);
      history.replaceState(history.state, '', said(location.href, name, next));
    },
  ];
}

/** What may be a child's name stands in no address: it is there again on the way back, and nowhere else. */
export function useBeside(name: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => {
    const kept = keptBeside(name);
    return typeof kept === 'string' ? kept : '';
  });
  return [
    value,
    (next) => {
      setValue(next);
      keepBeside(name, next);
    },
  ];
}
