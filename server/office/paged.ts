// paged.ts: a long list by pages: as many as somebody asked for, read again together when something changes.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAsk } from './live.ts';
import type { ApiFailure } from './api.ts';

const typingMs = 250;

interface Page {
  /** Where the next page begins; null: there is none. */
  next?: string | null;
}
export interface Paged<P> {
  /** At least one once something was answered: what was found before stays in sight until what is looked for now is here. */
  pages: P[];
  failure: ApiFailure | null;
  /** null: all of it is here. */
  more: (() => void) | null;
}

/** `ask` is asked by `key`; another key begins with one page again. */
export function usePages<P extends Page>(ask: (after: string | null) => Promise<P>, key: string, topics: readonly string[], restMs = 0): Paged<P> {
  const [open, setOpen] = useState({ key, pages: 1 });
  const wanted = open.key === key ? open.pages : 1;
  const all = async (): Promise<P[]> => {
    const pages = [await ask(null)];
    for (let next = pages[0]?.next; next && pages.length < wanted; next = pages.at(-1)?.next) pages.push(await ask(next));
    return pages;
  };
  const asked = useAsk(all, `${key} ${wanted}`, topics, restMs);
  const kept = useRef<P[]>([]);
  if (asked.data) kept.current = asked.data;
  const more = kept.current.at(-1)?.next ? () => setOpen({ key, pages: kept.current.length + 1 }) : null;
  return { pages: kept.current, failure: asked.failure, more };
}

/** Typed text asks the hub when somebody pauses. */
export function useRested(text: string): string {
  const [rested, rest] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => rest(text), typingMs);
    return () => window.clearTimeout(timer);
  }, [text]);
  return rested;
}
