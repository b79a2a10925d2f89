// tokens.test.ts: the colours of tokens.css against each other, in each of the four themes: 4.5:1 for every text, 7:1 in sunlight, 3:1 for what is no text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

type Theme = Map<string, string>;
const css = readFileSync('tokens.css', 'utf8').replace(/\/\*.*?\*\//gs, '');

/** The declarations of every :root block whose condition holds, the later over the earlier. */
function theme(dark: boolean, more: boolean): Theme {
  const found: Theme = new Map();
  for (const [, condition = '', block = ''] of css.matchAll(/(?:@media ([^{]*)\{\s*)?:root \{([^}]*)\}/g)) {
    if ((condition.includes('dark') && !dark) || (condition.includes('contrast') && !more)) continue;
    for (const [, name = '', value = ''] of block.matchAll(/--([a-z0-9-]+): ([^;]+);/g)) found.set(name, value);
  }
  return found;
}

function luminance(hex: string): number {
  assert.ok(/^#[0-9a-f]{6}$/.test(hex), `"${hex}" is no colour of six digits`);
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** A page, a card, and what lies deeper than it. */
const grounds = ['paper', 'card', 'sunk'];
const texts: [string, string[]][] = [
  ['ink', [...grounds, 'here-bg', 'away-bg', 'late-bg', 'info-bg']],
  ['ink2', grounds],
  ['brass-ink', grounds],
  ['here', [...grounds, 'here-bg']],
  ['away', [...grounds, 'away-bg']],
  ['late', [...grounds, 'late-bg']],
  ['info', [...grounds, 'info-bg']],
  ['on-rose', ['rose', 'rose-deep']],
  ['on-rose2', ['rose', 'rose-deep']],
  ['on-btn', ['btn']],
  ['on-btn2', ['btn']],
];
/** Edges of what is tapped, and the ring around what the keyboard reached. */
const edges: [string, string[]][] = [
  ['line2', grounds],
  ['focus', grounds],
];

function below(colours: Theme, pairs: [string, string[]][], least: number): string[] {
  const of = (name: string): string => {
    const found = colours.get(name);
    assert.ok(found, `there is no --${name}`);
    return found ?? '';
  };
  return pairs.flatMap(([front, backs]) =>
    backs.map((back) => ({ pair: `--${front} on --${back}`, ratio: contrast(of(front), of(back)) })).filter(({ ratio }) => ratio < least).map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`),
  );
}

test('a contrast is the one that WCAG defines', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

for (const dark of [false, true]) {
  const name = dark ? 'dark' : 'light';
  test(`${name}: every text stands at 4.5:1 or more, and every edge at 3:1`, () => {
    assert.deepEqual(below(theme(dark, false), texts, 4.5), []);
    assert.deepEqual(below(theme(dark, false), edges, 3), []);
  });
  test(`${name}, with more contrast: every text stands at 7:1 or more, and every edge at 4.5:1`, () => {
    assert.ok(theme(dark, true).get('ink2') !== theme(dark, false).get('ink2'), 'it is no theme of its own');
    assert.deepEqual(below(theme(dark, true), texts, 7), []);
    assert.deepEqual(below(theme(dark, true), edges, 4.5), []);
  });
}
