// inclusion.tsx: what is known of a learner for the hub's duty to include: shown to the office when it asks, because every look is in the audit.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, isoToday, joined } from '../../../shared/ui/format.ts';
import { answer_labels, remission_labels, send_labels, sex_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Select, Text } from '../acting.tsx';
import { Facts, type Fact } from '../facts.tsx';
import { useAsk } from '../live.ts';
import { Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { choicesOf, partnerApi, type Inclusion, type InclusionLine } from './partner_api.ts';

const fields = [
  { name: 'fsm', label: 'Free school meals', labels: answer_labels },
  { name: 'pupil_premium', label: 'Pupil premium', labels: answer_labels },
  { name: 'cla', label: 'Looked after', labels: answer_labels },
  { name: 'send', label: 'SEND', labels: send_labels },
  { name: 'sex', label: 'Sex', labels: sex_labels },
  { name: 'remission', label: 'Remission of fees', labels: remission_labels },
] as const;

function words(said: Omit<Inclusion, 'known'>, field: (typeof fields)[number]): string {
  const labels: Readonly<Record<string, string>> = field.labels;
  const word = said[field.name];
  return word ? (labels[word] ?? word) : 'Not known';
}

function InclusionForm({ said, onSaved }: { said: Inclusion; onSaved: (saved: Inclusion) => void }): JSX.Element {
  const [values, setValues] = useState<Record<string, string>>({ ...Object.fromEntries(fields.map(({ name }) => [name, said[name] ?? ''])), ethnicity: said.ethnicity ?? '', as_at: isoToday() });
  const set = (name: string, value: string): void => setValues({ ...values, [name]: value });
  return (
    <ActForm submit="Save" send={async () => onSaved(await partnerApi.setInclusion(said.learner, values))} ready={values['as_at'] !== ''}>
      <Text label="As known on" type="date" value={values['as_at'] ?? ''} onValue={(value) => set('as_at', value)} hint="What is newer takes the place of what is older." />
      {fields.map(({ name, label, labels }) => (
        <Select key={name} label={label} value={values[name] ?? ''} onValue={(value) => set(name, value)} choices={choicesOf(labels, 'Nobody has said')} />
      ))}
      <Text label="Ethnicity" value={values['ethnicity'] ?? ''} onValue={(value) => set('ethnicity', value)} maxLength={60} required={false} />
    </ActForm>
  );
}

function Shown({ learner }: { learner: string }): JSX.Element {
  const asked = useAsk(() => partnerApi.inclusion(learner), `inclusion ${learner}`, []);
  const [saved, setSaved] = useState<Inclusion | null>(null);
  const [edits, setEdits] = useState(false);
  const said = saved ?? asked.data;
  if (!said) return asked.failure ? <Trouble failure={asked.failure} /> : <p class="mute">Asking…</p>;
  return (
    <>
      <p class="mute">{said.as_at ? `As known on ${fullDate(said.as_at)}.` : 'Nobody has said anything yet.'}</p>
      {said.as_at ? <Facts list={[...fields.map((field): Fact => [field.label, words(said, field)]), ['Ethnicity', said.ethnicity ?? 'Not known']]} /> : null}
      <p>
        <button type="button" class="b2" onClick={() => setEdits(true)}>
          <Icon name="pencil" />
          Change what is known
        </button>
      </p>
      {edits ? (
        <Sheet title="What is known" onClose={() => setEdits(false)}>
          <InclusionForm
            said={said}
            onSaved={(now) => {
              setSaved(now);
              setEdits(false);
            }}
          />
        </Sheet>
      ) : null}
    </>
  );
}

export function InclusionSection({ learner }: { learner: string }): JSX.Element {
  const [shown, setShown] = useState(false);
  return (
    <section class="card" aria-labelledby="inclusion-head">
      <h2 id="inclusion-head">Inclusion</h2>
      {shown ? (
        <Shown learner={learner} />
      ) : (
        <>
          <p class="mute">Free school meals, pupil premium, SEND and the like. That you looked is written down.</p>
          <p>
            <button type="button" class="b2" onClick={() => setShown(true)}>
              Show it
            </button>
          </p>
        </>
      )}
    </section>
  );
}

const columns: readonly Column<InclusionLine>[] = [
  { name: 'Learner', by: (one) => joined([one.last_name, one.name], ' '), cell: (one) => <Link href={`/learners/${one.learner}`}>{joined([one.name, one.last_name], ' ')}</Link> },
  { name: 'Disadvantaged', by: (one) => answer_labels[one.disadvantaged], cell: (one) => answer_labels[one.disadvantaged] },
  ...fields.map((field) => ({ name: field.label, by: (one: InclusionLine) => words(one, field), cell: (one: InclusionLine) => words(one, field) })),
];

/** The learners of one school behind the figure of disadvantage: for the office alone. */
export function BehindScreen({ school, period }: { school: string; period: string }): JSX.Element {
  const asked = useAsk(() => partnerApi.behind(school, period), `behind ${school} ${period}`, []);
  return (
    <>
      <PageHead
        title="Behind the figure"
        crumb={<Link href={`/reports/disadvantaged/school/${period}`}>Disadvantaged learners</Link>}
        sub={asked.data ? `${asked.data.school}, school year ${asked.data.period}. That you looked is written down.` : 'Asking…'}
      />
      <Trouble failure={asked.failure} />
      {asked.data ? <Table label="Learners behind the figure" columns={columns} items={asked.data.learners} keyOf={(one) => one.learner} first={0} empty="Nobody of this school came in that school year." /> : null}
    </>
  );
}
