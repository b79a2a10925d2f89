// facts.tsx: what a thing is, as a list of names and values; what nobody has said is left out.
import type { ComponentChildren, JSX } from 'preact';

export type Fact = readonly [name: ComponentChildren, value: ComponentChildren];

export function Facts({ list }: { list: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {list
        .filter(([, value]) => value)
        .map(([name, value], at) => (
          <div key={at}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
