// teachers.tsx: who teaches or leads an activity, from when until when: whose devices hold it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { isoToday, plural, spanWords } from '../../../shared/ui/format.ts';
import { grant_role_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Select, Text } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { me } from '../live.ts';
import { CardHead } from '../parts.tsx';
import { choicesOf } from '../partners/partner_api.ts';
import { Pick } from '../plan/pick.tsx';
import { told } from './about.tsx';
import { isOver, type Activity, type ActivityStaff } from './activity_api.ts';

/** Whoever names devices' people grants what is on them. */
const mayGrant = (): boolean => ['office', 'admin'].some((role) => me.value?.roles.includes(role));

/** One that was taken back before it began is of none. */
const isOfADay = ({ starts, ends }: ActivityStaff): boolean => !(ends && ends <= starts);

function GrantForm({ activity, onDone }: { activity: Activity; onDone: () => void }): JSX.Element {
  const [staff, setStaff] = useState('');
  const [role, setRole] = useState<string>(activity.mode === 'ensemble' ? 'leader' : 'tutor');
  const [starts, setStarts] = useState(isoToday());
  const [ends, setEnds] = useState('');
  const send = async (): Promise<void> => {
    await admin.grant(staff, { activity: activity.id, role, starts, ends });
    told();
    onDone();
  };
  // One person has one grant of an activity.
  const held = activity.staff.find((one) => one.staff === staff && isOfADay(one) && !(one.ends && one.ends <= isoToday()));
  return (
    <ActForm submit={ends ? 'Grant as cover' : 'Grant'} send={send} ready={staff !== '' && starts !== ''}>
      <Pick label="Who" help="" of="staff" value={staff} name="" needed onValue={setStaff} />
      <Select label="As" value={role} onValue={setRole} choices={choicesOf(grant_role_labels)} />
      <div class="pair">
        <Text label="From" type="date" value={starts} onValue={setStarts} />
        <Text label="Until, for cover" type="date" value={ends} onValue={setEnds} required={false} hint="The first day without." />
      </div>
      <p role="status">{held ? `${held.name} has it already: ${grant_role_labels[held.role].toLowerCase()}, ${spanWords(held)}. This takes its place.` : ''}</p>
    </ActForm>
  );
}

function EndForm({ activity, one, onDone }: { activity: Activity; one: ActivityStaff; onDone: () => void }): JSX.Element {
  const [ends, setEnds] = useState(isoToday() > one.starts ? isoToday() : one.starts);
  const send = async (): Promise<void> => {
    await admin.grant(one.staff, { activity: activity.id, role: one.role, starts: one.starts, ends });
    told();
    onDone();
  };
  return (
    <ActForm submit="End" danger send={send} ready={ends !== ''}>
      <Text label="First day without" type="date" value={ends} onValue={setEnds} />
      <p class="mute">Their devices send what was written, and then hold no more of it. What they recorded before counts.</p>
    </ActForm>
  );
}

function Lines({ list, onEnd }: { list: readonly ActivityStaff[]; onEnd: ((one: ActivityStaff) => void) | null }): JSX.Element {
  return (
    <ul class="lines">
      {list.map((one) => (
        <li key={one.staff} class="middle">
          <span>
            <b>{one.name}</b> <span class="mute">{`${grant_role_labels[one.role].toLowerCase()}, ${spanWords(one)}`}</span>
          </span>
          {onEnd ? (
            <button type="button" class="b3" onClick={() => onEnd(one)}>
              End<span class="vh"> the grant of {one.name}</span>
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

export function Teachers({ activity }: { activity: Activity }): JSX.Element {
  const [open, setOpen] = useState<'new' | ActivityStaff | null>(null);
  const close = (): void => setOpen(null);
  const past = activity.staff.filter((one) => one.ends && one.ends <= isoToday() && isOfADay(one));
  const now = activity.staff.filter((one) => !past.includes(one) && isOfADay(one));
  return (
    <section class="card" aria-labelledby="teachers-head">
      <CardHead id="teachers-head" title="Who teaches it" add={mayGrant() && !isOver(activity)} what="Grant it" onAdd={() => setOpen('new')} />
      {now.length === 0 ? <p class="mute">Nobody: no device shows it, and no register is taken.</p> : null}
      <Lines list={now} onEnd={mayGrant() ? setOpen : null} />
      {past.length > 0 ? (
        <details>
          <summary>{plural(past.length, 'earlier one', 'earlier ones')}</summary>
          <Lines list={past} onEnd={null} />
        </details>
      ) : null}
      {open ? (
        <Sheet title={open === 'new' ? `Who teaches ${activity.name}?` : `End the grant of ${open.name}?`} onClose={close}>
          {open === 'new' ? <GrantForm activity={activity} onDone={close} /> : <EndForm activity={activity} one={open} onDone={close} />}
        </Sheet>
      ) : null}
    </section>
  );
}
