// about.tsx: what an activity is, entered or changed; closing it on a day, with what that would do; opening it again.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { fullDate, isoToday, joined, moment, plural } from '../../../shared/ui/format.ts';
import { family_labels, level_labels, mode_labels, setting_labels } from '../../../shared/ui/generated/calls.ts';
import { ActForm, Select, Text, TextArea } from '../acting.tsx';
import { me, refresh, useAsk } from '../live.ts';
import { Trouble } from '../parts.tsx';
import { choicesOf } from '../partners/partner_api.ts';
import { Pick } from '../plan/pick.tsx';
import { activityApi, type ActivityInput, type ActivityLine, type Closing } from './activity_api.ts';

export const mayChange = (): boolean => me.value?.roles.includes('office') ?? false;

export function told(): void {
  for (const topic of ['activities', 'today', 'staff']) refresh(topic);
}

export function AboutForm({ was, onSaved }: { was: ActivityLine | null; onSaved: (id: string) => void }): JSX.Element {
  const [shown] = useState(was); // as the form was filled from, whatever comes meanwhile
  const [input, setInput] = useState<ActivityInput>({
    name: was?.name ?? '',
    ref: was?.ref ?? '',
    mode: was?.mode ?? '',
    setting: was?.setting ?? '',
    family: was?.family ?? '',
    level: was?.level ?? '',
    genre: was?.genre ?? '',
    school: was?.school ?? '',
    place: was?.place ?? '',
    partner: was?.partner ?? '',
  });
  const set = (part: Partial<ActivityInput>): void => setInput({ ...input, ...part });
  const send = async (): Promise<void> => {
    const saved = await activityApi.save(shown, { ...input, name: input.name.trim(), genre: input.genre.trim(), place: input.place.trim(), ref: input.ref.trim() });
    told();
    onSaved(saved.id);
  };
  return (
    <ActForm submit={was ? 'Save' : 'Add'} send={send} ready={input.name.trim() !== '' && input.mode !== ''}>
      <Text label="Name" value={input.name} maxLength={200} onValue={(name) => set({ name })} />
      <div class="pair">
        <Select label="Mode" value={input.mode} onValue={(mode) => set({ mode })} choices={choicesOf(mode_labels, 'Choose one')} />
        <Select label="Setting" value={input.setting} onValue={(setting) => set({ setting })} choices={choicesOf(setting_labels, 'Not said')} />
      </div>
      <div class="pair">
        <Select label="Instrument family" value={input.family} onValue={(family) => set({ family })} choices={choicesOf(family_labels, 'Not said')} />
        <Select label="Level" value={input.level} onValue={(level) => set({ level })} choices={choicesOf(level_labels, 'Not said')} />
      </div>
      <div class="pair">
        <Text label="Genre" value={input.genre} maxLength={60} required={false} onValue={(genre) => set({ genre })} />
        <Text label="Place" value={input.place} maxLength={120} required={false} onValue={(place) => set({ place })} />
      </div>
      <Pick label="School" help="" of="school" value={input.school} name={was?.school_name ?? ''} needed={false} onValue={(school) => set({ school })} />
      <Pick label="Partner" help="Whose it is, beside the hub’s." of="partner" value={input.partner} name={was?.partner_name ?? ''} needed={false} onValue={(partner) => set({ partner })} />
      {was ? null : <Text label="Your number for it" value={input.ref} maxLength={64} required={false} onValue={(ref) => set({ ref })} hint="As lists and other systems call it; it stays as it is. Empty: it gets one." />}
    </ActForm>
  );
}

/* ---- closing ---- */

function whatEnds(one: Closing): string {
  const parts = [one.enrolments ? plural(one.enrolments, 'enrolment') : '', one.grants ? plural(one.grants, 'grant') : ''];
  const ends = joined(parts, ' and ');
  const off = one.meetings ? `${plural(one.meetings, 'planned meeting')} from that day on ${one.meetings === 1 ? 'is' : 'are'} taken off the timetable` : 'no meeting is planned from that day on';
  return `${ends ? `${ends} ${one.enrolments + one.grants === 1 ? 'ends' : 'end'}` : 'Nobody’s enrolment or grant ends'}, and ${off}. What was recorded stays, and counts.`;
}

/** Whose work of a device is not in yet, and what it waits for. */
function outstanding({ unreceived, held, quarantined }: Closing['devices'][number]): string {
  return joined([
    unreceived ? `${plural(unreceived, 'bundle')} not here yet` : '',
    held ? `${plural(held, 'bundle waits', 'bundles wait')} for an earlier one` : '',
    quarantined ? `${plural(quarantined, 'change waits', 'changes wait')} for the office` : '',
  ]);
}

/** Devices send what they have before they lose an activity; one that has not been heard of for long may still hold some of it. */
function Stranded({ closing }: { closing: Closing }): JSX.Element | null {
  if (closing.devices.length === 0) return null;
  const now = Date.now();
  return (
    <div>
      <p>
        <b>{plural(closing.devices.length, 'device loses it', 'devices lose it')},</b> and first {closing.devices.length === 1 ? 'hands' : 'hand'} over what was written on {closing.devices.length === 1 ? 'it' : 'them'}:
      </p>
      <ul class="lines">
        {closing.devices.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.name}</b> <span class="mute">{one.last_contact_at ? `last here ${moment(one.last_contact_at, now)}` : 'never here yet'}</span>
            </span>
            <span class={outstanding(one) ? 'pill warn' : 'pill good'}>{outstanding(one) || 'Nothing outstanding'}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function CloseForm({ activity, onDone }: { activity: ActivityLine; onDone: () => void }): JSX.Element {
  const [shown] = useState(activity);
  const [date, setDate] = useState(isoToday());
  const [reason, setReason] = useState('');
  const asked = useAsk(() => activityApi.closing(activity.id, date || isoToday()), `closing ${activity.id} ${date}`, ['work'], 2000);
  // Of no day nothing is known.
  const closing = date ? asked.data : null;
  const send = async (): Promise<void> => {
    await activityApi.close(shown, date, reason.trim());
    told();
    onDone();
  };
  return (
    <ActForm submit={date ? `Close on ${fullDate(date)}` : 'Close'} danger send={send} ready={date !== '' && reason.trim() !== '' && closing !== null && closing.held === 0}>
      <Text label="First day without it" type="date" value={date} onValue={setDate} />
      <Trouble failure={date ? asked.failure : null} />
      {closing && closing.held > 0 ? (
        <p class="bad-text" role="alert">{`${plural(closing.held, 'meeting')} from that day on ${closing.held === 1 ? 'was' : 'were'} held: choose a later day.`}</p>
      ) : null}
      {closing && closing.held === 0 ? <p>{whatEnds(closing)}</p> : null}
      {closing && closing.held === 0 ? <Stranded closing={closing} /> : null}
      <TextArea label="Why?" value={reason} maxLength={300} required onValue={setReason} />
    </ActForm>
  );
}

export function OpenForm({ activity, onDone }: { activity: ActivityLine; onDone: () => void }): JSX.Element {
  const [shown] = useState(activity);
  const [reason, setReason] = useState('');
  const send = async (): Promise<void> => {
    await activityApi.open(shown, reason.trim());
    told();
    onDone();
  };
  return (
    <ActForm submit="Open it again" send={send} ready={reason.trim() !== ''}>
      <p>Whoever’s enrolment or grant ended because it was closed{activity.ends ? ` on ${fullDate(activity.ends)}` : ''} is back; who had ended by themselves is not. Meetings that were taken off do not come back: plan them again.</p>
      <TextArea label="Why?" value={reason} maxLength={300} required onValue={setReason} />
    </ActForm>
  );
}
