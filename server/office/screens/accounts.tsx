// accounts.tsx: for the administrator: who signs in at the office with which roles, and the keys of the hub's own scripts.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { moment, plural } from '../../../shared/ui/format.ts';
import { ActForm, Checks, Text, officeRoles, roleWords } from '../acting.tsx';
import { admin, type Account } from '../admin_api.ts';
import { refresh, useAsk } from '../live.ts';
import { partnerApi } from '../partners/partner_api.ts';
import { Cut, PageHead, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

interface RolesProps {
  roles: string[];
  activities: string[];
  partners: string[];
  onRoles: (roles: string[]) => void;
  onActivities: (activities: string[]) => void;
  onPartners: (partners: string[]) => void;
}

/** A partner's account names the partner it stands for, or single activities; nobody else's does. */
function Roles({ roles, activities, partners, onRoles, onActivities, onPartners }: RolesProps): JSX.Element {
  const asked = useAsk(() => admin.activities(), 'activities', []).data;
  const all = asked?.activities ?? [];
  const known = useAsk(() => partnerApi.partners(), 'partners', []).data?.partners ?? [];
  return (
    <>
      <Checks legend="Roles" choices={officeRoles} chosen={roles} onChosen={onRoles} />
      {roles.includes('partner') ? <Checks legend="The partner, with all its activities" choices={known.map((one) => ({ value: one.id, label: one.name }))} chosen={partners} onChosen={onPartners} find={known.length > 10} /> : null}
      {roles.includes('partner') ? <Checks legend="Single activities" choices={all.map((one) => ({ value: one.id, label: one.name, hint: one.school ?? undefined }))} chosen={activities} onChosen={onActivities} find /> : null}
      {roles.includes('partner') ? <Cut list={all} most={asked?.most} what="activities" /> : null}
    </>
  );
}

function AddSheet({ onClose }: { onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [roles, setRoles] = useState<string[]>(['office']);
  const [activities, setActivities] = useState<string[]>([]);
  const [partners, setPartners] = useState<string[]>([]);
  const send = async (): Promise<void> => {
    await admin.addAccount(name.trim(), password, roles, activities, partners);
    refresh('accounts');
    onClose();
  };
  return (
    <Sheet title="Another account" onClose={onClose}>
      <ActForm submit="Add" send={send} ready={name.trim() !== '' && roles.length > 0}>
        <Text label="Name to sign in with" value={name} onValue={setName} maxLength={100} />
        <Text label="First password" type="password" value={password} onValue={setPassword} autocomplete="new-password" hint="Ten characters at least. They change it themselves, and set up their second step." />
        <Roles roles={roles} activities={activities} partners={partners} onRoles={setRoles} onActivities={setActivities} onPartners={setPartners} />
      </ActForm>
    </Sheet>
  );
}

function AccountSheet({ account, onClose }: { account: Account; onClose: () => void }): JSX.Element {
  const [roles, setRoles] = useState(account.roles);
  const [activities, setActivities] = useState(account.activities);
  const [partners, setPartners] = useState(account.partners);
  const [password, setPassword] = useState('');
  const then = async (act: Promise<object>): Promise<void> => {
    await act;
    refresh('accounts');
    onClose();
  };
  return (
    <Sheet title={account.name} onClose={onClose}>
      {account.locked ? (
        <ActForm submit="Let in again" send={() => then(admin.unlockAccount(account.id))}>
          <p>Locked after too many wrong passwords or codes.</p>
        </ActForm>
      ) : null}
      <ActForm submit="Save the roles" send={() => then(admin.accountRoles(account.id, roles, activities, partners))} ready={roles.length > 0}>
        <Roles roles={roles} activities={activities} partners={partners} onRoles={setRoles} onActivities={setActivities} onPartners={setPartners} />
        <p class="mute">Whoever is signed in with this account signs in again.</p>
      </ActForm>
      <details>
        <summary>Lost password or phone</summary>
        <ActForm submit="Set it, and take the second step off" send={() => then(admin.resetAccount(account.id, password))}>
          <Text label="New password" type="password" value={password} onValue={setPassword} autocomplete="new-password" />
          <p>Be sure whom you speak to. The second step is set up anew at the next sign-in.</p>
        </ActForm>
      </details>
      <details>
        <summary>End this account</summary>
        <ActForm submit="End it now" danger send={() => then(admin.endAccount(account.id))}>
          <p>Signed out everywhere, at once and for good. The name stays in the audit.</p>
        </ActForm>
      </details>
    </Sheet>
  );
}

const columns = (open: (one: Account) => void): readonly Column<Account>[] => [
  {
    name: 'Name',
    by: (one) => one.name,
    cell: (one) => (
      <>
        {one.ended_at ? (
          one.name
        ) : (
          <button type="button" class="b3 link" onClick={() => open(one)}>
            {one.name}
          </button>
        )}
        {one.locked ? <span class="pill bad">Locked</span> : null}
      </>
    ),
  },
  {
    name: 'Roles',
    foldsLast: true,
    by: (one) => roleWords(one.roles),
    cell: (one) => (
      <>
        {roleWords(one.roles)}
        {one.roles.includes('partner') ? <small>{one.partners.length > 0 ? plural(one.partners.length, 'partner') : plural(one.activities.length, 'activity', 'activities')}</small> : null}
      </>
    ),
  },
  {
    name: 'Second step',
    foldsLast: true,
    by: (one) => (one.ended_at ? 2 : one.second_step ? 0 : 1),
    cell: (one) => (one.ended_at ? <span class="pill">Ended</span> : one.second_step ? <span class="pill good">On</span> : <span class="pill warn">Not yet</span>),
  },
  { name: 'Last sign-in', foldsLast: true, by: (one) => one.last_at ?? 0, number: true, cell: (one) => (one.last_at ? moment(one.last_at, Date.now()) : 'Never') },
];

function Accounts(): JSX.Element {
  const asked = useAsk(() => admin.accounts(), 'accounts', ['accounts']);
  const [open, setOpen] = useState<Account | null>(null);
  const [adds, setAdds] = useState(false);
  return (
    <section aria-labelledby="accounts" class="block">
      <header class="hd">
        <h2 id="accounts">Accounts</h2>
        <button type="button" class="b1" onClick={() => setAdds(true)}>
          <Icon name="user-plus" />
          Add an account
        </button>
      </header>
      <Trouble failure={asked.failure} />
      <Table label="List of accounts" columns={columns(setOpen)} items={asked.data?.accounts ?? []} keyOf={(one) => one.id} first={0} />
      {open ? <AccountSheet account={open} onClose={() => setOpen(null)} /> : null}
      {adds ? <AddSheet onClose={() => setAdds(false)} /> : null}
    </section>
  );
}

function KeySheet({ onClose }: { onClose: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<string[]>(['lead']);
  const [key, setKey] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setKey((await admin.addKey(name.trim(), roles)).key);
    refresh('accounts');
  };
  return (
    <Sheet title={key ? 'Copy it now' : 'A key for a script'} onClose={onClose}>
      {key ? (
        <>
          <p class="typed key-text">{key}</p>
          <p>It is not shown again. A script sends it as “Authorization: Bearer …”; the file at /api says what it may ask.</p>
        </>
      ) : (
        <ActForm submit="Make the key" send={send} ready={name.trim() !== '' && roles.length > 0}>
          <Text label="What it is for" value={name} onValue={setName} maxLength={100} />
          <Checks legend="It may do what this role may" choices={officeRoles.filter((one) => one.value !== 'admin' && one.value !== 'partner')} chosen={roles} onChosen={setRoles} />
        </ActForm>
      )}
    </Sheet>
  );
}

function Keys(): JSX.Element {
  const asked = useAsk(() => admin.keys(), 'keys', ['accounts']);
  const [adds, setAdds] = useState(false);
  const now = Date.now();
  const holding = asked.data?.keys.filter((one) => !one.revoked_at) ?? [];
  return (
    <section aria-labelledby="keys" class="block">
      <header class="hd">
        <h2 id="keys">Keys of scripts</h2>
        <button type="button" class="b2" onClick={() => setAdds(true)}>
          <Icon name="key-round" />
          Make a key
        </button>
      </header>
      <Trouble failure={asked.failure} />
      {holding.length === 0 ? <p class="mute">None. A script of the hub’s own asks with a key instead of a password.</p> : null}
      <ul class="grants">
        {holding.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.name}</b>
              <small>
                {roleWords(one.roles)}, made {moment(one.created_at, now)}
              </small>
            </span>
            <ActForm
              submit="Revoke"
              send={async () => {
                await admin.revokeKey(one.id);
                refresh('accounts');
              }}
            >
              {null}
            </ActForm>
          </li>
        ))}
      </ul>
      {adds ? <KeySheet onClose={() => setAdds(false)} /> : null}
    </section>
  );
}

export function AccountsScreen(): JSX.Element {
  return (
    <>
      <PageHead title="Accounts and keys" sub="Who signs in at the office. Tutors and leaders sign in on devices: see Staff." />
      <Accounts />
      <Keys />
    </>
  );
}
