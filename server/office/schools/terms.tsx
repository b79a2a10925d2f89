// terms.tsx: the terms of the hub's years, beside the timetable: which the week is in, entering another, putting one right.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, plural } from '../../../shared/ui/format.ts';
import { ActForm, Text } from '../acting.tsx';
import { me, refresh, useAsk } from '../live.ts';
import { CardHead, Trouble } from '../parts.tsx';
import { schoolsApi, type SchoolTerm, type TermInput } from '../schools_api.ts';

function TermForm({ was, onDone }: { was: SchoolTerm | null; onDone: () => void }): JSX.Element {
  const [shown] = useState(was);
  const [input, setInput] = useState<TermInput>({ name: was?.name ?? '', starts: was?.starts ?? '', ends: was?.ends ?? '' });
  const set = (part: Partial<TermInput>): void => setInput({ ...input, ...part });
  const send = async (): Promise<void> => {
    await schoolsApi.saveTerm(shown, { ...input, name: input.name.trim() });
    // Every page that chooses a term has its list.
    refresh('everything');
    onDone();
  };
  return (
    <ActForm submit={was ? 'Save' : 'Add'} send={send} ready={input.name.trim() !== '' && input.starts !== '' && input.ends > input.starts}>
      <Text label="Name" value={input.name} maxLength={100} onValue={(name) => set({ name })} hint="Spring 2027: as reports call it." />
      <div class="pair">
        <Text label="First day" type="date" value={input.starts} onValue={(starts) => set({ starts })} />
        <Text label="Last day" type="date" value={input.ends} onValue={(ends) => set({ ends })} />
      </div>
      <p class="mute">Figures by term follow; snapshots that were saved stay as they are. What is planned stays planned.</p>
      <p class="mute">Devices hold the meetings of the current term: two weeks into a term those before it leave them, and stay here.</p>
    </ActForm>
  );
}

/** What would be lost is said where the button would stand. */
function TakeBack({ term, onDone }: { term: SchoolTerm; onDone: () => void }): JSX.Element {
  const send = async (): Promise<void> => {
    await schoolsApi.voidTerm(term.id);
    refresh('everything');
    onDone();
  };
  if (term.surveys > 0)
    return (
      <p>
        {`${plural(term.surveys, 'survey')} of partners and schools ${term.surveys === 1 ? 'is' : 'are'} about ${term.name}, and would be about no term. Take ${term.surveys === 1 ? 'it' : 'them'} back first, or change the days of the term.`}
      </p>
    );
  return (
    <ActForm submit="Take it back" send={send}>
      <p>{`${term.name}, ${fullDate(term.starts)} to ${fullDate(term.ends)}. Meetings, marks and saved snapshots stay; reports have no figures for this term any more, and count its days to the school year alone. Devices hear of it when they are here next.`}</p>
      <p class="mute">Entered again under the same name it stands again.</p>
    </ActForm>
  );
}

interface TermsProps {
  /** The first and the last day of the week that is shown. */
  from: string;
  to: string;
  onWeek: (date: string) => void;
}

export function Terms({ from, to, onWeek }: TermsProps): JSX.Element {
  const asked = useAsk(() => schoolsApi.terms(), 'terms', ['work'], 2000);
  const [open, setOpen] = useState<'new' | SchoolTerm | null>(null);
  const [going, setGoing] = useState<SchoolTerm | null>(null);
  const may = me.value?.roles.includes('office') ?? false;
  const close = (): void => setOpen(null);
  const terms = asked.data?.terms ?? [];
  return (
    <section class="card" aria-labelledby="terms-head">
      <CardHead id="terms-head" title="Terms" add={may} what="Add a term" onAdd={() => setOpen('new')} />
      <Trouble failure={asked.failure} />
      {asked.data && terms.length === 0 ? <p class="mute">None yet. Add them here, import them, or begin a new school year.</p> : null}
      <ul class="lines">
        {terms.map((term) => (
          <li key={term.id} class="middle">
            <span>
              <b>{term.name}</b> <span class="mute">{`${fullDate(term.starts)} to ${fullDate(term.ends)}`}</span>
            </span>
            <span class="acts">
              {term.starts <= to && term.ends >= from ? (
                <span class="pill info">This week</span>
              ) : (
                <button type="button" class="b3" onClick={() => onWeek(term.starts)}>
                  Its first week<span class="vh">, {term.name}</span>
                </button>
              )}
              {may ? (
                <>
                  <button type="button" class="b3" onClick={() => setOpen(term)}>
                    Change<span class="vh"> {term.name}</span>
                  </button>
                  <button type="button" class="b3" onClick={() => setGoing(term)}>
                    Take back<span class="vh"> {term.name}</span>
                  </button>
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {open ? (
        <Sheet title={open === 'new' ? 'Another term' : `Change ${open.name}`} onClose={close}>
          <TermForm was={open === 'new' ? null : open} onDone={close} />
        </Sheet>
      ) : null}
      {going ? (
        <Sheet title={`Take ${going.name} back?`} onClose={() => setGoing(null)}>
          <TakeBack term={going} onDone={() => setGoing(null)} />
        </Sheet>
      ) : null}
    </section>
  );
}
