// activities.tsx: everything that meets, narrowed by school, mode, setting, term and by what is lacking; and entering another activity.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, isoToday, joined } from '../../../shared/ui/format.ts';
import { mode_labels, setting_labels } from '../../../shared/ui/generated/calls.ts';
import { Find, Select } from '../acting.tsx';
import { useBeside, useSaid } from '../kept.ts';
import { go, me, useAsk } from '../live.ts';
import { usePages, useRested } from '../paged.ts';
import { Download, Empty, Link, PageHead, Trouble } from '../parts.tsx';
import { choicesOf } from '../partners/partner_api.ts';
import { reportApi } from '../reports/report_api.ts';
import { sees } from '../reports/table.tsx';
import { schoolsApi } from '../schools_api.ts';
import { Table, type Column } from '../table.tsx';
import { AboutForm } from './about.tsx';
import { ActivityPage } from './activity.tsx';
import { activitiesFile, activityApi, type ActivityLine, type Wanted } from './activity_api.ts';

const drawnMost = 200;
/** On a busy evening something changes each second, and this list is long. */
const restMs = 15_000;

const columns: readonly Column<ActivityLine>[] = [
  {
    name: 'Activity',
    by: (one) => one.name,
    cell: (one) => (
      <>
        <Link href={`/activities/${one.id}`}>{one.name}</Link>
        <small>{joined([one.ref, one.ends ? `${one.ends > isoToday() ? 'ends' : 'ended'} ${fullDate(one.ends)}` : ''])}</small>
      </>
    ),
  },
  { name: 'Mode', by: (one) => (one.mode ? mode_labels[one.mode] : ''), folds: true, cell: (one) => (one.mode ? mode_labels[one.mode] : '') },
  { name: 'Where', by: (one) => one.school_name ?? one.place ?? '', folds: true, cell: (one) => joined([one.place, one.school_name]) || (one.setting ? setting_labels[one.setting] : '') },
  { name: 'Tutors', by: (one) => one.tutors ?? '', folds: true, cell: (one) => one.tutors ?? <span class="pill warn">Nobody</span> },
  { name: 'Learners', by: (one) => one.learner_count ?? 0, number: true, cell: (one) => one.learner_count },
  { name: 'Meetings', by: (one) => one.meeting_count, number: true, folds: true, cell: (one) => one.meeting_count },
];

/** What a role is not told, and what was not asked for, has no column. A press on a head would sort the page that is here, and not the list. */
function columnsOf(inTerm: boolean, isPage: boolean): readonly Column<ActivityLine>[] {
  const told = columns.filter(({ name }) => (name !== 'Learners' || sees()) && (name !== 'Meetings' || inTerm));
  return isPage ? told.map(({ by: _, ...rest }) => rest) : told;
}

interface Narrowed {
  wanted: Wanted;
  term: string;
  choices: JSX.Element;
}

const modes = choicesOf(mode_labels, 'All modes');
const settings = choicesOf(setting_labels, 'All settings');
/** What stands in the address as `show`, and what the hub is asked by it. */
const shows: readonly { value: string; label: string; without: string; when: string }[] = [
  { value: '', label: 'What goes on', without: '', when: '' },
  { value: 'no-staff', label: 'Without a tutor', without: 'staff', when: '' },
  { value: 'no-learners', label: 'Without learners', without: 'learners', when: '' },
  { value: 'ended', label: 'What has ended', without: '', when: 'ended' },
  { value: 'all', label: 'All there ever was', without: '', when: 'all' },
];

/** Everything but what is typed stands in the address, so that it may be sent to a colleague. */
function useNarrowed(find: string): Narrowed {
  const [school, setSchool] = useSaid('school');
  const [mode, setMode] = useSaid('mode');
  const [setting, setSetting] = useSaid('setting');
  const [term, setTerm] = useSaid('term');
  const [show, setShow] = useSaid('show');
  const schools = useAsk(() => schoolsApi.schools(), 'schools', []).data?.schools ?? [];
  const terms = useAsk(() => reportApi.reports(), 'reports', []).data?.terms ?? [];
  const of = terms.find(({ from }) => from === term);
  const shown = shows.filter(({ without }) => without !== 'learners' || sees());
  const { without, when } = shown.find(({ value }) => value === show) ?? { without: '', when: '' };
  const choices = (
    <div class="choices even">
      <Select label="Show" value={show} onValue={setShow} choices={shown} />
      <Select label="School" value={school} onValue={setSchool} choices={[{ value: '', label: 'All schools' }, { value: 'none', label: 'At no school' }, ...schools.map(({ id, name }) => ({ value: id, label: name }))]} />
      <Select label="Mode" value={mode} onValue={setMode} choices={modes} />
      <Select label="Setting" value={setting} onValue={setSetting} choices={settings} />
      <Select label="Meets in" value={term} onValue={setTerm} choices={[{ value: '', label: 'Any term' }, ...terms.map(({ name, from }) => ({ value: from, label: name }))]} />
    </div>
  );
  return { wanted: { find, school, mode, setting, from: of?.from ?? '', to: of?.to ?? '', without, when }, term, choices };
}

function Nothing({ narrowed, may }: { narrowed: boolean; may: boolean }): JSX.Element {
  if (narrowed) {
    return (
      <Empty icon="search" title="No activity is like that">
        Try a part of the name, or fewer conditions.
      </Empty>
    );
  }
  return (
    <Empty icon="music" title="Nothing meets yet">
      {may ? (
        <>
          <Link href="/import">Import activities</Link> from a file, with their enrolments and timetable, or enter them here one by one.
        </>
      ) : (
        'The office enters what meets.'
      )}
    </Empty>
  );
}

function List(): JSX.Element {
  const [find, setFind] = useBeside('find');
  const rested = useRested(find.trim());
  const { wanted, term, choices } = useNarrowed(rested);
  const [adds, setAdds] = useState(false);
  const { pages, failure, more } = usePages((after) => activityApi.list(wanted, after), `activities ${JSON.stringify(wanted)}`, ['work', 'activities'], restMs);
  const found = pages[0];
  const list = pages.flatMap(({ activities }) => activities);
  const may = me.value?.roles.includes('office') ?? false;
  const total = found?.total ?? 0;
  return (
    <>
      <PageHead title="Activities" live sub={found ? (total === 1 ? '1 activity' : `${total.toLocaleString('en-GB')} activities`) : 'Asking…'}>
        <div class="hd-acts">
          <Find label="Name, school or tutor" value={find} onValue={setFind} />
          {may ? (
            <button type="button" class="b1" onClick={() => setAdds(true)}>
              <Icon name="plus" />
              Add an activity
            </button>
          ) : null}
        </div>
      </PageHead>
      {choices}
      <Trouble failure={failure} />
      {found ? (
        <Table label="Activities" columns={columnsOf(term !== '', more !== null)} items={list} keyOf={(one) => one.id} first={more ? undefined : 0} most={drawnMost} empty={<Nothing narrowed={Object.values(wanted).some(Boolean)} may={may} />} />
      ) : null}
      {more ? (
        <p class="table-rest">
          {`The first ${list.length.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')} are here, by name.`}
          <button type="button" class="b3" onClick={more}>
            Show more
          </button>
        </p>
      ) : null}
      {list.length > 0 ? (
        <p class="files">
          <Download href={activitiesFile(wanted, 'csv')}>CSV</Download>
          <Download href={activitiesFile(wanted, 'xlsx')}>Excel</Download>
          <Link href="/timetable">Timetable of the week</Link>
          {wanted.find ? <span class="mute">A file has the whole list, whatever is looked for by name.</span> : null}
        </p>
      ) : null}
      {adds ? (
        <Sheet title="Another activity" onClose={() => setAdds(false)}>
          <AboutForm was={null} onSaved={(id) => go(`/activities/${id}`)} />
        </Sheet>
      ) : null}
    </>
  );
}

export function ActivitiesScreen({ id }: { id: string | undefined }): JSX.Element {
  return id ? <ActivityPage key={id} id={id} /> : <List />;
}
