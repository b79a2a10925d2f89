// came_back.ts: whoever comes back to a list finds it where they left it, with the keyboard on the row they had opened. Kept in this page alone, and
// gone when it locks.
interface Left {
  y: number;
  /** What was opened from there, as its row says it in data-to. */
  opened: readonly string[];
}
const left = new Map<string, Left>();
let typed = '';
let returned = false;

/** How long a list is waited for. */
const patienceMs = 1500;

/** Before going on from the screen at `path`. */
export function noteLeft(path: string, opened: readonly string[]): void {
  left.set(path, { y: window.scrollY, opened });
}

export function forgetLeft(): void {
  left.clear();
  typed = '';
}

/** What was typed into a search, for whoever comes back to it. */
export function keepTyped(text: string): void {
  typed = text;
}
export const typedBefore = (): string => (returned ? typed : '');

/** Whether the screen in view was come back to. */
export const cameBack = (): boolean => returned;

function rowOf(opened: readonly string[]): HTMLElement | null {
  for (const id of opened) {
    const row = document.querySelector<HTMLElement>(`[data-to="${id}"]`);
    if (row) return row;
  }
  return null;
}

function showRow(row: HTMLElement, y: number): void {
  window.scrollTo(0, y);
  const { top, bottom } = row.getBoundingClientRect();
  // The list is another one by now, or the dock is over it.
  if (top < 0 || bottom > window.innerHeight) row.scrollIntoView({ block: 'center' });
  row.focus({ preventScroll: true });
}

/** What is drawn above the row a moment later stood there before as well: the browser must not scroll to make up for it. */
function holdScroll(): void {
  const { style } = document.documentElement;
  style.setProperty('overflow-anchor', 'none');
  window.setTimeout(() => style.removeProperty('overflow-anchor'), patienceMs);
}

/** Its rows come a moment after the screen: they are waited for, unless somebody does something meanwhile. */
function whenDrawn({ y, opened }: Left): void {
  const end = performance.now() + patienceMs;
  const busy = new AbortController();
  for (const sign of ['pointerdown', 'keydown', 'wheel', 'hashchange']) window.addEventListener(sign, () => busy.abort(), { signal: busy.signal, passive: true });
  let scrolled = y === 0;
  holdScroll();
  const look = (): void => {
    if (busy.signal.aborted) return;
    const row = rowOf(opened);
    if (row) showRow(row, y);
    else if (!scrolled && document.documentElement.scrollHeight >= y + window.innerHeight) {
      window.scrollTo(0, y);
      scrolled = true;
    }
    if (row || performance.now() > end) busy.abort();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** On arriving at `path`: by a step back, or (`from`) out of what had been opened there. */
export function arrive(path: string, back: boolean, from: readonly string[]): void {
  const before = left.get(path);
  const was = back || before?.opened.some((one) => from.includes(one)) ? before : undefined;
  returned = was !== undefined;
  window.scrollTo(0, 0);
  if (was) whenDrawn(was);
}
