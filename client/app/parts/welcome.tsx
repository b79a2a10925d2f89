// welcome.tsx: the head of a page on a device that nobody can sign in to yet.
import type { ComponentChildren, JSX } from 'preact';
import { Brand } from '../../../shared/ui/components/brand.tsx';

export function Welcome({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <header class="top on-rose">
      <div class="welcome">
        <Brand />
        <p class="serif">Tutti</p>
      </div>
      <div class="stave tall">
        <div>
          <h1>{title}</h1>
          {children}
        </div>
      </div>
    </header>
  );
}
