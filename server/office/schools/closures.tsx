// closures.tsx: days on which a school, or everything, is closed: on the school's page its own, beside the terms those of everything.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { civil, fullDate, joined } from '../../../shared/ui/format.ts';
import { ActForm, Text } from '../acting.tsx';
import { me, refresh, useAsk } from '../live.ts';
import { CardHead, Link, Trouble } from '../parts.tsx';
import { schoolsApi, type Closure, type ClosureInput } from '../schools_api.ts';

const span = (one: Closure): string => (one.ends === one.starts ? fullDate(one.starts) : `${fullDate(one.starts)} to ${fullDate(one.ends)}`);

/** The figures follow, and so does what is missing. */
function told(): void {
  for (const topic of ['work', 'today']) refresh(topic);
}

function ClosureForm({ school, was, onDone }: { school: string | null; was: Closure | null; onDone: () => void }): JSX.Element {
  const [input, setInput] = useState<ClosureInput>({ starts: was?.starts ?? civil(Date.now()).date, ends: was && was.ends !== was.starts ? was.ends : '', reason: was?.reason ?? '' });
  const set = (part: Partial<ClosureInput>): void => setInput({ ...input, ...part });
  const send = async (): Promise<void> => {
    await schoolsApi.saveClosure(school, was, { ...input, reason: input.reason.trim() });
    told();
    onDone();
  };
  return (
    <ActForm submit={was ? 'Save' : 'Add'} send={send} ready={input.starts !== '' && input.reason.trim() !== ''}>
      <div class="pair">
        <Text label="First day" type="date" value={input.starts} onValue={(starts) => set({ starts })} />
        <Text label="Last day" type="date" value={input.ends} onValue={(ends) => set({ ends })} required={false} hint="Empty for one day." />
      </div>
      <Text label="Why" value={input.reason} maxLength={100} onValue={(reason) => set({ reason })} hint="INSET day, half term, snow: tutors read it beside their lessons." />
      <p class="mute">Nothing is cancelled by this. What meets on such a day is not missing and not due, unless it is held.</p>
    </ActForm>
  );
}

function TakeBack({ one, onDone }: { one: Closure; onDone: () => void }): JSX.Element {
  const send = async (): Promise<void> => {
    await schoolsApi.voidClosure(one.id);
    told();
    onDone();
  };
  return (
    <ActForm submit="Take back" danger send={send}>
      <p>
        <b>{one.reason}</b>, {span(one)}: what meets then is due again, and missing where nobody took its register.
      </p>
    </ActForm>
  );
}

type Open = { kind: 'form'; was: Closure | null } | { kind: 'void'; one: Closure } | null;

/** One line each. A page of one school shows those of everything too, which are changed beside the terms. */
function Lines({ list, school, may, onOpen }: { list: readonly Closure[]; school: string | null; may: boolean; onOpen: (open: Open) => void }): JSX.Element {
  return (
    <ul class="lines">
      {list.map((one) => (
        <li key={one.id} class="middle">
          <span>
            <b>{one.reason}</b> <span class="mute">{joined([span(one), school !== null && !one.school ? 'every school' : ''])}</span>
          </span>
          {may && (one.school ?? null) === school ? (
            <span class="acts">
              <button type="button" class="b3" onClick={() => onOpen({ kind: 'form', was: one })}>
                <Icon name="pencil" />
                Change
                <span class="vh">{` ${one.reason}, ${span(one)}`}</span>
              </button>
              <button type="button" class="b3" onClick={() => onOpen({ kind: 'void', one })}>
                Take back
                <span class="vh">{` ${one.reason}, ${span(one)}`}</span>
              </button>
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** `school` null: those of everything. */
export function Closures({ school, from }: { school: string | null; from: string }): JSX.Element {
  const [open, setOpen] = useState<Open>(null);
  const asked = useAsk(() => schoolsApi.closures({ school, from: school ? from : null, to: null }), `closures ${school ?? ''} ${from}`, ['work'], 2000);
  const may = me.value?.roles.includes('office') ?? false;
  const close = (): void => setOpen(null);
  const list = (asked.data?.closures ?? []).filter(({ ends }) => ends >= from).reverse();
  return (
    <section class="card" aria-labelledby="closures-head">
      <CardHead id="closures-head" title="Closed" add={may} what="Add closed days" onAdd={() => setOpen({ kind: 'form', was: null })} />
      <Trouble failure={asked.failure} />
      {asked.data && list.length === 0 ? <p class="mute">{school ? 'On no day of this school year.' : 'No half term or other closed days yet. INSET days stand on the page of their school.'}</p> : null}
      <Lines list={list} school={school} may={may} onOpen={setOpen} />
      {open?.kind === 'form' ? (
        <Sheet title={open.was ? 'Change closed days' : school ? 'When is the school closed?' : 'When is everything closed?'} onClose={close}>
          <ClosureForm school={school} was={open.was} onDone={close} />
        </Sheet>
      ) : null}
      {open?.kind === 'void' ? (
        <Sheet title="Take closed days back?" onClose={close}>
          <TakeBack one={open.one} onDone={close} />
        </Sheet>
      ) : null}
    </section>
  );
}

/** More than these are on the pages of their schools. */
const schoolsShown = 12;

/** Which schools are closed on a day of the week shown. */
export function SchoolsClosed({ from, to }: { from: string; to: string }): JSX.Element | null {
  const asked = useAsk(() => schoolsApi.closures({ school: null, from, to }), `closures ${from} ${to}`, ['work'], 2000);
  const list = (asked.data?.closures ?? []).filter(({ school }) => school);
  if (list.length === 0) return null;
  return (
    <section class="card" aria-labelledby="schools-closed-head">
      <h2 id="schools-closed-head">Schools closed this week</h2>
      <ul class="lines">
        {list.slice(0, schoolsShown).map((one) => (
          <li key={one.id}>
            <Link href={`/schools/${one.school ?? ''}`}>{one.school_name ?? 'A school'}</Link> <span class="mute">{joined([one.reason, span(one)])}</span>
          </li>
        ))}
      </ul>
      {list.length > schoolsShown ? <p class="mute">{`And ${list.length - schoolsShown} more.`}</p> : null}
    </section>
  );
}
