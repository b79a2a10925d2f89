// sessions.tsx: the sessions behind the figure of one activity; each leads to its register, where the rows are.
import type { JSX } from 'preact';
import { clock, longDate, plural } from '../../../shared/ui/format.ts';
import { cancel_cause_labels, register_state_labels, session_status_labels } from '../../../shared/ui/generated/calls.ts';
import { useAsk } from '../live.ts';
import { ActivityLink, Link, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';
import { reportApi, type ReportSession } from './report_api.ts';

const wordOf = (labels: Readonly<Record<string, string>>, word: string | null | undefined): string => (word ? (labels[word] ?? word) : '');

function State({ one }: { one: ReportSession }): JSX.Element {
  const notice = one.notice_days != null ? `, ${plural(one.notice_days, 'day')} of notice` : '';
  return (
    <>
      {wordOf(session_status_labels, one.status)}
      {one.closure ? <small>{`Closed: ${one.closure}`}</small> : null}
      {one.cause ? <small>{`${wordOf(cancel_cause_labels, one.cause)}${notice}`}</small> : null}
      {one.register ? <small>{`Register ${wordOf(register_state_labels, one.register).toLowerCase()}`}</small> : null}
      {one.makeup ? <small>A make-up</small> : null}
    </>
  );
}

const columns: readonly Column<ReportSession>[] = [
  { name: 'Session', by: (one) => `${one.date} ${clock(one.starts)}`, cell: (one) => <Link href={`/registers/${one.session}`}>{`${longDate(one.date)}, ${clock(one.starts)}`}</Link> },
  { name: 'Tutor', by: (one) => one.staff ?? '', cell: (one) => one.staff },
  { name: 'State', by: (one) => one.status, cell: (one) => <State one={one} /> },
  { name: 'Here', by: (one) => one.here, number: true, cell: (one) => one.here },
  { name: 'Away', by: (one) => one.away, number: true, cell: (one) => one.away },
];

export function SessionsScreen({ activity, period }: { activity: string; period: string }): JSX.Element {
  const asked = useAsk(() => reportApi.sessions(activity, period), `sessions ${activity} ${period}`, ['today'], 2000);
  const sessions = asked.data?.sessions ?? [];
  return (
    <>
      <PageHead title={sessions[0]?.activity ?? 'Sessions'} crumb={<Link href="/reports">Reports</Link>} sub={asked.data ? plural(sessions.length, 'session') : 'Asking…'}>
        <ActivityLink id={activity} />
      </PageHead>
      <Trouble failure={asked.failure} />
      {asked.data ? <Table label="Sessions" columns={columns} items={sessions} keyOf={(one) => one.session} first={0} empty="No session of this period is recorded yet. Go back, and choose another period." /> : null}
    </>
  );
}
