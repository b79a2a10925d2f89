// fold.mjs: text as people search and sort it, like shared/base/fold_system.c, from the tables the browser has.

// Letters of names that Unicode does not decompose, though people search for them without their stroke.
const speltOut = new Map([...'æae ðd øo þth đd ħh ıi łl œoe ŧt ŋn'.split(' ')].map((one) => [one[0], one.slice(1)]));

// Full case folding is what upper case and back makes of it, but for the last letter of a Greek word. Compatibility forms
// may decompose to capitals, so twice.
const flat = (text) => text.toLowerCase().toUpperCase().toLowerCase().normalize('NFKD');

export function foldText(text) {
  return flat(flat(text))
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}'\u2019\u2018\u02bc`\u00b4]/gu, '')
    .replaceAll('ς', 'σ')
    .replace(/[æðøþđħıłœŧŋ]/g, (letter) => speltOut.get(letter))
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
