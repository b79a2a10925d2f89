// activity.tsx: one activity: what it is, who teaches it, who comes, when it meets, and what its figures are.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { clock, fullDate, isoToday, joined, longDate, plural } from '../../../shared/ui/format.ts';
import { cancel_cause_labels, family_labels, level_labels, mode_labels, register_state_labels, setting_labels } from '../../../shared/ui/generated/calls.ts';
import { Facts, type Fact } from '../facts.tsx';
import { useAsk } from '../live.ts';
import { Link, PageHead, Trouble } from '../parts.tsx';
import { addressOf } from '../reports/address.ts';
import { figureWords, hasBegun, reportApi, thisYear, type Report, type ReportSession } from '../reports/report_api.ts';
import { sees } from '../reports/table.tsx';
import { AboutForm, CloseForm, OpenForm, mayChange } from './about.tsx';
import { activityApi, type Activity } from './activity_api.ts';
import { Learners } from './learners.tsx';
import { Teachers } from './teachers.tsx';
import { Times } from './times.tsx';

function About({ activity }: { activity: Activity }): JSX.Element {
  const rows: readonly Fact[] = [
    ['Mode', activity.mode ? mode_labels[activity.mode] : null],
    ['Setting', activity.setting ? setting_labels[activity.setting] : null],
    ['Instruments', activity.family ? family_labels[activity.family] : null],
    ['Level', activity.level ? level_labels[activity.level] : null],
    ['Genre', activity.genre],
    ['School', activity.school ? <Link href={`/schools/${activity.school}`}>{activity.school_name}</Link> : null],
    ['Place', activity.place],
    ['Partner', activity.partner && activity.partner_name ? <Link href={`/partners/${activity.partner}`}>{activity.partner_name}</Link> : null],
    ['Number', activity.ref],
  ];
  return (
    <section class="card" aria-labelledby="about-head">
      <h2 id="about-head">About</h2>
      <Facts list={rows} />
    </section>
  );
}

/* ---- its meetings and figures ---- */

const meetingsShown = 5;

function outcome(one: ReportSession, today: string): { words: string; pill: string } {
  if (one.status === 'cancelled') return { words: joined(['Cancelled', one.cause ? (cancel_cause_labels[one.cause as keyof typeof cancel_cause_labels] ?? '') : ''], ': '), pill: 'pill' };
  if (one.register) return { words: `Register ${(register_state_labels[one.register as keyof typeof register_state_labels] ?? one.register).toLowerCase()}`, pill: one.register === 'closed' ? 'pill good' : 'pill warn' };
  if (one.closure) return { words: `Closed: ${one.closure}`, pill: 'pill' };
  if (one.date < today) return { words: 'Missing', pill: 'pill bad' };
  return hasBegun(one) ? { words: 'No word yet', pill: 'pill warn' } : { words: 'To come', pill: 'pill' };
}

function MeetingLines({ list }: { list: readonly ReportSession[] }): JSX.Element {
  const today = isoToday();
  return (
    <ul class="lines">
      {list.map((one) => {
        const { words, pill } = outcome(one, today);
        return (
          <li key={one.session} class="middle">
            <span>
              <Link href={`/registers/${one.session}`}>{`${longDate(one.date)}, ${clock(one.starts)}`}</Link> <span class="mute">{joined([one.staff, one.here + one.away > 0 ? `${one.here} here, ${one.away} away` : ''])}</span>
            </span>
            <span class={pill}>{words}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** The next few and the last few; all of them are a page of their own. */
function Meetings({ activity }: { activity: Activity }): JSX.Element {
  const asked = useAsk(() => reportApi.sessions(activity.id, thisYear()), `sessions ${activity.id}`, ['today', 'activities'], 2000);
  const all = [...(asked.data?.sessions ?? [])].sort((a, b) => a.date.localeCompare(b.date) || a.starts - b.starts);
  const before = all.filter(hasBegun).slice(-meetingsShown).reverse();
  const coming = all.filter((one) => !hasBegun(one)).slice(0, meetingsShown);
  return (
    <section class="card" aria-labelledby="meetings-head">
      <h2 id="meetings-head">Meetings</h2>
      <Trouble failure={asked.failure} />
      {all.length === 0 && !asked.failure ? <p class="mute">{asked.data ? 'None this school year.' : 'Asking…'}</p> : null}
      {coming.length > 0 ? <h3>Next</h3> : null}
      <MeetingLines list={coming} />
      {before.length > 0 ? <h3>Last</h3> : null}
      <MeetingLines list={before} />
      {all.length > 0 ? (
        <p>
          <Link href={`/reports/sessions/${activity.id}/${thisYear()}`}>{`All ${all.length.toLocaleString('en-GB')} of this school year`}</Link>
        </p>
      ) : null}
    </section>
  );
}

const figuresOf = ['attendance', 'punctuality', 'completeness', 'owed'];

/** The same sums as under Reports, of this activity alone. */
function Figures({ activity }: { activity: Activity }): JSX.Element {
  const school = activity.school ?? 'none';
  const known = useAsk(() => reportApi.reports(), 'reports', []);
  const shown = (known.data?.reports ?? []).filter(({ name, by }) => figuresOf.includes(name) && by.includes('activity'));
  const names = shown.map(({ name }) => name).join(' ');
  const asked = useAsk(() => Promise.all(shown.map(({ name }) => reportApi.table(name, 'activity', thisYear(), school))), `figures ${activity.id} ${school} ${names}`, ['today'], 10_000);
  const words = (report: Report): string => {
    const row = asked.data?.find((table) => table.report === report.name)?.rows.find(({ id }) => id === activity.id);
    if (!row) return asked.data ? 'No figure' : 'Asking…';
    return joined([figureWords(report.shape, row), report.shape === 'rate' && row.whole ? `of ${row.whole.toLocaleString('en-GB')}` : ''], ' ');
  };
  return (
    <section class="card" aria-labelledby="figures-head">
      <h2 id="figures-head">Figures of this school year</h2>
      <Trouble failure={known.failure ?? asked.failure} />
      <Facts list={shown.map((report) => [<Link href={addressOf({ report: report.name, by: 'activity', period: thisYear(), school })}>{report.title}</Link>, words(report)])} />
    </section>
  );
}

/* ---- the page ---- */

type Open = 'about' | 'close' | 'open' | null;

function standing(activity: Activity): string {
  const ends = activity.ends ? `${activity.ends > isoToday() ? 'ends' : 'ended'} ${fullDate(activity.ends)}` : '';
  return joined([activity.mode ? mode_labels[activity.mode] : '', joined([activity.place, activity.school_name]), activity.learner_count === undefined ? '' : plural(activity.learner_count, 'learner'), ends]);
}

function Acts({ activity, onOpen }: { activity: Activity; onOpen: (open: Open) => void }): JSX.Element {
  return (
    <div class="hd-acts">
      <button type="button" class="b2" onClick={() => onOpen('about')}>
        <Icon name="pencil" />
        Change
      </button>
      {activity.ends ? (
        <button type="button" class="b2" onClick={() => onOpen('open')}>
          <Icon name="undo-2" />
          Open again
        </button>
      ) : (
        <button type="button" class="b2" onClick={() => onOpen('close')}>
          <Icon name="calendar-x" />
          Close it
        </button>
      )}
    </div>
  );
}

export function ActivityPage({ id }: { id: string }): JSX.Element {
  const asked = useAsk(() => activityApi.activity(id), `activity ${id}`, ['activities', 'work'], 2000);
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const activity = asked.data;
  return (
    <>
      <PageHead title={activity?.name ?? 'Activity'} crumb={<Link href="/activities">Activities</Link>} sub={activity ? standing(activity) : asked.failure ? undefined : 'Asking…'}>
        {activity && mayChange() ? <Acts activity={activity} onOpen={setOpen} /> : null}
      </PageHead>
      <Trouble failure={asked.failure} />
      {activity ? (
        <>
          <div class="two">
            <div class="stack">
              <About activity={activity} />
              <Teachers activity={activity} />
              {sees() ? <Figures activity={activity} /> : null}
            </div>
            <div class="stack">
              <Times activity={activity} />
              {sees() ? <Meetings activity={activity} /> : null}
            </div>
          </div>
          {activity.learners ? <Learners activity={activity} list={activity.learners} /> : null}
        </>
      ) : null}
      {activity && open ? (
        <Sheet title={open === 'about' ? 'Change the activity' : open === 'close' ? `Close ${activity.name}?` : `Open ${activity.name} again?`} onClose={close}>
          {open === 'about' ? <AboutForm was={activity} onSaved={close} /> : open === 'close' ? <CloseForm activity={activity} onDone={close} /> : <OpenForm activity={activity} onDone={close} />}
        </Sheet>
      ) : null}
    </>
  );
}
