// safeguarding.tsx: what the safeguarding lead looks at: cases, which the office sees too, and concerns, which nobody else does.
import type { JSX } from 'preact';
import { me } from '../live.ts';
import { PageHead } from '../parts.tsx';
import { CaseScreen } from '../safeguarding/case.tsx';
import { Cases } from '../safeguarding/cases.tsx';
import { Concerns } from '../safeguarding/concerns.tsx';

export function SafeguardingScreen({ id }: { id: string | undefined }): JSX.Element {
  if (id) return <CaseScreen key={id} id={id} />;
  return (
    <div class="stack wide-gap">
      <PageHead title="Safeguarding" sub="Everything read here is in the audit." />
      <Cases />
      {me.value?.roles.includes('safeguarding') ? <Concerns /> : null}
    </div>
  );
}
