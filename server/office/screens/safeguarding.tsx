// safeguarding.tsx: what the safeguarding lead looks at, and nobody else.
import type { JSX } from 'preact';
import { Concerns } from '../safeguarding/concerns.tsx';

export function SafeguardingScreen(): JSX.Element {
  return (
    <>
      <header class="hd">
        <div>
          <h1>Safeguarding</h1>
          <p>Everything read here is in the audit.</p>
        </div>
      </header>
      <Concerns />
    </>
  );
}
