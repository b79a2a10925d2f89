// numbers.tsx: what schools and other systems call a learner: for the office alone, and every look is in the audit.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { ActForm, Text } from '../acting.tsx';
import { api, type LearnerNumbers } from '../api.ts';
import { Facts, type Fact } from '../facts.tsx';
import { me, refresh, useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';

function NumbersForm({ record, onDone }: { record: LearnerNumbers; onDone: () => void }): JSX.Element {
  const [shown] = useState(record); // as the form was filled from, whatever comes meanwhile
  const [upn, setUpn] = useState(record.upn ?? '');
  const [mis, setMis] = useState(record.mis_id ?? '');
  const send = async (): Promise<void> => {
    await api.setNumbers(shown.learner, { upn: upn.trim(), mis_id: mis.trim(), version: String(shown.version) });
    onDone();
  };
  return (
    <ActForm submit="Save" send={send}>
      <Text label="UPN" value={upn} onValue={setUpn} maxLength={40} required={false} hint="A letter, eleven digits, and a digit or a letter. Its first letter is checked." />
      <Text label="Number in the school’s system" value={mis} onValue={setMis} maxLength={64} required={false} hint="Zeros in front are kept." />
      <p class="mute">Lists find them by these, and files for other systems may hold them. No device ever does.</p>
    </ActForm>
  );
}

function factsOf(record: LearnerNumbers): readonly Fact[] {
  return [
    ['UPN', record.upn ?? 'Not known'],
    ['Number in the school’s system', record.mis_id ? `${record.mis_id}${record.mis_aside ? ' (set aside: lists find them by it)' : ''}` : 'Not known'],
    ['Our reference', record.ref ?? 'None'],
  ];
}

function Shown({ learner }: { learner: string }): JSX.Element {
  const asked = useAsk(() => api.numbers(learner), `numbers ${learner}`, ['learners', `learner:${learner}`]);
  const [edits, setEdits] = useState(false);
  const [own, ...others] = asked.data?.records ?? [];
  return (
    <section class="card" aria-labelledby="numbers-head">
      <h2 id="numbers-head">Numbers elsewhere</h2>
      <Trouble failure={asked.failure} />
      {asked.data?.matter ? (
        <div class="notice">
          <Icon name="triangle-alert" />
          <p>
            The records of this child say different UPNs, and nobody has two: <Link href={`/reconcile/conflicts#${asked.data.matter}`}>decide which is right</Link>.
          </p>
        </div>
      ) : null}
      {asked.data?.mis_matter ? (
        <div class="notice">
          <Icon name="triangle-alert" />
          <p>
            The records of this child have two numbers at one school, and a school gives one: <Link href={`/reconcile/conflicts#${asked.data.mis_matter}`}>decide which is in use</Link>.
          </p>
        </div>
      ) : null}
      {own ? (
        <>
          <Facts list={factsOf(own)} />
          <p>
            <button type="button" class="b2" onClick={() => setEdits(true)}>
              <Icon name="pencil" />
              Change the numbers
            </button>
          </p>
        </>
      ) : null}
      {others.filter((one) => one.upn || one.mis_id).map((one) => (
        <div key={one.learner}>
          <h3>
            As <Link href={`/learners/${one.learner}`}>{one.name}</Link>
          </h3>
          <Facts list={factsOf(one)} />
        </div>
      ))}
      {edits && own ? (
        <Sheet title="Numbers elsewhere" onClose={() => setEdits(false)}>
          <NumbersForm
            record={own}
            onDone={() => {
              refresh('learners');
              setEdits(false);
            }}
          />
        </Sheet>
      ) : null}
    </section>
  );
}

export function NumbersSection({ learner }: { learner: string }): JSX.Element | null {
  return me.value?.roles.includes('office') ? <Shown learner={learner} /> : null;
}
