// pages.ts: the entries that are here, page behind page.
import type { PlanEntry, PlanList } from './plan_api.ts';

export interface Held {
  entries: PlanEntry[] | null;
  next: string | null;
}

/** The first page begins anew. Another one stands behind the one it was asked for after, and once: a button may be pressed twice before the answer. */
export function withPage(held: Held, after: string | null, page: Pick<PlanList, 'entries' | 'next'>): Held {
  if (after === null) return { entries: page.entries, next: page.next };
  return held.next === after ? { entries: [...(held.entries ?? []), ...page.entries], next: page.next } : held;
}
