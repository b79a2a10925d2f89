// people.tsx: staff of the hub: names and roles, what each is granted and until when, cover with its dates, and leaving.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { isoToday, joined, plural, spanWords } from '../../../shared/ui/format.ts';
import { saysOneOf } from '../../../shared/ui/names.ts';
import { ActForm, Checks, Find, Select, SureButton, Text, fieldRoles, roleWords } from '../acting.tsx';
import { admin, type Granted, type Member, type MemberDetail } from '../admin_api.ts';
import { refresh, useAsk } from '../live.ts';
import { Cut, Empty, Link, PageHead, Trouble } from '../parts.tsx';
import { useSaid } from '../kept.ts';
import { Table, type Column } from '../table.tsx';

const columns = (open: (id: string) => void): readonly Column<Member>[] => [
  {
    name: 'Name',
    by: (one) => one.name,
    cell: (one) => (
      <>
        <button type="button" class="b3 link" onClick={() => open(one.id)}>
          {one.name}
        </button>
        <small>{one.email}</small>
      </>
    ),
  },
  { name: 'Roles', foldsLast: true, by: (one) => roleWords(one.roles), cell: (one) => roleWords(one.roles) },
  { name: 'Activities', foldsLast: (one) => one.grants > 0, by: (one) => one.grants, number: true, cell: (one) => one.grants },
  { name: 'Devices', foldsLast: (one) => one.devices > 0, by: (one) => one.devices, number: true, cell: (one) => one.devices },
  { name: 'State', by: (one) => one.status, cell: (one) => (one.status === 'active' ? <span class="pill good">Works here</span> : <span class="pill">Left</span>) },
];

function MemberForm({ member, onSaved }: { member: Member | null; onSaved: (saved: MemberDetail) => void }): JSX.Element {
  const [name, setName] = useState(member?.name ?? '');
  const [email, setEmail] = useState(member?.email ?? '');
  const known = fieldRoles.map((one) => one.value);
  const [roles, setRoles] = useState<string[]>(member?.roles.filter((role) => known.includes(role)) ?? ['tutor']);
  const [version, setVersion] = useState(member?.version); // as the form was filled from, whatever comes meanwhile
  const send = async (): Promise<void> => {
    const saved = await admin.saveMember(member?.id ?? null, { name: name.trim(), email: email.trim(), roles, version });
    setVersion(saved.version);
    refresh('staff');
    onSaved(saved);
  };
  return (
    <ActForm submit={!member ? 'Add' : member.status === 'left' ? 'Take back' : 'Save'} send={send} ready={name.trim() !== '' && roles.length > 0}>
      <Text label="Name" value={name} onValue={setName} maxLength={200} />
      <Text label="E-mail" type="email" value={email} onValue={setEmail} maxLength={254} required={false} />
      <Checks legend="Role in the field" choices={fieldRoles} chosen={roles} onChosen={setRoles} />
    </ActForm>
  );
}

/** Now, or from a day to come; one that was taken back before it began is of no day. */
const isHeld = ({ starts, ends }: Granted): boolean => !ends || (ends > isoToday() && ends > starts);

function GrantForm({ member, onSaved }: { member: MemberDetail; onSaved: () => void }): JSX.Element {
  const asked = useAsk(() => admin.activities(), 'activities', []).data;
  const activities = asked?.activities ?? [];
  const [activity, setActivity] = useState<string[]>([]);
  const [role, setRole] = useState('tutor');
  const [starts, setStarts] = useState(isoToday());
  const [ends, setEnds] = useState('');
  const send = async (): Promise<void> => {
    const [chosen] = activity;
    if (!chosen) return;
    await admin.grant(member.id, { activity: chosen, role, starts, ends });
    setActivity([]);
    setEnds('');
    onSaved();
  };
  return (
    <ActForm submit={ends ? 'Grant as cover' : 'Grant'} send={send} ready={activity.length === 1 && starts !== ''}>
      <Checks legend="Activity" choices={activities.map((one) => ({ value: one.id, label: one.name, hint: one.school ?? undefined }))} chosen={activity} onChosen={(chosen) => setActivity(chosen.slice(-1))} find />
      <Cut list={activities} most={asked?.most} what="activities" />
      <Select
        label="As"
        value={role}
        onValue={setRole}
        choices={[
          { value: 'tutor', label: 'Tutor' },
          { value: 'leader', label: 'Leader' },
          { value: 'door', label: 'At the door' },
        ]}
      />
      <div class="pair">
        <Text label="From" type="date" value={starts} onValue={setStarts} />
        <Text label="Until, for cover" type="date" value={ends} onValue={setEnds} required={false} hint="The first day without." />
      </div>
    </ActForm>
  );
}

function Grants({ member }: { member: MemberDetail }): JSX.Element {
  // One that has not begun is of no day.
  const end = async (grant: Granted): Promise<void> => {
    const today = isoToday();
    await admin.grant(member.id, { activity: grant.activity, role: grant.role, starts: grant.starts, ends: grant.starts < today ? today : grant.starts });
    refresh('staff');
  };
  const holding = member.granted.filter(isHeld);
  if (holding.length === 0) return <p class="mute">Nothing is granted: devices show {member.name} no activity.</p>;
  return (
    <ul class="grants">
      {holding.map((grant) => (
        <li key={grant.activity}>
          <span>
            <Link href={`/activities/${grant.activity}`}>{grant.name}</Link>
            <small>
              {grant.role === 'door' ? 'at the door' : grant.role}, {spanWords(grant)}
              {grant.school ? `, ${grant.school}` : ''}
            </small>
          </span>
          <SureButton words="End" of={joined([grant.name, grant.school])} sure="Yes, end it" act={() => end(grant)} />
        </li>
      ))}
    </ul>
  );
}

function MemberSheet({ id, onClose }: { id: string; onClose: () => void }): JSX.Element {
  const asked = useAsk(() => admin.member(id), `member ${id}`, ['staff']);
  const [leaves, setLeaves] = useState(false);
  const member = asked.data;
  const leave = async (): Promise<void> => {
    await admin.endMember(id);
    refresh('staff');
    onClose();
  };
  return (
    <Sheet title={member?.name ?? 'Staff'} onClose={onClose}>
      <Trouble failure={asked.failure} />
      {member ? (
        <>
          <h3>Granted</h3>
          <Grants member={member} />
          <details>
            <summary>Grant an activity, or cover with dates</summary>
            <GrantForm member={member} onSaved={() => refresh('staff')} />
          </details>
          <details>
            <summary>Name, e-mail and roles</summary>
            <MemberForm key={member.id} member={member} onSaved={() => refresh('staff')} />
          </details>
          <details open={leaves} onToggle={(event) => setLeaves(event.currentTarget.open)}>
            <summary>{member.name} has left</summary>
            <ActForm submit="End from today" danger send={leave}>
              <p>
                {plural(member.granted.filter(isHeld).length, 'grant ends', 'grants end')} today, and {plural(member.devices, 'device opens', 'devices open')} for this person only until the news comes there. What they
                recorded before counts; what they record later waits for the office.
              </p>
            </ActForm>
          </details>
        </>
      ) : null}
    </Sheet>
  );
}

export function PeopleScreen(): JSX.Element {
  const asked = useAsk(() => admin.staff(), 'staff', ['staff', 'devices']);
  const [text, setText] = useSaid('find');
  const [open, setOpen] = useState<string | null>(null);
  const [adds, setAdds] = useState(false);
  const all = asked.data?.staff ?? [];
  const found = all.filter((one) => saysOneOf(text, [one.name]));
  const none = (
    <Empty icon="users" title={all.length > 0 ? 'Nobody is called that' : 'No staff yet'}>
      {all.length > 0 ? 'Try a part of the name.' : 'Import staff from a file, or add them here one by one.'}
    </Empty>
  );
  return (
    <>
      <PageHead title="Staff" sub={asked.data ? plural(all.filter((one) => one.status === 'active').length, 'person works here', 'people work here') : 'Asking…'}>
        <div class="hd-acts">
          <Find label="Find a name" value={text} onValue={setText} />
          <button type="button" class="b1" onClick={() => setAdds(true)}>
            <Icon name="user-plus" />
            Add somebody
          </button>
        </div>
      </PageHead>
      <Trouble failure={asked.failure} />
      {asked.data ? <Table label="Staff" columns={columns(setOpen)} items={found} keyOf={(one) => one.id} first={0} empty={none} /> : null}
      {open ? <MemberSheet id={open} onClose={() => setOpen(null)} /> : null}
      {adds ? (
        <Sheet title="Somebody new" onClose={() => setAdds(false)}>
          <MemberForm
            member={null}
            onSaved={(saved) => {
              setAdds(false);
              setOpen(saved.id);
            }}
          />
        </Sheet>
      ) : null}
    </>
  );
}
