// names.ts: names compared without marks and case, so that "zoe" finds Zoë. The core does the same for what it searches itself.
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase('en-GB').trim();
}
