// names.ts: names as they are tapped at the door and in a register.
import { folded } from '../../shared/ui/names.ts';

/** A name tapped letter by letter in capitals, as one writes it. */
export function titled(text: string): string {
  return text.toLocaleLowerCase('en-GB').replace(/(^|[\s'’-])\p{L}/gu, (begin) => begin.toLocaleUpperCase('en-GB'));
}

/** Two letters tell enough to look; one that is no Latin letter may be a whole name. */
export function canBeFound(text: string): boolean {
  return folded(text).length >= 2 || /[^\u0000-\u024f]/.test(folded(text));
}
