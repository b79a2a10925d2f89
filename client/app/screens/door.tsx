// door.tsx: the device on a stand at the entrance: whoever comes finds their own name and signs in; nobody sees who else is here.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, joined } from '../../../shared/ui/format.ts';
import type { ArrivalWay, DeviceStatus, DoorDone, DoorName, DoorNames } from '../../../shared/ui/generated/calls.ts';
import { atDoor, idleOf, type Idle } from '../idle.ts';
import { useOnce } from '../once.ts';
import { IdleBar } from '../parts/idle_bar.tsx';
import { LetterKeys } from '../parts/letter_keys.tsx';
import { Top } from '../parts/top.tsx';
import { call, complain, said } from '../state.ts';
import { Secret, StaffList } from './unlock.tsx';

type Step = { kind: 'find' } | { kind: 'way'; who: DoorName } | { kind: 'done'; way: ArrivalWay; done: DoorDone } | { kind: 'staff' };

const heads: Readonly<Record<Exclude<Step['kind'], 'staff'>, string>> = { find: 'Find your own name', way: 'Is that you?', done: 'Thank you' };

/** Whoever taps a name twice has not answered what the second tap falls on. */
const restMs = 400;

/** Goes back to the beginning after a while without a touch; the last seconds are shown and can be put off. */
function useIdle(active: boolean, onEnd: () => void): { idle: Idle; touch: () => void } {
  const touched = useRef(performance.now());
  const [idle, setIdle] = useState<Idle>({ left: null, over: false });
  const touch = (): void => {
    touched.current = performance.now();
    setIdle({ left: null, over: false });
  };
  useEffect(() => {
    touch();
    if (!active) return undefined;
    const timer = window.setInterval(() => {
      const next = idleOf(performance.now() - touched.current, atDoor);
      setIdle(next);
      if (next.over) onEnd();
    }, 500);
    return () => window.clearInterval(timer);
  }, [active]);
  return { idle, touch };
}

function Names({ found, onChoose }: { found: DoorNames; onChoose: (who: DoorName) => void }): JSX.Element {
  if (found.names.length === 0) return <p class="door-word">Nobody on today’s list is found by that. Type three letters of your first name, or ask a member of staff.</p>;
  return (
    <>
      <ul class="people">
        {found.names.map((who) => (
          <li key={who.learner}>
            <button type="button" class="person" onClick={() => onChoose(who)}>
              <span class="door-name">
                <b>{who.name}</b>
                {who.instrument ? <small>{who.instrument}</small> : null}
              </span>
              <Icon name="chevron-right" />
            </button>
          </li>
        ))}
      </ul>
      {found.more ? <p class="door-word">There are more. Type more letters, or a space and the first letter of your last name.</p> : null}
    </>
  );
}

interface FindProps {
  onTouch: () => void;
  onChoose: (who: DoorName, ownWay: boolean) => void;
  text: string;
  onText: (text: string) => void;
}

function Find({ text, onText, onTouch, onChoose }: FindProps): JSX.Element {
  const [found, setFound] = useState<DoorNames | null>(null);
  const asked = text.trim();
  useEffect(() => {
    let live = true;
    if (asked.length < 2) {
      setFound(null);
      return undefined;
    }
    call('door.find', { text: asked }).then(
      // Two letters may be a whole name; that they are none is no news yet.
      (answer) => live && setFound(answer.names.length === 0 && asked.length < 3 ? null : answer),
      (error: unknown) => complain(error),
    );
    return () => {
      live = false;
    };
  }, [asked]);
  const type = (next: string): void => {
    onTouch();
    onText(next);
  };
  return (
    <div class="door-find">
      <div>
        <div class="field">
          <label for="door-name">Your first name</label>
          <input id="door-name" class="input" type="text" autocomplete="off" autocapitalize="words" spellcheck={false} maxLength={60} value={text} onInput={(event) => type(event.currentTarget.value)} />
          <small>Three letters are enough. “zoe” finds Zoë.</small>
        </div>
        <LetterKeys text={text} onText={type} />
      </div>
      <div aria-live="polite">{found ? <Names found={found} onChoose={(who) => onChoose(who, found.own_way)} /> : null}</div>
    </div>
  );
}

function Way({ who, onWay, onBack }: { who: DoorName; onWay: (way: ArrivalWay) => void; onBack: () => void }): JSX.Element {
  return (
    <div class="door-done">
      <h2>{who.name}</h2>
      <button type="button" class="b1 wide" onClick={() => onWay('in')}>
        I am coming in
      </button>
      <button type="button" class="b2 wide" onClick={() => onWay('out')}>
        I am going home
      </button>
      <button type="button" class="b3 wide" onClick={onBack}>
        Not me
      </button>
    </div>
  );
}

function Done({ way, done, onUndo, onEnd }: { way: ArrivalWay; done: DoorDone; onUndo: () => void; onEnd: () => void }): JSX.Element {
  return (
    <div class="door-done">
      <p class="door-tick">
        <Icon name="circle-check" />
      </p>
      <div role="status">
        <h2>{way === 'in' ? 'Welcome' : 'Goodbye'}, {done.name}</h2>
        <p>
          Signed {way} at {clock(done.at)}, {done.session_name}.
        </p>
      </div>
      <button type="button" class="b1 wide" onClick={onEnd}>
        Done
      </button>
      <button type="button" class="b2 wide" onClick={onUndo}>
        <Icon name="undo-2" />
        Not me
      </button>
    </div>
  );
}

function Staff({ status, onBack }: { status: DeviceStatus; onBack: () => void }): JSX.Element {
  const [chosen, choose] = useState<string | null>(null);
  const who = status.staff.find((one) => one.id === chosen);
  if (who) return <Secret key={who.id} who={who} leaveDoor alone={false} onBack={() => choose(null)} />;
  return (
    <>
      <Top title="Leave the door" sub="A member of staff enters their PIN" onBack={onBack} backLabel="Back to signing in" badge={false} />
      <main class="narrow">
        <StaffList staff={status.staff} onChoose={choose} />
      </main>
    </>
  );
}

export function DoorScreen({ status }: { status: DeviceStatus }): JSX.Element {
  const [step, setStep] = useState<Step>({ kind: 'find' });
  const [text, setText] = useState('');
  const restart = (): void => {
    setText('');
    setStep({ kind: 'find' });
    said.value = null;
  };
  const { idle, touch } = useIdle(step.kind !== 'find' || text !== '', restart);
  const changed = useRef(-Infinity);
  const go = (next: Step): void => {
    touch();
    changed.current = performance.now();
    setStep(next);
  };
  const once = useOnce();
  const meant = (act: () => Promise<unknown>): void => {
    if (performance.now() - changed.current >= restMs) once(act);
  };
  const sign = (who: DoorName, way: ArrivalWay): void => once(() => call('door.sign', { learner: who.learner, way }).then((done) => go({ kind: 'done', way, done }), complain));
  const undo = (done: DoorDone): void => meant(() => call('door.undo', { arrival: done.arrival }).then(restart, complain));
  const end = (): void => meant(async () => restart());
  const bar = idle.left === null ? null : <IdleBar what="This goes back to the start" left={idle.left} onMore={touch} />;
  if (step.kind === 'staff') {
    return (
      <div onPointerDown={touch} onKeyDown={touch}>
        <Staff status={status} onBack={restart} />
        {bar}
      </div>
    );
  }
  return (
    <div class="at-door" onPointerDown={touch}>
      <Top title="Sign in" sub={joined([status.hub_name, status.device_name])} badge={false}>
        <p class="greet">{heads[step.kind]}</p>
      </Top>
      <main class="page">
        {step.kind === 'find' ? <Find text={text} onText={setText} onTouch={touch} onChoose={(who, ownWay) => (ownWay ? go({ kind: 'way', who }) : sign(who, 'in'))} /> : null}
        {step.kind === 'way' ? <Way who={step.who} onWay={(way) => sign(step.who, way)} onBack={restart} /> : null}
        {step.kind === 'done' ? <Done way={step.way} done={step.done} onUndo={() => undo(step.done)} onEnd={end} /> : null}
        {bar}
      </main>
      <footer class="door-foot">
        <button type="button" class="b3" onClick={() => go({ kind: 'staff' })}>
          <Icon name="lock" />
          Staff
        </button>
      </footer>
    </div>
  );
}
