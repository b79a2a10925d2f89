// brand.tsx: the mark of the product: a stave behind a brass bracket.
import type { JSX } from 'preact';

export function Brand(): JSX.Element {
  return (
    <span class="mark" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
      <i />
    </span>
  );
}
