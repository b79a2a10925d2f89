// names.ts: names compared without marks and case, so that "zoe" finds Zoë. The core does the same for what it searches itself.
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase('en-GB').trim();
}

/** A name tapped letter by letter in capitals, as one writes it. */
export function titled(text: string): string {
  return text.toLocaleLowerCase('en-GB').replace(/(^|[\s'’-])\p{L}/gu, (begin) => begin.toLocaleUpperCase('en-GB'));
}

/** Two letters tell enough to look; one that is no Latin letter may be a whole name. */
export function canBeFound(text: string): boolean {
  return folded(text).length >= 2 || /[^\u0000-\u024f]/.test(folded(text));
}
