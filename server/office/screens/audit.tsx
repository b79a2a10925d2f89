// audit.tsx: who did what, when and from where; filtered, page by page, and as a file for a spreadsheet.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { Select, Text } from '../acting.tsx';
import { admin, type AuditEntry, type AuditFilter } from '../admin_api.ts';
import { useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';

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
  'item.ask': 'Asked somebody about a matter',
  'question.answer': 'Answered a question',
  'bundle.release': 'Gave up waiting for a bundle',
  'quarantine.release': 'Took a waiting change',
  'quarantine.reject': 'Refused a waiting change',
  'visit.correct': 'Corrected a school visit',
  'export.visits': 'Took school visits as a file',
  'import.read': 'Looked at an import beside what the hub holds',
  'rollover.read': 'Looked at a new school year',
  'import.apply': 'Applied an import',
  'import.undo': 'Took an import back',
  'report.rows': 'Opened the rows behind a figure',
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
  'survey.add': 'Asked for a survey',
  'survey.receive': 'Recorded a survey',
  'hub.restored': 'Noticed that the hub was restored',
  'office.apply': 'Changed rows',
  'export.registers': 'Took registers as a file',
  'export.audit': 'Took an extract of the audit',
  'device.offer': 'Made a code for a device',
  'device.enrol': 'Was enrolled',
  'device.digits-compared': 'Compared the six digits',
  'device.file': 'Brought in a file from a device',
  'device.readmit': 'Came back to a hub that did not know it',
  'device.approve': 'Took a device back',
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

/** A read names what was read by its id: the page leads there, and says no name. */
function Detail({ entry }: { entry: AuditEntry }): JSX.Element {
  const id = entry.detail ?? '';
  if (entry.action === 'learner.read') return <Link href={`/learners/${id}`}>Open the learner</Link>;
  if (entry.action === 'register.read') return <Link href={`/registers/${id}`}>Open the register</Link>;
  return <span class="typed">{id}</span>;
}

function Entries({ filter, onWho }: { filter: AuditFilter; onWho: (entry: AuditEntry) => void }): JSX.Element {
  const [before, setBefore] = useState<number[]>([]);
  const after = before.at(-1) ?? null;
  const asked = useAsk(() => admin.audit(filter, after), `${JSON.stringify(filter)} ${after}`, []);
  const entries = asked.data?.entries ?? [];
  const next = asked.data?.next;
  return (
    <>
      <Trouble failure={asked.failure} />
      <div class="scroll" role="region" aria-label="Audit" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {['When', 'Who', 'What', 'Detail', 'From'].map((head) => (
                <th scope="col" class="plain" key={head}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.number}>
                <td class="time">{when.format(entry.at)}</td>
                <td>
                  <button type="button" class="b3 link" aria-label={`Only ${entry.who_name ?? 'this one'}`} onClick={() => onWho(entry)}>
                    {entry.who_name ?? 'Unknown'}
                  </button>
                </td>
                <td>{words[entry.action] ?? entry.action}</td>
                <td>
                  <Detail entry={entry} />
                </td>
                <td>{entry.address ?? 'The hub’s machine'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked.data && entries.length === 0 ? <p class="mute">Nothing of that kind was done in that time.</p> : null}
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
      <header class="hd">
        <div>
          <h1>Audit</h1>
          <Whole />
        </div>
        <a class="b2" href={admin.extractAddress(filter)} download="audit.csv">
          <Icon name="download" />
          Extract as CSV
        </a>
      </header>
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
