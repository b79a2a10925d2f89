// register.tsx: one register as the office sees it: who marked what, when, on which device, and what was said before.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, longDate, moment, totalsWords } from '../../../shared/ui/format.ts';
import { register_state_labels } from '../../../shared/ui/generated/calls.ts';
import { api, type MarkVersion, type OfficeRegister, type OfficeRow } from '../api.ts';
import { useAsk } from '../live.ts';
import { Link, Mark, Trouble, useSorted, type Column } from '../parts.tsx';
import { StatePill } from './today.tsx';

const order = ['none', 'AU', 'AN', 'SE', 'L', 'P'];
const columns: readonly Column<OfficeRow & { place: number }>[] = [
  { name: 'Section', value: (row) => row.place },
  { name: 'Name', value: (row) => row.name },
  { name: 'Mark', value: (row) => order.indexOf(row.code ?? 'none') },
  { name: 'Marked by', value: (row) => row.author_name ?? '' },
  { name: 'Device', value: (row) => row.device_name ?? '' },
  { name: 'Written', value: (row) => row.written_at ?? 0, number: true },
  { name: 'Received', value: (row) => row.received_at ?? 0, number: true },
];

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

function Row({ row, now }: { row: OfficeRow; now: number }): JSX.Element {
  const [open, setOpen] = useState(false);
  const id = `history-${row.learner}`;
  const extra = [
    row.departed !== null && row.departed !== undefined ? `Left ${clock(row.departed)}` : '',
    row.comment ?? '',
    row.amend_reason ? `Amended: ${row.amend_reason}` : '',
  ].filter((part) => part);
  return (
    <>
      <tr>
        <td>{row.section ?? ''}</td>
        <th scope="row">
          <Link href={`/learners/${row.learner}`}>{row.name}</Link>
          {extra.length > 0 ? <small>{extra.join(' · ')}</small> : null}
        </th>
        <td>
          <Mark code={row.code} arrived={row.arrived} />
          {row.conflict ? <span class="pill warn">Two answers</span> : null}
        </td>
        <td>{row.author_name ?? ''}</td>
        <td>{row.device_name ?? ''}</td>
        <td class="num">{row.written_at ? moment(row.written_at, now) : ''}</td>
        <td class="num">
          {row.received_at ? moment(row.received_at, now) : ''}
          {row.history.length > 0 ? (
            <button type="button" class="b3" aria-expanded={open} aria-controls={id} aria-label={`History of ${row.name}: ${row.history.length}`} onClick={() => setOpen(!open)}>
              <Icon name={open ? 'chevron-down' : 'chevron-right'} />
              {row.history.length}
            </button>
          ) : null}
        </td>
      </tr>
      {open ? (
        <tr class="more-row" id={id}>
          <td colSpan={7}>
            <ol class="tl">
              {row.history.map((version) => (
                <Version key={`${version.written_at}-${version.device_name ?? ''}-${version.code ?? ''}`} version={version} contested={row.conflict} now={now} />
              ))}
            </ol>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Body({ register }: { register: OfficeRegister }): JSX.Element {
  const now = Date.now();
  // The hub sends the rows in score order; that is what sorting by section means.
  const { items, head } = useSorted(
    register.rows.map((row, place) => ({ ...row, place })),
    columns,
  );
  return (
    <>
      <div class="sum">
        <StatePill state={register.state} status={register.status} />
        <p>
          <b>{totalsWords(register.totals)}</b> of {register.totals.of}
        </p>
      </div>
      {register.rows.length === 0 ? (
        <div class="empty">
          <Icon name="users" />
          <h2>Nobody is enrolled on this day</h2>
          <p>Import enrolments for this activity; they reach the devices with the next sync.</p>
        </div>
      ) : (
        <div class="scroll" role="region" aria-label="Marks" tabIndex={0}>
          <table>
            <thead>{head}</thead>
            <tbody>
              {items.map((row) => (
                <Row key={row.learner} row={row} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <section class="card" aria-labelledby="what-happened">
        <h2 id="what-happened">What happened</h2>
        {register.register_history.length === 0 ? (
          <p class="mute">Nobody has touched this register yet. It appears here as soon as a device sends it.</p>
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
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href="/today">Today</Link>
          </p>
          <h1>{register?.name ?? 'Register'}</h1>
          {register ? (
            <p>
              {longDate(register.date)}, {clock(register.starts)} to {clock(register.ends)}
              {register.place ? `, ${register.place}` : ''}
              {register.school ? `, ${register.school}` : ''}
            </p>
          ) : null}
        </div>
      </header>
      <Trouble failure={asked.failure} />
      {register ? <Body register={register} /> : null}
    </>
  );
}
