// audit.tsx: who did what, when and from where; filtered, page by page, and as a file for a spreadsheet.
import { Fragment, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { Select, Text } from '../acting.tsx';
import { admin, type AuditEntry, type AuditFilter } from '../admin_api.ts';
import { useAsk } from '../live.ts';
import { Download, Link, PageHead, Trouble } from '../parts.tsx';
import { thisYear } from '../reports/report_api.ts';
import { Table, type Column } from '../table.tsx';

const kinds = [
  { value: '', label: 'Everything' },
  { value: 'signing-in', label: 'Signing in' },
  { value: 'reading', label: 'Reading about a child' },
  { value: 'change', label: 'Changes' },
  { value: 'export', label: 'Exports' },
  { value: 'device', label: 'Devices' },
  { value: 'people', label: 'People, accounts and keys' },
];

const words: Readonly<Record<string, string>> = {
  'sign-in': 'Signed in',
  'sign-in.refused': 'Was refused at sign-in',
  'sign-in.tried': 'Somebody unknown tried to sign in',
  'sign-out': 'Signed out',
  'second-step.on': 'Set up the second step',
  'second-step.codes': 'Made new recovery codes',
  'second-step.refused': 'Gave a wrong code or password',
  'learner.read': 'Opened a learner',
  'learners.list': 'Listed learners',
  'register.read': 'Opened a register',
  'audit.read': 'Read about learners in the audit',
  'learner.erase': 'Erased a learner',
  'concerns.read': 'Looked at the concerns',
  'cases.read': 'Looked at the absences to follow up',
  'case.read': 'Opened a case',
  'case.opened': 'Opened a case by itself',
  'case.explained': 'Closed a case by itself',
  'case.step': 'Noted a step of a case',
  'case.take': 'Took a case',
  'case.end': 'Ended a case',
  'case.reopen': 'Opened a case again',
  'case.transfer': 'Handed a case over',
  'case.receipt': 'Noted the receipt of a case',
  'session.cancel': 'Cancelled a session',
  'subject.access': 'Took everything about a learner',
  'retention.apply': 'Erased what was kept long enough',
  'learner.hold': 'Held a learner’s records',
  'item.decide': 'Decided a matter',
  'item.undo': 'Took a decision back',
  'item.read': 'Looked at a matter',
  'work.list': 'Listed what waits',
  'quarantine.read': 'Looked at waiting changes',
  'bundle.release': 'Gave up waiting for a bundle',
  'import.read': 'Looked at an import beside what the hub holds',
  'rollover.read': 'Looked at a new school year',
  'import.apply': 'Applied an import',
  'import.undo': 'Took an import back',
  'report.rows': 'Opened the rows behind a figure',
  'item.ask': 'Asked about a matter',
  'question.answer': 'Answered a question',
  'quarantine.release': 'Took a change that waited',
  'quarantine.reject': 'Rejected a change that waited',
  'visit.correct': 'Corrected a visit',
  'export.visits': 'Took visits as a file',
  'bundle.gap': 'Went ahead without a bundle',
  'device.repair': 'Sent a device everything again',
  'device.restart': 'Began a device anew',
  'hub.restore': 'Restored the hub',
  'journal.replay': 'Replayed the journal',
  'journal.skip': 'Left out an entry of the journal',
  'report.export': 'Took a report as a file',
  'owed.read': 'Looked at lessons owed',
  'writeback.save': 'Saved a mapping for another system',
  'writeback.drop': 'Dropped a mapping for another system',
  'writeback.run': 'Made a file for another system',
  'writeback.file': 'Took a file for another system',
  'snapshot.save': 'Saved a snapshot',
  'target.set': 'Set a target',
  'inclusion.read': 'Looked at a learner’s inclusion',
  'inclusion.list': 'Looked at the learners behind a figure',
  'inclusion.set': 'Said what is known of a learner',
  'inclusion.export': 'Took the yearly return',
  'disadvantage.set': 'Chose what counts as disadvantage',
  'partner.add': 'Added a partner',
  'partner.edit': 'Changed a partner',
  'partner.activity': 'Said whose an activity is',
  'agreement.add': 'Added an agreement',
  'agreement.edit': 'Changed an agreement',
  'agreement.sign': 'Recorded a signature',
  'plan.read': 'Looked at an entry of the Local Plan',
  'plan.list': 'Looked at a register of the Local Plan',
  'plan.export': 'Took a register of the Local Plan as a file',
  'plan.add': 'Wrote into the Local Plan',
  'plan.correct': 'Corrected an entry of the Local Plan',
  'plan.void': 'Took an entry of the Local Plan back',
  'survey.add': 'Asked for a survey',
  'survey.receive': 'Recorded a survey',
  'hub.restored': 'Noticed that the hub was restored',
  'office.apply': 'Changed rows',
  'export.registers': 'Took registers as a file',
  'export.notes': 'Took notes as a file',
  'export.audit': 'Took an extract of the audit',
  'device.offer': 'Made a code for a device',
  'device.enrol': 'Was enrolled',
  'device.digits-compared': 'Compared the six digits',
  'device.file': 'Brought in a file from a device',
  'device.readmit': 'Came back to a hub that did not know it',
  'device.approve': 'Took a device back',
  'device.carried': 'Carried a file of another device',
  'device.staff': 'Chose who works on a device',
  'device.revoke': 'Revoked a device',
  'device.lease': 'Renewed a lease',
  'device.lease_code': 'Made a code to unlock a device',
  'device.pin_code': 'Made a code for a forgotten PIN',
  'account.add': 'Added an account',
  'account.roles': 'Changed the roles of an account',
  'account.reset': 'Gave an account a new password',
  'account.password': 'Changed the password',
  'account.unlock': 'Let an account in again',
  'account.end': 'Ended an account',
  'user.add': 'Added an account',
  'user.unlock': 'Let an account in again',
  'user.reset': 'Gave an account a new password',
  'staff.add': 'Added a member of staff',
  'staff.edit': 'Changed a member of staff',
  'staff.end': 'Ended a member of staff',
  'staff.grant': 'Granted an activity',
  'key.add': 'Made a key',
  'key.revoke': 'Revoked a key',
};

const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Europe/London' });

/** Where the page of each kind is. */
const pageOf: Readonly<Record<string, (id: string) => string>> = {
  learner: (id) => `/learners/${id}`,
  session: (id) => `/registers/${id}`,
  school: (id) => `/schools/${id}`,
  partner: (id) => `/partners/${id}`,
  case: (id) => `/safeguarding/${id}`,
  activity: (id) => `/reports/sessions/${id}/${thisYear()}`,
};
const anId = /^[0-9a-f]{32}$/;

/** "device=…", "days=20", or an id alone. */
function Part({ entry, text }: { entry: AuditEntry; text: string }): JSX.Element {
  const [word = '', value] = text.includes('=') ? text.split('=') : ['', text];
  const about = entry.about.find(({ id }) => id === value);
  const page = about ? pageOf[about.kind] : undefined;
  if (about && page) return <Link href={page(about.id)}>{about.name ?? about.kind}</Link>;
  if (about) return <>{about.name ?? about.kind}</>;
  if (entry.action.startsWith('case.') && anId.test(text)) return <Link href={`/safeguarding/${text}`}>The case</Link>;
  // What is about nothing that has a name is the first letters of its id: enough to find it in the extract.
  if (anId.test(value ?? '')) return <span class="typed">{`${word} ${(value ?? '').slice(0, 8)}`.trim()}</span>;
  return <>{`${word.replaceAll('_', ' ')} ${value ?? ''}`.trim()}</>;
}

/** A detail is codes and ids: what they are called is asked when somebody looks, and is not in the audit. */
function Detail({ entry }: { entry: AuditEntry }): JSX.Element {
  const parts = (entry.detail ?? '').split(' ').filter((part) => part !== '');
  const coded = parts.every((part) => part.includes('=') || anId.test(part));
  if (!coded) return <span class="typed">{parts.map((part) => (anId.test(part) ? part.slice(0, 8) : part)).join(' ')}</span>;
  return (
    <>
      {parts.map((part, at) => (
        <Fragment key={at}>
          {at > 0 ? ', ' : ''}
          <Part entry={entry} text={part} />
        </Fragment>
      ))}
    </>
  );
}

// Page by page: sorting one of them would say something else than it seems to.
const columns = (onWho: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] => [
  { name: 'When', class: 'time', cell: (entry) => when.format(entry.at) },
  {
    name: 'Who',
    cell: (entry) => (
      <button type="button" class="b3 link" aria-label={`Only ${entry.who_name ?? 'this one'}`} onClick={() => onWho(entry)}>
        {entry.who_name ?? 'Unknown'}
      </button>
    ),
  },
  { name: 'What', names: true, cell: (entry) => words[entry.action] ?? entry.action },
  { name: 'Detail', cell: (entry) => <Detail entry={entry} /> },
  { name: 'From', cell: (entry) => entry.address ?? 'The hub’s machine' },
];

function Entries({ filter, onWho }: { filter: AuditFilter; onWho: (entry: AuditEntry) => void }): JSX.Element {
  const [before, setBefore] = useState<number[]>([]);
  const after = before.at(-1) ?? null;
  const asked = useAsk(() => admin.audit(filter, after), `${JSON.stringify(filter)} ${after}`, []);
  const next = asked.data?.next;
  return (
    <>
      <Trouble failure={asked.failure} />
      {asked.data ? <Table label="Audit" columns={columns(onWho)} items={asked.data.entries} keyOf={(entry) => entry.number} empty="Nothing of that kind was done in that time." /> : null}
      <div class="acts">
        {before.length > 0 ? (
          <button type="button" class="b2" onClick={() => setBefore(before.slice(0, -1))}>
            Later
          </button>
        ) : null}
        {next ? (
          <button type="button" class="b2" onClick={() => setBefore([...before, next])}>
            Earlier
          </button>
        ) : null}
      </div>
    </>
  );
}

function Whole(): JSX.Element | null {
  const check = useAsk(() => admin.auditCheck(), 'check', []).data;
  if (!check) return null;
  if (!check.broken_at) return <p>{plural(check.entries, 'entry follows', 'entries, each follows')} from the one before it: nothing was changed or taken out.</p>;
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <p>Entry {check.broken_at} does not follow from the one before it: somebody has changed the hub’s database by hand.</p>
    </div>
  );
}

export function AuditScreen(): JSX.Element {
  const [filter, setFilter] = useState<AuditFilter>({ kind: '', who: '', from: '', to: '' });
  const [who, setWho] = useState('');
  return (
    <>
      <PageHead title="Audit">
        <Download href={admin.extractAddress(filter)} name="audit.csv">
          Extract as CSV
        </Download>
      </PageHead>
      <Whole />
      <div class="filters">
        <Select label="Kind" value={filter.kind} choices={kinds} onValue={(kind) => setFilter({ ...filter, kind })} />
        <Text label="From" type="date" required={false} value={filter.from} onValue={(from) => setFilter({ ...filter, from })} />
        <Text label="To" type="date" required={false} value={filter.to} onValue={(to) => setFilter({ ...filter, to })} />
        {filter.who ? (
          <button type="button" class="b2" onClick={() => setFilter({ ...filter, who: '' })}>
            <Icon name="x" />
            Only {who}
          </button>
        ) : null}
      </div>
      <Entries
        key={JSON.stringify(filter)}
        filter={filter}
        onWho={(entry) => {
          setWho(entry.who_name ?? 'one');
          setFilter({ ...filter, who: entry.who });
        }}
      />
    </>
  );
}
