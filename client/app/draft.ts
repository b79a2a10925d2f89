// draft.ts: a note that was begun: how its fields are told to the core as one text, and read back.
import { area_labels, visibility_labels, type Area, type Visibility } from '../../shared/ui/generated/calls.ts';

export interface Draft {
  activity: string | null;
  areas: Area[];
  text: string;
  next: string;
  words: string;
  visibility: Visibility;
}

/** Nothing was written yet: then there is nothing to keep, whatever was tapped. */
export function isBlank({ text, next, words }: Draft): boolean {
  return text.trim() === '' && next.trim() === '' && words.trim() === '';
}

/** What is left in the fields once a note was saved: what somebody wrote while it was, which stands in no note yet. */
export function leftOver(now: Draft, saved: Draft, fresh: Draft): Draft {
  const [text, next, words] = (['text', 'next', 'words'] as const).map((field) => (now[field] === saved[field] ? '' : now[field]));
  const left: Draft = { ...now, text: text ?? '', next: next ?? '', words: words ?? '' };
  return isBlank(left) ? fresh : left;
}

export function draftText(draft: Draft): string {
  return isBlank(draft) ? '' : JSON.stringify(draft);
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whatever an older build wrote; null where it makes no sense. */
export function readDraft(text: string | null | undefined): Draft | null {
  let read: unknown;
  try {
    read = JSON.parse(text ?? '');
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const held = new Map(Object.entries(read));
  const areas: unknown = held.get('areas');
  const visibility = word(held.get('visibility'));
  const draft: Draft = {
    activity: word(held.get('activity')) || null,
    areas: (Object.keys(area_labels) as Area[]).filter((one) => Array.isArray(areas) && areas.includes(one)),
    text: word(held.get('text')),
    next: word(held.get('next')),
    words: word(held.get('words')),
    visibility: (Object.keys(visibility_labels) as Visibility[]).find((one) => one === visibility) ?? 'office',
  };
  return isBlank(draft) ? null : draft;
}
