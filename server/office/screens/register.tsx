// register.tsx: one register as the office sees it: who marked what, when, on which device, and what was said before.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, datedDay, joined, moment, totalsWords } from '../../../shared/ui/format.ts';
import { register_state_labels } from '../../../shared/ui/generated/calls.ts';
import { api, type MarkVersion, type OfficeRegister, type OfficeRow } from '../api.ts';
import { me, useAsk } from '../live.ts';
import { ActivityLink, Empty, Link, Mark, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { StatePill } from './today.tsx';

const order = ['none', 'AU', 'AN', 'SE', 'L', 'P'];
function Version({ version, contested, now }: { version: MarkVersion; contested: boolean; now: number }): JSX.Element {
  const past = contested ? 'Set aside, not lost' : 'Replaced';
  return (
    <li>
      <p>
        <Mark code={version.code} arrived={version.arrived} /> {version.in_use ? <span class="pill good">In use now</span> : <span class="pill">{past}</span>}
      </p>
      <p class="mute">
        {version.author_name ?? 'Somebody'}, {version.device_name ?? 'the office'}. Written {moment(version.written_at, now)}, received {moment(version.received_at, now)}.
        {version.amend_reason ? ` Reason: ${version.amend_reason}` : ''}
      </p>
    </li>
  );
}

type Placed = OfficeRow & { place: number };

/** Beside the name: what stands on the mark besides its code. */
function extra(row: OfficeRow): string {
  return [row.departed !== null && row.departed !== undefined ? `Left ${clock(row.departed)}` : '', row.comment ?? '', row.amend_reason ? `Amended: ${row.amend_reason}` : ''].filter((part) => part).join(' · ');
}

interface HistoryProps {
  row: OfficeRow;
  open: boolean;
  onOpen: () => void;
}

function HistoryButton({ row, open, onOpen }: HistoryProps): JSX.Element | null {
  if (row.history.length === 0) return null;
  return (
    <button type="button" class="b3" aria-expanded={open} aria-controls={open ? `history-${row.learner}` : undefined} aria-label={`History of ${row.name}: ${row.history.length}`} onClick={onOpen}>
      <Icon name={open ? 'chevron-down' : 'chevron-right'} />
      {row.history.length}
    </button>
  );
}

// The hub sends the rows in score order; that is what sorting by section means.
function columns(now: number, history: (row: OfficeRow) => JSX.Element): readonly Column<Placed>[] {
  return [
    { name: 'Section', folds: true, by: (row) => row.place, cell: (row) => row.section ?? '' },
    {
      name: 'Name',
      by: (row) => row.name,
      names: true,
      cell: (row) => (
        <>
          <Link href={`/learners/${row.learner}`}>{row.name}</Link>
          {extra(row) ? <small>{extra(row)}</small> : null}
        </>
      ),
    },
    {
      name: 'Mark',
      by: (row) => order.indexOf(row.code ?? 'none'),
      cell: (row) => (
        <span class="with-act">
          <Mark code={row.code} arrived={row.arrived} />
          {row.conflict ? <span class="pill warn">Two answers</span> : null}
          {history(row)}
        </span>
      ),
    },
    { name: 'Marked by', folds: true, by: (row) => row.author_name ?? '', cell: (row) => row.author_name ?? '' },
    { name: 'Device', folds: true, by: (row) => row.device_name ?? '', cell: (row) => row.device_name ?? '' },
    { name: 'Written', folds: true, by: (row) => row.written_at ?? 0, number: true, cell: (row) => (row.written_at ? moment(row.written_at, now) : '') },
    { name: 'Received', folds: true, by: (row) => row.received_at ?? 0, number: true, cell: (row) => (row.received_at ? moment(row.received_at, now) : '') },
  ];
}

function History({ row, now }: { row: OfficeRow; now: number }): JSX.Element {
  return (
    <ol class="tl" id={`history-${row.learner}`}>
      {row.history.map((version) => (
        <Version key={`${version.written_at}-${version.device_name ?? ''}-${version.code ?? ''}`} version={version} contested={row.conflict} now={now} />
      ))}
    </ol>
  );
}

/** Whom to ask, and on which devices it may be, stands where it is waited for. */
function Untouched({ register }: { register: OfficeRegister }): JSX.Element {
  // The safeguarding lead sees of Reconcile only where a child may be missing.
  const sees = me.value?.roles.some((role) => role === 'office' || role === 'admin');
  return (
    <>
      <p class="mute">Nobody has touched this register yet. It appears here as soon as a device sends it.</p>
      {register.state === 'missing' && sees ? (
        <p>
          <Link href={`/reconcile/missing#${register.session}`}>Where it may be, and whom to ask</Link>
        </p>
      ) : null}
    </>
  );
}

function Body({ register }: { register: OfficeRegister }): JSX.Element {
  const now = Date.now();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const flip = (learner: string): void => setOpen(new Set(open.has(learner) ? [...open].filter((one) => one !== learner) : [...open, learner]));
  const history = (row: OfficeRow): JSX.Element => <HistoryButton row={row} open={open.has(row.learner)} onOpen={() => flip(row.learner)} />;
  return (
    <>
      <div class="sum">
        <StatePill state={register.state} status={register.status} closure={register.closure} />
        <p>
          {register.totals.of > 0 || register.headcount === 0 ? (
            <>
              <b>{totalsWords(register.totals)}</b> of {register.totals.of}
              {register.headcount > 0 ? '; ' : ''}
            </>
          ) : null}
          {register.headcount > 0 ? `${register.headcount.toLocaleString('en-GB')} counted in the room, without names` : ''}
        </p>
      </div>
      {register.entries_removed ? (
        <div class="notice">
          <Icon name="hourglass" />
          <p>The marks of this day are past the period of the retention schedule: those that are not here were removed. That the register was taken stays; figures of that year are in saved reports.</p>
        </div>
      ) : null}
      <Table
        label="Marks"
        columns={columns(now, history).filter(({ name }) => name !== 'Section' || register.rows.some((row) => row.section))}
        items={register.rows.map((row, place) => ({ ...row, place }))}
        keyOf={(row) => row.learner}
        {...(register.rows.some((row) => row.section) ? { first: 0 } : {})}
        more={(row) => (open.has(row.learner) ? <History row={row} now={now} /> : null)}
        empty={
          <Empty icon="users" title="Nobody is enrolled on this day">
            Enrol learners on the activity’s page, or import enrolments; they reach the devices with the next sync.
          </Empty>
        }
      />
      <section class="card" aria-labelledby="what-happened">
        <h2 id="what-happened">What happened</h2>
        {register.register_history.length === 0 ? (
          <Untouched register={register} />
        ) : (
          <ol class="tl">
            {register.register_history.map((event) => (
              <li key={`${event.written_at}-${event.state}`}>
                <p>
                  <b>{register_state_labels[event.state]}</b>
                  {event.reason ? `: ${event.reason}` : ''}
                </p>
                <p class="mute">
                  {moment(event.written_at, now)}, {event.author_name ?? 'somebody'}, {event.device_name ?? 'the office'}
                </p>
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  );
}

export function RegisterScreen({ session }: { session: string }): JSX.Element {
  const asked = useAsk(() => api.register(session), session, [`register:${session}`]);
  const register = asked.data;
  return (
    <>
      <PageHead
        title={register?.name ?? 'Register'}
        crumb={<Link href="/today">Today</Link>}
        sub={register ? joined([`${datedDay(register.date)}, ${clock(register.starts)} to ${clock(register.ends)}`, register.place, register.school, register.staff_names?.join(', ')]) : 'Asking…'}
      >
        {register && me.value?.role !== 'partner' ? <ActivityLink id={register.activity} /> : null}
      </PageHead>
      <Trouble failure={asked.failure} />
      {register ? <Body register={register} /> : null}
    </>
  );
}
