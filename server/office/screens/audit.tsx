// audit.tsx: who did what, when and from where; filtered, page by page, and as a file for a spreadsheet.
import { Fragment, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { Select, Text } from '../acting.tsx';
import { admin, type AuditEntry, type AuditFilter } from '../admin_api.ts';
import { useAsk } from '../live.ts';
import { Download, Link, PageHead, Trouble } from '../parts.tsx';
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

const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Europe/London' });

/** Where the page of each kind is. */
const pageOf: Readonly<Record<string, (id: string) => string>> = {
  learner: (id) => `/learners/${id}`,
  session: (id) => `/registers/${id}`,
  school: (id) => `/schools/${id}`,
  partner: (id) => `/partners/${id}`,
  case: (id) => `/safeguarding/${id}`,
  activity: (id) => `/activities/${id}`,
};

function Part({ part }: { part: AuditEntry['says'][number] }): JSX.Element {
  const page = part.id && part.kind ? pageOf[part.kind] : undefined;
  return page ? <Link href={page(part.id ?? '')}>{part.text}</Link> : <>{part.text}</>;
}

/** What a thing is called is asked when somebody looks, and is not in the audit. */
function Detail({ entry }: { entry: AuditEntry }): JSX.Element {
  return (
    <>
      {entry.says.map((part, at) => (
        <Fragment key={at}>
          {at > 0 ? ', ' : ''}
          <Part part={part} />
        </Fragment>
      ))}
      {entry.reason ? <small>“{entry.reason}”</small> : null}
      {entry.reason_erased ? <small>The reason was erased with whom it was about.</small> : null}
    </>
  );
}

// Page by page: sorting one of them would say something else than it seems to.
const columns = (onWho: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] => [
  { name: 'When', foldsLast: true, plain: 'first', class: 'time', cell: (entry) => when.format(entry.at) },
  {
    name: 'Who',
    foldsLast: true,
    cell: (entry) => (
      <button type="button" class="b3 link" aria-label={`Only ${entry.who_name ?? 'this one'}`} onClick={() => onWho(entry)}>
        {entry.who_name ?? 'Unknown'}
      </button>
    ),
  },
  { name: 'What', names: true, cell: (entry) => entry.what },
  { name: 'About', foldsLast: (entry) => entry.says.length > 0 || Boolean(entry.reason) || Boolean(entry.reason_erased), cell: (entry) => <Detail entry={entry} /> },
  { name: 'From', folds: true, cell: (entry) => entry.address ?? 'The hub’s machine' },
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
