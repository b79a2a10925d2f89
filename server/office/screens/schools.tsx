// schools.tsx: the schools with their last visit; one school: what is taught, agreed, planned and owed there, and what was seen on visits.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, joined, plural } from '../../../shared/ui/format.ts';
import { saysOneOf } from '../../../shared/ui/names.ts';
import { award_labels, mode_labels, rag_labels, visit_status_labels, type Award, type Rag } from '../../../shared/ui/generated/calls.ts';
import { visitItems, visitPriorities } from '../../../shared/ui/visit.ts';
import { ActForm, Find, Select } from '../acting.tsx';
import { follow, me, refresh, useAsk } from '../live.ts';
import { AgreedSheet, Agreements, Surveys, type OpenAgreed } from '../partners/agreed.tsx';
import type { Side } from '../partners/partner_api.ts';
import { Cut, Download, Empty, Link, PageHead, Trouble } from '../parts.tsx';
import { PlanPlace } from '../plan/place.tsx';
import { reportApi, thisYear } from '../reports/report_api.ts';
import { addressOf } from '../reports/address.ts';
import { Table, type Column } from '../table.tsx';
import { useSaid } from '../kept.ts';
import { Closures } from '../schools/closures.tsx';
import { Contracts } from '../schools/contracts.tsx';
import { schoolsApi, type OfficeVisit, type School, type SchoolLine } from '../schools_api.ts';

const columns: readonly Column<SchoolLine>[] = [
  {
    name: 'School',
    by: (one) => one.name,
    cell: (one) => (
      <>
        <Link href={`/schools/${one.id}`}>{one.name}</Link>
        {one.urn ? <small>URN {one.urn}</small> : null}
      </>
    ),
  },
  { name: 'Phase', foldsLast: true, by: (one) => one.phase ?? '', cell: (one) => one.phase ?? '' },
  { name: 'Area', foldsLast: true, by: (one) => one.area ?? '', cell: (one) => one.area ?? '' },
  { name: 'Activities', foldsLast: true, by: (one) => one.activity_count, number: true, cell: (one) => one.activity_count },
  { name: 'Last visit', foldsLast: true, by: (one) => one.last_visit ?? '', number: true, cell: (one) => (one.last_visit ? fullDate(one.last_visit) : <span class="mute">Never</span>) },
  { name: 'Award', foldsLast: true, by: (one) => (one.award ? award_labels[one.award] : ''), cell: (one) => (one.award ? award_labels[one.award] : '') },
];

function List({ schools, text }: { schools: readonly SchoolLine[]; text: string }): JSX.Element {
  const found = schools.filter((one) => saysOneOf(text, [one.name]) || (one.urn ?? '').startsWith(text.trim()));
  const none = (
    <Empty icon="school" title={schools.length > 0 ? 'No school is called that' : 'No schools yet'}>
      {schools.length > 0 ? 'Try a part of the name, or the beginning of the URN.' : 'The office imports schools from a file: name, URN, phase and area.'}
    </Empty>
  );
  return <Table label="Schools" columns={columns} items={found} keyOf={(one) => one.id} first={0} empty={none} />;
}

export function SchoolsScreen(): JSX.Element {
  const asked = useAsk(() => schoolsApi.schools(), 'schools', ['work'], 2000);
  const [text, setText] = useSaid('find');
  const schools = asked.data?.schools;
  return (
    <>
      <PageHead title="Schools" sub={schools ? `${plural(schools.length, 'school')}, ${schools.filter((one) => one.visit_count > 0).length} of them visited` : 'Asking…'}>
        <div class="hd-acts">
          <Find label="Find by name or URN" value={text} onValue={setText} />
          <a class="b2" href={addressOf({ report: 'coverage', by: 'area', period: thisYear(), school: null })} onClick={follow}>
            <Icon name="trending-up" />
            Coverage
          </a>
        </div>
      </PageHead>
      <Trouble failure={asked.failure} />
      {schools ? <Cut list={schools} most={asked.data?.most} what="schools" /> : null}
      {schools ? <List schools={schools} text={text} /> : null}
    </>
  );
}

// ---- one school ----

function Owed({ school }: { school: School }): JSX.Element {
  const asked = useAsk(() => reportApi.table('owed', 'activity', thisYear(), school.id), `owed ${school.id}`, ['today'], 5000);
  if (asked.failure) return <p class="mute">Your role sees what is owed as a sum, under Reports.</p>;
  const total = asked.data?.total;
  if (!total) return <p class="mute">Asking…</p>;
  return (
    <p>
      <span class="big">{total.part ?? 0}</span> of {plural(total.whole ?? 0, 'lesson')} due this school year
    </p>
  );
}

/** What is agreed with the school, signed by both, and what it is asked each term. */
function Agreed({ school }: { school: School }): JSX.Element {
  const [open, setOpen] = useState<OpenAgreed | null>(null);
  const side: Side = { id: school.id, name: school.name, word: 'school', agreements: school.agreements, surveys: school.surveys };
  return (
    <>
      <Agreements side={side} onOpen={setOpen} />
      <Surveys side={side} onOpen={setOpen} />
      {open ? <AgreedSheet side={side} open={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function Facts({ school }: { school: School }): JSX.Element {
  return (
    <div class="stack">
      <Contracts school={school} />
      <Closures school={school.id} from={`${thisYear()}-09-01`} />
      <section class="card" aria-labelledby="owed-head">
        <h2 id="owed-head">Lessons owed</h2>
        <Owed school={school} />
        <p>
          <a class="b3" href={addressOf({ report: 'owed', by: 'activity', period: thisYear(), school: school.id })} onClick={follow}>
            By activity
          </a>
        </p>
      </section>
      <Agreed school={school} />
    </div>
  );
}

function Taught({ school }: { school: School }): JSX.Element {
  return (
    <section class="card" aria-labelledby="taught-head">
      <h2 id="taught-head">Activities</h2>
      {school.activities.length === 0 ? <p class="mute">Nothing meets at this school now.</p> : null}
      <ul class="lines">
        {school.activities.map((one) => (
          <li key={one.id}>
            <Link href={`/activities/${one.id}`}>{one.name}</Link>
            <span class="mute">{joined([one.mode ? mode_labels[one.mode] : '', one.learners === undefined ? '' : plural(one.learners, 'learner')])}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const rags = Object.keys(rag_labels) as Rag[];
const awards = Object.keys(award_labels) as Award[];
const ragPills: Readonly<Record<Rag, string>> = { red: 'bad', amber: 'warn', green: 'good' };

/** A choice of the words, of which the first says that there is none yet. */
function choicesOf<T extends string>(words: readonly T[], labels: Readonly<Record<T, string>>): { value: string; label: string }[] {
  return [{ value: '', label: 'Not said' }, ...words.map((value) => ({ value, label: labels[value] }))];
}

function Correct({ visit, onDone }: { visit: OfficeVisit; onDone: () => void }): JSX.Element {
  const [colours, setColours] = useState(() => new Map(visitItems.map(({ key }) => [key, visit[key] ?? ''])));
  const [award, setAward] = useState<string>(visit.award ?? '');
  const send = async (): Promise<void> => {
    const changed = visitItems.flatMap(({ key }) => {
      const now = rags.find((rag) => rag === colours.get(key));
      return now && now !== visit[key] ? [[key, now] as const] : [];
    });
    const given = awards.find((one) => one === award);
    await schoolsApi.correct(visit.id, { ...Object.fromEntries(changed), ...(given && given !== visit.award ? { award: given } : {}) });
    refresh('work');
    onDone();
  };
  return (
    <Sheet title="Correct this visit" onClose={onDone}>
      <ActForm submit="Correct" send={send}>
        <p>Its visitor sees the correction. What was there before stays in the history.</p>
        {visitItems.map(({ key, label }) => (
          <Select key={key} label={label} value={colours.get(key) ?? ''} onValue={(value) => setColours(new Map(colours).set(key, value))} choices={choicesOf(rags, rag_labels)} />
        ))}
        <Select label="Award" value={award} onValue={setAward} choices={choicesOf(awards, award_labels)} />
      </ActForm>
    </Sheet>
  );
}

function VisitCard({ visit, onCorrect }: { visit: OfficeVisit; onCorrect: (() => void) | null }): JSX.Element {
  const words = visitPriorities.map((key) => visit[key]).filter((one) => one);
  return (
    <section class="card" aria-labelledby={`visit-${visit.id}`}>
      <h3 id={`visit-${visit.id}`}>
        {fullDate(visit.date)}
        {visit.staff ? `, ${visit.staff}` : ''}
      </h3>
      <p class="pills">
        <span class={visit.status === 'final' ? 'pill good' : 'pill warn'}>{visit_status_labels[visit.status]}</span>
        {visit.award ? <span class="pill info">{award_labels[visit.award]}</span> : null}
        {!visit.award && visit.proposed ? <span class="pill">Proposed: {award_labels[visit.proposed]}</span> : null}
      </p>
      {visit.conflict ? (
        <div class="notice bad">
          <Icon name="scale" />
          <p>
            It was written in two ways. <Link href="/reconcile/conflicts">Both stand under Reconcile</Link>, and one of them is to be chosen.
          </p>
        </div>
      ) : null}
      <dl class="rag-list">
        {visitItems.map(({ key, label }) => {
          const rag = visit[key];
          return (
            <div key={key}>
              <dt>{label}</dt>
              <dd>{rag ? <span class={`pill ${ragPills[rag]}`}>{rag_labels[rag]}</span> : <span class="mute">Not said</span>}</dd>
            </div>
          );
        })}
      </dl>
      {words.length > 0 ? (
        <ol>
          {words.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ol>
      ) : null}
      {visit.summary ? <p class="said-text">{visit.summary}</p> : null}
      {onCorrect ? (
        <p>
          <button type="button" class="b3" onClick={onCorrect} aria-label={`Correct the visit of ${fullDate(visit.date)}`}>
            <Icon name="pencil" />
            Correct
          </button>
        </p>
      ) : null}
    </section>
  );
}

function Visits({ school }: { school: School }): JSX.Element {
  const [correcting, correct] = useState<OfficeVisit | null>(null);
  const may = me.value?.roles.includes('office') ?? false;
  return (
    <>
      {school.visits.length === 0 ? (
        <section class="card" aria-labelledby="visits-head">
          <h2 id="visits-head">Visits</h2>
          <p class="mute">Nobody has visited yet. Whoever is office or hub lead among the staff writes a visit on their own phone.</p>
        </section>
      ) : (
        <h2>Visits</h2>
      )}
      {school.visits.map((one) => (
        <VisitCard key={one.id} visit={one} onCorrect={may && one.status === 'final' ? () => correct(one) : null} />
      ))}
      {correcting ? <Correct visit={correcting} onDone={() => correct(null)} /> : null}
    </>
  );
}

export function SchoolScreen({ id }: { id: string }): JSX.Element {
  const asked = useAsk(() => schoolsApi.school(id), `school ${id}`, ['work'], 1000);
  const school = asked.data;
  return (
    <>
      <PageHead title={school?.name ?? 'School'} crumb={<Link href="/schools">Schools</Link>} sub={school ? joined([school.phase, school.area, school.la, school.urn ? `URN ${school.urn}` : '']) : 'Asking…'}>
        {school && school.visits.length > 0 ? (
          <div class="hd-acts">
            <Download href={schoolsApi.visitsFile(id, 'csv')}>Visits, CSV</Download>
            <Download href={schoolsApi.visitsFile(id, 'xlsx')}>Visits, Excel</Download>
          </div>
        ) : null}
      </PageHead>
      <Trouble failure={asked.failure} />
      {school ? (
        <div class="two">
          <Facts school={school} />
          <div class="stack">
            <Taught school={school} />
            <Visits school={school} />
            <PlanPlace of="school" id={school.id} name={school.name} />
          </div>
        </div>
      ) : null}
    </>
  );
}
