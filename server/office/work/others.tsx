// others.tsx: the cards of what is no disagreement: a register that is missing, changes that were not taken, bundles behind a gap.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, joined, longDate, moment, plural } from '../../../shared/ui/format.ts';
import { useState } from 'preact/hooks';
import { cancel_cause_labels, type CancelCause } from '../../../shared/ui/generated/calls.ts';
import { Select } from '../acting.tsx';
import { api, type HeldBundles, type MissingRegister, type WaitingBundle, type WaitingChange } from '../api.ts';
import { Facts } from '../facts.tsx';
import { me } from '../live.ts';
import { Link } from '../parts.tsx';
import { Asking } from './asking.tsx';
import { TimeLine } from './matter.tsx';
import { ReasonForm } from './reason_form.tsx';
import { draftOf, setDraft } from './work.ts';

function begin(id: string, act: string): void {
  setDraft(id, { act, reason: draftOf(id)?.reason ?? '' });
}

/* ---- a register that should be closed ---- */

const canCancel = (): boolean => me.value?.roles.includes('office') ?? false;
const causes = Object.keys(cancel_cause_labels) as CancelCause[];

function Cancelling({ register, onDone }: { register: MissingRegister; onDone: () => void }): JSX.Element | null {
  const [cause, setCause] = useState<CancelCause | ''>('');
  if (draftOf(register.id)?.act !== 'cancel') return null;
  const send = async (reason: string): Promise<void> => {
    if (cause) await api.cancelMissing(register.id, cause, reason);
    onDone();
  };
  return (
    <ReasonForm id={register.id} title="It did not take place" submit="Cancel the session" common={['The tutor says so', 'The school says so']} send={send} ready={cause !== ''}>
      <Select label="Whose decision was it?" value={cause} onValue={(word) => setCause(word as CancelCause | '')} choices={[{ value: '', label: 'Choose…' }, ...causes.map((one) => ({ value: one, label: cancel_cause_labels[one] }))]} />
    </ReasonForm>
  );
}

/** It settled by itself, or by somebody else, while it was looked at. */
function Over({ title, text, register }: { title: string; text: string; register?: string }): JSX.Element {
  return (
    <>
      <div class="ch">
        <h2 tabIndex={-1}>{title}</h2>
      </div>
      <div class="notice good" role="status">
        <Icon name="circle-check" />
        <p>{text} Nothing is left to decide here.</p>
      </div>
      {register ? (
        <div class="ft">
          <Link href={`/registers/${register}`}>The register</Link>
        </div>
      ) : null}
    </>
  );
}

export function MissingCard({ register, onDone }: { register: MissingRegister; onDone: () => void }): JSX.Element {
  const now = Date.now();
  const started = register.state === 'open';
  if (register.state === 'shut') return <Over title={`${register.name} did not have to meet`} text="Its school, or everything, is closed on that day." register={register.id} />;
  if (register.state === 'closed' || register.state === 'cancelled') return <Over title={`The register of ${register.name} is ${register.state === 'closed' ? 'closed' : 'cancelled'}`} text="It settled while it was on this page." register={register.id} />;
  return (
    <>
      <div class="ch">
        <p class="ey">{joined([longDate(register.date), `${clock(register.starts)} to ${clock(register.ends)}`, register.place, register.school])}</p>
        <h2 tabIndex={-1}>{started ? `Who finishes the register of ${register.name}?` : `Where is the register of ${register.name}?`}</h2>
        <p class="mute">{started ? `It was opened, and ${register.unmarked} of ${register.of} are unmarked. It counts in no figure until it is finished.` : 'Nothing about it has reached the hub. It counts as missing, never as full attendance.'}</p>
      </div>
      <Facts
        list={[
          ['Who', register.staff_names.length > 0 ? register.staff_names.join(', ') : 'Nobody is granted this activity on that day'],
          ['Expected', plural(register.of, 'learner')],
        ]}
      />
      <section>
        <h3>Devices that may still hold it</h3>
        {register.devices.length === 0 ? <p class="mute">No device is enrolled for whoever takes it. Enrol one, or enter what happened another way.</p> : null}
        <ul class="lines">
          {register.devices.map((device) => (
            <li key={device.id}>
              <b>{device.name}</b>
              <span class="mute">{device.last_contact_at ? `last heard ${moment(device.last_contact_at, now)}` : 'never heard'}</span>
            </li>
          ))}
        </ul>
      </section>
      <p class="mute">Ask them to bring the device online, or to send an export file. If it did not take place, cancel it here with the cause: lessons owed follow from it.</p>
      <Cancelling register={register} onDone={onDone} />
      <Asking id={register.id} about="missing" questions={register.questions} may={register.can_ask} first={register.staff_names} why="who takes it" />
      <div class="ft">
        {canCancel() ? (
          <button type="button" class="b2" onClick={() => begin(register.id, 'cancel')}>
            It did not take place
          </button>
        ) : null}
        <Link href={`/registers/${register.id}`}>The register</Link>
      </div>
    </>
  );
}

/* ---- changes that were not taken ---- */

const whyReleased = ['Stood in for a colleague', 'The grant came too late', 'Checked with the author'];
const whyRejected = ['Not their register', 'Entered twice', 'The author says it was a mistake'];

function Judging({ bundle, onDone }: { bundle: WaitingBundle; onDone: () => void }): JSX.Element | null {
  const act = draftOf(bundle.id)?.act;
  const [verb, number] = (act ?? '').split(' ');
  if (verb !== 'release' && verb !== 'reject') return null;
  const change = number ? Number(number) : undefined;
  const what = change === undefined ? 'everything that waits' : `change ${change}`;
  const send = async (reason: string): Promise<void> => {
    await api.judge(verb, bundle.id, reason, change);
    onDone();
  };
  const release = verb === 'release';
  return <ReasonForm id={bundle.id} title={`${release ? 'Release' : 'Reject'} ${what}`} submit={release ? 'Release' : 'Reject'} common={release ? whyReleased : whyRejected} send={send} />;
}

const states = { waits: 'Waits', released: 'Released', rejected: 'Rejected' } as const;

function Change({ bundle, change }: { bundle: WaitingBundle; change: WaitingChange }): JSX.Element {
  const now = Date.now();
  const open = change.state === 'waits';
  return (
    <li class="change">
      <p>
        <b>Change {change.change}</b> <span class={open ? 'pill warn' : 'pill'}>{states[change.state]}</span>
        {change.author_name ? ` ${change.author_name}` : ''}
        {change.written_at ? <span class="mute">, written {moment(change.written_at, now)}</span> : null}
      </p>
      {change.says.length > 0 ? (
        <ul class="says">
          {change.says.map((text, index) => (
            <li key={index}>{text}</li>
          ))}
        </ul>
      ) : (
        <p class="mute">What it says cannot be read.</p>
      )}
      <p class="mute">{change.reason}</p>
      {change.decided_by ? (
        <p class="mute">
          {states[change.state]} by {change.decided_by}: “{change.why}”
        </p>
      ) : null}
      {open || change.releasable ? (
        <div class="acts">
          {change.releasable ? (
            <button type="button" class="b2" onClick={() => begin(bundle.id, `release ${change.change}`)}>
              Release this
            </button>
          ) : null}
          {open ? (
            <button type="button" class="b3" onClick={() => begin(bundle.id, `reject ${change.change}`)}>
              Reject this
            </button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

const authorsOf = (bundle: WaitingBundle): string[] => bundle.changes.flatMap(({ author_name: name }) => (name ? [name] : []));

export function BundleCard({ bundle, onDone }: { bundle: WaitingBundle; onDone: () => void }): JSX.Element {
  const waiting = bundle.changes.filter((change) => change.state === 'waits');
  if (bundle.changes.length === 0) return <Over title="Nothing of this bundle waits" text="It was released or rejected." />;
  return (
    <>
      <div class="ch">
        <p class="ey">{bundle.device_name ?? 'A device'}, bundle {bundle.bundle}</p>
        <h2 tabIndex={-1}>{waiting.length > 0 ? `${plural(waiting.length, 'change')} not taken: release, or reject?` : 'Nothing of this bundle waits any more'}</h2>
        <p class="mute">Received {moment(bundle.received_at, Date.now())}. The device shows that it waits for you; it keeps its own copy.</p>
      </div>
      {bundle.readable ? null : (
        <div class="notice bad">
          <Icon name="triangle-alert" />
          <p>The bundle cannot be opened with the keys of this hub, so it can only be rejected. Nothing of it is lost: its bytes stay.</p>
        </div>
      )}
      <Judging bundle={bundle} onDone={onDone} />
      <ol class="changes">
        {bundle.changes.map((change) => (
          <Change key={change.change} bundle={bundle} change={change} />
        ))}
      </ol>
      <Asking id={bundle.id} about="quarantine" questions={bundle.questions} may={bundle.can_ask} first={authorsOf(bundle)} why="who wrote it" />
      {waiting.length > 1 ? (
        <div class="ft">
          {waiting.every((change) => change.releasable) ? (
            <button type="button" class="b1" onClick={() => begin(bundle.id, 'release')}>
              Release all {waiting.length}
            </button>
          ) : null}
          <button type="button" class="b2" onClick={() => begin(bundle.id, 'reject')}>
            Reject all {waiting.length}
          </button>
        </div>
      ) : null}
    </>
  );
}

/* ---- bundles behind a gap ---- */

const whyPassed = ['The stick with it was lost', 'The device was reset', 'It cannot come any more'];

export function HeldCard({ held, onDone }: { held: HeldBundles; onDone: () => void }): JSX.Element {
  const name = held.device_name ?? 'This device';
  const range = held.first === held.last ? `number ${held.first}` : `numbers ${held.first} to ${held.last}`;
  const send = async (reason: string): Promise<void> => {
    await api.pass(held.id, reason);
    onDone();
  };
  return (
    <>
      <div class="ch">
        <p class="ey">{name}</p>
        <h2 tabIndex={-1}>Go ahead without bundle {held.missing}?</h2>
        <p class="mute">
          {plural(held.bundles, 'bundle')} ({range}) came, and number {held.missing} before {held.bundles === 1 ? 'it' : 'them'} did not. {held.bundles === 1 ? 'It waits' : 'They wait'} since {moment(held.since, Date.now())}, so that everything is taken in the order it was written.
        </p>
      </div>
      <div class="rule">
        <Icon name="scale" />
        <p>
          <b>What going ahead does:</b> what has come is taken now, and the gap is noted. If number {held.missing} comes later, it is still taken. After seven days this happens by itself, and sooner if the device goes on under new numbers.
        </p>
      </div>
      {draftOf(held.id)?.act === 'pass' ? <ReasonForm id={held.id} title={`Go ahead without bundle ${held.missing}`} submit="Go ahead" common={whyPassed} send={send} /> : null}
      <TimeLine events={held.happened} />
      <div class="ft">
        <button type="button" class="b2" onClick={() => begin(held.id, 'pass')}>
          Go ahead without it
        </button>
        <span class="fr">Ask first whether the device, or a stick, still has it</span>
      </div>
    </>
  );
}
