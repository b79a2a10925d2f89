// names.ts: names compared without marks and case, so that "zoe" finds Zoë. The core and the hub do the same for what they search themselves.
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase('en-GB').trim();
}

/** Whether what somebody typed is a part of one of these; nothing typed is a part of everything. */
export function saysOneOf(typed: string, texts: readonly string[]): boolean {
  const wanted = folded(typed);
  return texts.some((text) => folded(text).includes(wanted));
}
