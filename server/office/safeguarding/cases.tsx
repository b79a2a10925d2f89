// cases.tsx: absences that nobody explained, and the door against the register: what must be looked at now.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, datedDay, joined, longDate, moment, plural } from '../../../shared/ui/format.ts';
import { call_outcome_labels } from '../../../shared/ui/generated/calls.ts';
import { api, type AbsenceCase, type CaseState, type DoorAlert } from '../api.ts';
import { useAsk } from '../live.ts';
import { Link, Mark, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

export const caseStates: Readonly<Record<CaseState, { name: string; tone: string }>> = {
  open: { name: 'Not explained', tone: 'bad' },
  explained: { name: 'Explained', tone: 'good' },
  ended: { name: 'Ended', tone: 'good' },
  handed_over: { name: 'Handed over', tone: 'info' },
};

export function CasePill({ state }: { state: CaseState }): JSX.Element {
  const { name, tone } = caseStates[state];
  return (
    <span class={`pill ${tone}`}>
      {state === 'open' ? <Icon name="triangle-alert" /> : null}
      {name}
    </span>
  );
}

export function caseWhere(one: AbsenceCase): string {
  return joined([one.activity, one.school, one.date ? datedDay(one.date) : null, one.starts === null || one.starts === undefined ? null : clock(one.starts)]);
}

const atDoor = (one: AbsenceCase): boolean => one.door_in !== null && one.door_in !== undefined;

const columns: readonly Column<AbsenceCase>[] = [
  {
    name: 'Who',
    by: (one) => one.name ?? '',
    cell: (one) => (
      <>
        <Link href={`/safeguarding/${one.id}`}>{one.name ?? 'Erased since'}</Link>
        <small>{caseWhere(one)}</small>
      </>
    ),
  },
  {
    name: 'State',
    foldsLast: true,
    plain: 'first',
    by: (one) => caseStates[one.state].name,
    cell: (one) => (
      <>
        <CasePill state={one.state} />
        {one.outcome ? <small>{one.outcome}</small> : null}
        {one.held ? <small>Held: cannot be erased</small> : null}
      </>
    ),
  },
  {
    name: 'Known',
    class: 'known',
    folds: true,
    by: (one) => (atDoor(one) ? -1 : one.calls),
    cell: (one) => (
      <>
        {atDoor(one) ? <b class="bad-text">At the door at {clock(one.door_in ?? 0)}</b> : null}
        {one.calls > 0 ? <small>{`${plural(one.calls, 'call')}${one.last_call ? `: ${call_outcome_labels[one.last_call].toLowerCase()}` : ''}`}</small> : <span class="mute">No call yet</span>}
      </>
    ),
  },
  { name: 'Taken by', folds: (one) => one.taken_by != null, by: (one) => one.taken_by ?? '', cell: (one) => one.taken_by ?? <span class="mute">Nobody</span> },
  { name: 'Opened', folds: true, by: (one) => one.opened_at, number: true, cell: (one) => moment(one.opened_at, Date.now()) },
];

/** Of a hub that has let them stand, more is asked for. */
const drawnAtOnce = 100;

function CaseTable({ cases, label, empty }: { cases: readonly AbsenceCase[]; label: string; empty?: string }): JSX.Element {
  return <Table label={label} columns={columns} items={cases} keyOf={(one) => one.id} rowClass="case" most={drawnAtOnce} empty={empty} />;
}

function Alert({ one }: { one: DoorAlert }): JSX.Element {
  return (
    <li class="notice bad">
      <Icon name="door-open" />
      <p>
        <b>
          <Link href={`/registers/${one.session}`}>{one.name ?? 'Somebody'}</Link>
        </b>{' '}
        signed in at the door at {one.door_in === null || one.door_in === undefined ? 'some time' : clock(one.door_in)} on {longDate(one.date)}, and in {one.activity ?? 'the register'} is <Mark code={one.code} />
      </p>
    </li>
  );
}

export function Cases(): JSX.Element {
  const asked = useAsk(() => api.cases(), 'cases', ['work'], 1000);
  const held = asked.data;
  const open = held?.cases.filter((one) => one.state === 'open') ?? [];
  const over = held?.cases.filter((one) => one.state !== 'open') ?? [];
  return (
    <section class="stack" aria-labelledby="cases-head">
      <h2 id="cases-head">Unexplained absences</h2>
      <Trouble failure={asked.failure} />
      {held && held.alerts.length > 0 ? (
        <ul class="stack" aria-label="The door against the register">
          {held.alerts.map((one) => (
            <Alert key={`${one.session}${one.learner}`} one={one} />
          ))}
        </ul>
      ) : null}
      {held && open.length < held.open ? <p>{`The latest ${open.length} of ${held.open.toLocaleString('en-GB')} that are open: the others follow as these are explained or ended.`}</p> : null}
      {held ? <CaseTable cases={open} label="Open cases" empty="Nobody is away without a word in a closed register." /> : null}
      {over.length > 0 ? (
        <details>
          <summary>{plural(over.length, 'case')} explained, ended or handed over</summary>
          <CaseTable cases={over} label="Cases that are over" />
        </details>
      ) : null}
    </section>
  );
}
