// rollover.tsx: a new school year: what is wanted, what it would change, applied as one list that can be taken back.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { isoToday, plural } from '../../../shared/ui/format.ts';
import { Select, Text } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { rollOver, rolloverLook, type RolloverLook, type RolloverWish } from '../import/calls.ts';
import { DifferenceView, shownRows } from '../import/difference.tsx';
import { Runs } from '../import/runs.tsx';
import { failureOf, refresh } from '../live.ts';
import { Link, PageHead, Trouble } from '../parts.tsx';

interface Term {
  name: string;
  starts: string;
  ends: string;
}

/** The September that is nearest: a rollover is done a little before it, or a little late. */
function nextYear(): number {
  const [year = 0, month = 1] = isoToday().split('-').map(Number);
  return month < 3 ? year - 1 : year;
}

function usualTerms(year: number): Term[] {
  return [
    { name: `Autumn ${year}`, starts: `${year}-09-01`, ends: `${year}-12-18` },
    { name: `Spring ${year + 1}`, starts: `${year + 1}-01-04`, ends: `${year + 1}-03-26` },
    { name: `Summer ${year + 1}`, starts: `${year + 1}-04-12`, ends: `${year + 1}-07-21` },
  ];
}

function Terms({ terms, set }: { terms: Term[]; set: (terms: Term[]) => void }): JSX.Element {
  const put = (index: number, part: Partial<Term>): void => set(terms.map((term, at) => (at === index ? { ...term, ...part } : term)));
  return (
    <fieldset class="stack">
      <legend>Terms of the new year</legend>
      {terms.map((term, index) => (
        <div key={index} class="term">
          <Text label="Name" value={term.name} onValue={(name) => put(index, { name })} />
          <Text label="First day" type="date" value={term.starts} onValue={(starts) => put(index, { starts })} />
          <Text label="Last day" type="date" value={term.ends} onValue={(ends) => put(index, { ends })} />
          <button type="button" class="b3" aria-label={`Leave out ${term.name}`} onClick={() => set(terms.filter((_, at) => at !== index))}>
            <Icon name="x" />
          </button>
        </div>
      ))}
      <button type="button" class="b3" onClick={() => set([...terms, { name: '', starts: '', ends: '' }])}>
        <Icon name="plus" />
        Add a term
      </button>
    </fieldset>
  );
}

function Choice({ name, value, on, off, set }: { name: string; value: boolean; on: string; off: string; set: (value: boolean) => void }): JSX.Element {
  return (
    <div>
      <p class="choice-name" id={`choice-${name}`}>
        {name}
      </p>
      <div class="chips" role="group" aria-labelledby={`choice-${name}`}>
        <button type="button" class="chip" aria-pressed={!value} onClick={() => set(false)}>
          {off}
        </button>
        <button type="button" class="chip" aria-pressed={value} onClick={() => set(true)}>
          {on}
        </button>
      </div>
    </div>
  );
}

interface Wanted {
  date: string;
  lastYear: number;
  endEnrolments: boolean;
  endGrants: boolean;
  terms: Term[];
}

function wishOf({ date, lastYear, endEnrolments, endGrants, terms }: Wanted): RolloverWish {
  return {
    date,
    last_year: lastYear,
    enrolments: endEnrolments ? 'end' : 'go_on',
    grants: endGrants ? 'end' : 'go_on',
    terms: terms.flatMap((term) => [term.name.trim(), term.starts, term.ends]),
  };
}

/** The usual terms are those of the year that is named, until somebody puts other days. */
function termsFrom(day: string, { date, terms }: Wanted): Term[] {
  const [before, now] = [Number(date.slice(0, 4)), Number(day.slice(0, 4))];
  return now > 1900 && JSON.stringify(terms) === JSON.stringify(usualTerms(before)) ? usualTerms(now) : terms;
}

function Wish({ wanted, busy, set, onLook }: { wanted: Wanted; busy: boolean; set: (part: Partial<Wanted>) => void; onLook: () => void }): JSX.Element {
  return (
    <section class="card stack" aria-label="What is wanted">
      <div class="pair">
        <Text label="First day of the new year" type="date" value={wanted.date} onValue={(date) => set({ date, terms: termsFrom(date, wanted) })} />
        <Select
          label="Who leaves"
          value={String(wanted.lastYear)}
          onValue={(year) => set({ lastYear: Number(year) })}
          choices={[6, 11, 12, 13].map((year) => ({ value: String(year), label: year === 13 ? 'Year 13' : `Year ${year} and above` }))}
        />
      </div>
      <Choice name="Enrolments of those who stay" value={wanted.endEnrolments} set={(endEnrolments) => set({ endEnrolments })} off="Go on" on="End" />
      <Choice name="What staff are granted" value={wanted.endGrants} set={(endGrants) => set({ endGrants })} off="Goes on" on="Ends" />
      <Terms terms={wanted.terms} set={(terms) => set({ terms })} />
      <div class="acts">
        <button type="button" class="b2" disabled={busy} onClick={onLook}>
          <Icon name="search" />
          Look at the difference
        </button>
      </div>
    </section>
  );
}

interface SeenProps {
  look: RolloverLook;
  busy: boolean;
  ask: (more: Partial<RolloverWish>, add?: boolean) => void;
  onBring: () => void;
}

function Seen({ look, busy, ask, onBring }: SeenProps): JSX.Element {
  return (
    <section class="stack" aria-label="The difference">
      <p>{look.leavers === 0 ? 'Nobody leaves.' : `${plural(look.leavers, 'learner leaves', 'learners leave')}: the first among those who change.`}</p>
      <DifferenceView look={look} onShow={(show) => ask({ show })} onMore={() => ask({ show: look.shown, after: look.next }, true)} />
      <div class="acts">
        <button type="button" class="b1" disabled={busy || shownRows(look) === ''} onClick={onBring}>
          <Icon name="check" />
          Begin the new year: {shownRows(look) || 'nothing to do'}
        </button>
      </div>
    </section>
  );
}

export function RolloverScreen(): JSX.Element {
  const [wanted, setWanted] = useState<Wanted>(() => ({ date: `${nextYear()}-09-01`, lastYear: 13, endEnrolments: false, endGrants: false, terms: usualTerms(nextYear()) }));
  const [look, setLook] = useState<RolloverLook | null>(null);
  const [done, setDone] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  // A change of what is wanted makes the difference on the page untrue.
  const set = (part: Partial<Wanted>): void => {
    setWanted({ ...wanted, ...part });
    setLook(null);
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy(false);
  };
  const ask = (more: Partial<RolloverWish>, add = false): void =>
    void attempt(async () => {
      setDone('');
      const next = await rolloverLook({ ...wishOf(wanted), ...more });
      setLook((before) => (add && before ? { ...next, lines: [...(before.lines ?? []), ...(next.lines ?? [])] } : next));
    });
  const bring = (): void =>
    void attempt(async () => {
      const run = await rollOver(wishOf(wanted));
      setDone(`The new year is in: ${plural(run.new, 'term')} new, ${run.changed.toLocaleString('en-GB')} rows changed.`);
      setLook(null);
      refresh('imports');
    });
  return (
    <>
      <PageHead title="New school year" crumb={<Link href="/import">Import</Link>} sub="Everybody a year up, leavers left, new terms. Look first; it can be taken back." />
      <Trouble failure={failure} />
      {done ? (
        <div class="notice good" role="status">
          <Icon name="circle-check" />
          <p>{done}</p>
        </div>
      ) : null}
      <Wish wanted={wanted} busy={busy} set={set} onLook={() => ask({ show: 'changed' })} />
      {look ? <Seen look={look} busy={busy} ask={ask} onBring={bring} /> : null}
      <Runs />
    </>
  );
}
