// visits.tsx: school visits: one's own, a new one, and the form, of which every tap is kept. Finish asks; what is finished is the office's to correct.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { isoToday, longDate, plural, shortDate } from '../../../shared/ui/format.ts';
import { award_labels, rag_labels, type Award, type Rag, type SchoolItem, type Visit } from '../../../shared/ui/generated/calls.ts';
import type { Args } from '../../../shared/ui/call.ts';
import { visitItems, visitPriorities, type VisitItem } from '../../../shared/ui/visit.ts';
import { folded } from '../../../shared/ui/names.ts';
import { useOnce } from '../once.ts';
import { useKeeping } from '../parts/keeping.ts';
import { Complaint } from '../parts/refused.tsx';
import { Top } from '../parts/top.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { back, go, type Route } from '../route.ts';
import { call, complain, say, useAsk } from '../state.ts';

type Kept = Args<'visit.save'>;
type TextKey = (typeof visitPriorities)[number] | 'summary';

const colours: readonly { rag: Rag; icon: IconName }[] = [
  { rag: 'red', icon: 'triangle-alert' },
  { rag: 'amber', icon: 'minus' },
  { rag: 'green', icon: 'check' },
];
const awards = Object.keys(award_labels) as Award[];
const priorityMax = 300;
const summaryMax = 2000;
const shownMax = 8;

function StatePill({ visit }: { visit: Visit }): JSX.Element {
  if (visit.conflict) return <span class="pill warn">Written differently elsewhere: the office decides</span>;
  if (visit.status === 'draft') return <span class="pill warn">Draft</span>;
  return visit.sent ? <span class="pill good">At the office</span> : <span class="pill">Saved here</span>;
}

// ---- the list ----

function NewVisit(): JSX.Element {
  const schools = useAsk('school.list', {}, 'schools', []).data?.schools ?? [];
  const [text, setText] = useState('');
  const wanted = folded(text.trim());
  const found = wanted ? schools.filter((one) => folded(one.name).includes(wanted)) : [];
  const once = useOnce();
  const begin = (school: SchoolItem): void => once(() => call('visit.save', { school: school.id }).then((made) => go({ screen: 'visits', visit: made.id }), complain));
  return (
    <section class="block" aria-labelledby="new-head">
      <h2 id="new-head">A new visit</h2>
      <label class="field">
        <span>School</span>
        <input class="input" type="search" autocomplete="off" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <p class="mute" role="status">
        {wanted ? plural(found.length, 'school') : `${plural(schools.length, 'school')} on this device: type a part of the name.`}
      </p>
      <ul class="people">
        {found.slice(0, shownMax).map((one) => (
          <li key={one.id}>
            <button type="button" class="person" onClick={() => begin(one)}>
              <span class="face" aria-hidden="true">
                <Icon name="plus" />
              </span>
              <span>
                <b>{one.name}</b>
                {one.area ? <small>{one.area}</small> : null}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Own({ visits }: { visits: Visit[] }): JSX.Element {
  return (
    <section class="block" aria-labelledby="own-head">
      <h2 id="own-head">Yours</h2>
      {visits.length === 0 ? <p class="mute">None yet. A visit you begin is kept here at every tap, with a line or without.</p> : null}
      <ul class="people">
        {visits.map((one) => (
          <li key={one.id}>
            <button type="button" class="person" data-to={one.id} onClick={() => go({ screen: 'visits', visit: one.id })}>
              <span class="face" aria-hidden="true">
                <Icon name="school" />
              </span>
              <span>
                <b>{one.school_name ?? 'A school'}</b>
                <small>{shortDate(one.date)}</small>
                <StatePill visit={one} />
              </span>
              <Icon name="chevron-right" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

// ---- the form ----

function Colours({ item, value, onRag }: { item: (typeof visitItems)[number]; value: Rag | null | undefined; onRag: (rag: Rag) => void }): JSX.Element {
  return (
    <fieldset class="rag">
      <legend>
        {item.label} <small>{item.asks}</small>
      </legend>
      <div>
        {colours.map(({ rag, icon }) => (
          <button type="button" class={`choice rag-${rag}`} key={rag} aria-pressed={value === rag} onClick={() => onRag(rag)}>
            <Icon name={icon} />
            <span>{rag_labels[rag]}</span>
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Written({ label, rows, max, value, onText }: { label: string; rows: number; max: number; value: string; onText: (text: string) => Promise<unknown> }): JSX.Element {
  const [text, setText] = useState(value);
  const keeping = useKeeping(value, onText);
  const input = (next: string): void => {
    setText(next);
    keeping.typed(next);
  };
  return (
    <label class="field">
      <span>{label}</span>
      <textarea rows={rows} maxLength={max} value={text} onInput={(event) => input(event.currentTarget.value)} onBlur={keeping.now} />
    </label>
  );
}

function FinishVisit({ visit, onClose }: { visit: Visit; onClose: () => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const open = visitItems.filter(({ key }) => !visit[key]);
  const end = async (how: Partial<Args<'visit.finish'>>, done: string): Promise<void> => {
    setBusy(true);
    try {
      await call('visit.finish', { visit: visit.id, ...how });
      say(done);
      onClose();
      go({ screen: 'visits', visit: null });
    } catch (error) {
      complain(error);
      setBusy(false);
    }
  };
  return (
    <Sheet title={`Finish the visit to ${visit.school_name ?? 'the school'}?`} onClose={onClose}>
      <p>
        {visit.award ? award_labels[visit.award] : 'No award is chosen yet'}. {open.length > 0 ? `Without a colour: ${open.map((one) => one.label).join(', ')}.` : 'Every item has its colour.'} Once it is finished, only the office can correct it.
      </p>
      <div class="choices">
        <button type="button" class="choice" disabled={busy || !visit.award} onClick={() => void end({ anyway: open.length > 0 || undefined }, 'Visit finished. Saved here.')}>
          <Icon name="check" />
          <span>
            {open.length > 0 ? `Finish with ${plural(open.length, 'item')} left open` : 'Finish it'}
            {visit.award ? null : <small>Choose an award first, or “No award”.</small>}
          </span>
        </button>
        <button type="button" class="choice" disabled={busy} onClick={() => void end({ drop: true }, 'Draft taken back.')}>
          <Icon name="undo-2" />
          <span>
            Take the draft back
            <small>For a visit begun by mistake: no list shows it any more.</small>
          </span>
        </button>
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>Go on with it</span>
        </button>
      </div>
      <Complaint />
    </Sheet>
  );
}

function Form({ visit, onKept }: { visit: Visit; onKept: (now: Visit) => void }): JSX.Element {
  const [asking, ask] = useState(false);
  const write = (what: Kept): Promise<void> => call('visit.save', { visit: visit.id, ...what }).then(onKept);
  const keep = (what: Kept): void => void write(what).catch(complain);
  // Complained of here, and refused all the same: what was typed is tried again when the field is left.
  const keepWords = (what: Kept): Promise<void> =>
    write(what).catch((error: unknown) => {
      complain(error);
      throw error;
    });
  const priorities = visitPriorities.map((key, index) => ({ key, label: `Priority ${index + 1}` }));
  const text = (key: TextKey, label: string, rows: number, max: number): JSX.Element => (
    <Written key={key} label={label} rows={rows} max={max} value={visit[key] ?? ''} onText={(words) => keepWords({ [key]: words })} />
  );
  return (
    <>
      <main class="page cols visit">
        <section class="block" aria-label="How it stands">
          {visitItems.map((item) => (
            <Colours key={item.key} item={item} value={visit[item.key]} onRag={(rag) => keep({ [item.key satisfies VisitItem]: rag })} />
          ))}
        </section>
        <section class="block" aria-label="Award and priorities">
          <label class="field">
            <span>Day of the visit</span>
            <input class="input" type="date" max={isoToday()} value={visit.date} onChange={(event) => event.currentTarget.value && keep({ date: event.currentTarget.value })} />
          </label>
          <fieldset class="rag">
            <legend>Award</legend>
            <div class="two">
              {awards.map((award) => (
                <button type="button" class="choice" key={award} aria-pressed={visit.award === award} onClick={() => keep({ award })}>
                  <span>{award_labels[award]}</span>
                </button>
              ))}
            </div>
          </fieldset>
          {priorities.map(({ key, label }) => text(key, label, 2, priorityMax))}
          {text('summary', 'Anything else, without a child’s name', 4, summaryMax)}
          <p class="mute small">Kept on this device at every tap{visit.sent ? ', and sent' : ''}.</p>
        </section>
      </main>
      <footer class="dock">
        <div class="acts">
          <button type="button" class="b1 wide" onClick={() => ask(true)}>
            Finish…
          </button>
        </div>
      </footer>
      {asking ? <FinishVisit visit={visit} onClose={() => ask(false)} /> : null}
    </>
  );
}

function Finished({ visit }: { visit: Visit }): JSX.Element {
  const words = visitPriorities.map((key) => visit[key]).filter((one) => one);
  return (
    <main class="page">
      <section class="block" aria-label="The visit">
        <p>
          <StatePill visit={visit} />
        </p>
        <p>
          <b>{visit.award ? award_labels[visit.award] : 'No award'}</b>. The office can still correct it: tell them.
        </p>
        <dl class="facts">
          {visitItems.map(({ key, label }) => {
            const rag = visit[key];
            return (
              <div key={key}>
                <dt>{label}</dt>
                <dd>{rag ? rag_labels[rag] : 'Left open'}</dd>
              </div>
            );
          })}
        </dl>
        {words.length > 0 ? <h2>Priorities</h2> : null}
        <ol class="steps">
          {words.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ol>
        {visit.summary ? <p class="said-text">{visit.summary}</p> : null}
      </section>
    </main>
  );
}

export function VisitsScreen({ place }: { place: Extract<Route, { screen: 'visits' }> }): JSX.Element {
  const asked = useAsk('visit.list', {}, 'visits', ['visits', 'sync']);
  const visits = asked.data?.visits;
  const visit = visits?.find((one) => one.id === place.visit);
  const put = (now: Visit): void => asked.put((data) => ({ visits: data.visits.map((one) => (one.id === now.id ? now : one)) }));
  const leave = (): void => back(place.visit ? { screen: 'visits', visit: null } : { screen: 'today' });
  return (
    <>
      <Top title={place.visit ? (visit?.school_name ?? 'School visit') : 'School visits'} sub={visit ? longDate(visit.date) : undefined} onBack={leave} backLabel={place.visit ? 'Back to the visits' : 'Back to today'} />
      {visit && visit.status === 'draft' ? <Form key={visit.id} visit={visit} onKept={put} /> : null}
      {visit && visit.status !== 'draft' ? <Finished visit={visit} /> : null}
      {visit ? null : (
        <main class="page cols">
          {asked.failure ? <Trouble failure={asked.failure} /> : null}
          {visits && place.visit ? <p>This visit is not on this device any more.</p> : null}
          {visits ? <NewVisit /> : null}
          {visits ? <Own visits={visits} /> : null}
        </main>
      )}
    </>
  );
}
