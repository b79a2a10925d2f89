// evacuation.ts: the evacuation list as it is counted: whom to look for by hall and section, and how many were found.
import type { Evacuation, Hall, RegisterRow } from '../../shared/ui/generated/calls.ts';
import { sectionsOf, type Section } from './marks.ts';

export interface Muster {
  halls: { hall: Hall; sections: Section[] }[];
  /** Signed in at the door, and nobody has said more: to look for, but no part of the total. */
  door: RegisterRow[];
  /** Halls of another hour, which can be added. */
  others: Hall[];
  total: number;
  counted: number;
  unmarked: number;
}

/** The core lists nobody twice in the halls that are on; who is in one that is added by hand may stand in another. */
export function musterOf(list: Evacuation, added: ReadonlySet<string>, ticked: ReadonlySet<string>): Muster {
  const seen = new Set<string>();
  const halls = list.halls
    .filter((hall) => hall.on || added.has(hall.session.id))
    .map((hall) => {
      const rows = hall.here.filter((row) => !seen.has(row.learner));
      for (const row of rows) seen.add(row.learner);
      return { hall, sections: sectionsOf(rows) };
    });
  const door = new Map<string, RegisterRow>();
  for (const { hall } of halls) for (const row of hall.door) if (!seen.has(row.learner)) door.set(row.learner, row);
  return {
    halls,
    door: [...door.values()],
    others: list.halls.filter((hall) => !hall.on && !added.has(hall.session.id) && hall.here.length + hall.door.length > 0),
    total: seen.size,
    counted: [...seen].filter((learner) => ticked.has(learner)).length,
    unmarked: halls.reduce((sum, { hall }) => sum + hall.session.totals.unmarked, 0),
  };
}

// Whom somebody has counted outlives a reload, not the day. Ids only.
const key = (date: string): string => `counted-${date}`;

export function readTicks(date: string): ReadonlySet<string> {
  return new Set((sessionStorage.getItem(key(date)) ?? '').split(' ').filter((id) => id !== ''));
}

export function keepTicks(date: string, ticked: ReadonlySet<string>): void {
  sessionStorage.setItem(key(date), [...ticked].join(' '));
}
