// section_jump.tsx: the sections in score order, one tap away; the one in view is underlined in brass.
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Section } from '../marks.ts';

const headPx = 90;

function sectionInView(count: number): number {
  // The last sections cannot reach the top; at the end of the page the last one is meant.
  if (window.scrollY > 0 && window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2) return count - 1;
  for (let index = count - 1; index > 0; index -= 1) {
    const top = document.getElementById(`section-${index}`)?.getBoundingClientRect().top;
    if (top !== undefined && top <= headPx) return index;
  }
  return 0;
}

function jump(index: number): void {
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(`section-${index}`)?.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' });
}

export function SectionJump({ sections }: { sections: readonly Section[] }): JSX.Element {
  const [current, setCurrent] = useState(0);
  const bar = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const follow = (): void => setCurrent(sectionInView(sections.length));
    window.addEventListener('scroll', follow, { passive: true });
    return () => window.removeEventListener('scroll', follow);
  }, [sections.length]);
  useEffect(() => {
    const item = bar.current?.children[current];
    if (item instanceof HTMLElement && bar.current) bar.current.scrollLeft = item.offsetLeft - 24;
  }, [current]);
  // Marks change neither the names nor how many there are.
  const said = sections.map(({ name, rows }) => `${name} ${rows.length}`).join('\n');
  return useMemo(
    () => (
      <nav class="jump" aria-label="Sections">
        <ul ref={bar}>
          {sections.map((section, index) => (
            <li key={index}>
              <button type="button" aria-current={index === current ? 'true' : undefined} onClick={() => jump(index)}>
                {section.name}
                <b>{section.rows.length}</b>
              </button>
            </li>
          ))}
        </ul>
      </nav>
    ),
    [said, current],
  );
}
