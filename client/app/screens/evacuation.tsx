// evacuation.tsx: who is in the building, as far as somebody said so, in big type, to be ticked off at the assembly point.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { clock, joined, longDate, moment, plural } from '../../../shared/ui/format.ts';
import type { Evacuation, Hall, RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { keepTicks, musterOf, readTicks, type Muster } from '../evacuation.ts';
import type { Section } from '../marks.ts';
import { useNeeds } from '../parts/needs.tsx';
import { Top } from '../parts/top.tsx';
import { NoScreen } from '../parts/trouble.tsx';
import { back, type Route } from '../route.ts';
import { officeNow, useAsk } from '../state.ts';

const topics = ['today', 'sync'];

function facts(row: RegisterRow): string {
  const said: string[] = [];
  if (row.visitor) said.push('Visitor');
  if (row.code === 'L') said.push(row.arrived == null ? 'Late' : `Late ${clock(row.arrived)}`);
  if (row.code === 'AU' || row.code === 'AN') said.push('Marked away');
  if (row.departed != null) said.push(`Leaves ${clock(row.departed)}`);
  if (row.code !== 'P' && row.code !== 'L' && row.door_in != null) said.push(`At the door ${clock(row.door_in)}`);
  if (row.door_out != null) said.push(`Signed out at the door ${clock(row.door_out)}, not confirmed`);
  return said.join(' · ');
}

interface Ticking {
  ticked: ReadonlySet<string>;
  missingOnly: boolean;
  /** Who needs help to get out, and which. */
  help: ReadonlyMap<string, string>;
  onTick: (learner: string) => void;
}

function Person({ row, ticking }: { row: RegisterRow; ticking: Ticking }): JSX.Element {
  const counted = ticking.ticked.has(row.learner);
  const more = facts(row);
  const help = ticking.help.get(row.learner);
  return (
    <li class={counted ? 'r m-P' : 'r m-none'}>
      <button type="button" class="tap" aria-pressed={counted} onClick={() => ticking.onTick(row.learner)}>
        <span class="g">{counted ? <Icon name="check" /> : null}</span>
        <span class="nm">
          <b>{row.name}</b>
          {more ? <small>{more}</small> : null}
          {help ? (
            <small class="help">
              <Icon name="heart-pulse" /> {help}
            </small>
          ) : null}
        </span>
      </button>
    </li>
  );
}

function Group({ id, name, rows, ticking }: { id: string; name: string; rows: readonly RegisterRow[]; ticking: Ticking }): JSX.Element | null {
  const counted = rows.filter((row) => ticking.ticked.has(row.learner)).length;
  const shown = ticking.missingOnly ? rows.filter((row) => !ticking.ticked.has(row.learner)) : rows;
  if (shown.length === 0) return null;
  return (
    <section class="sec" role="group" aria-labelledby={id}>
      <h3>
        <span id={id}>{name}</span>
        <small>
          {counted} of {rows.length} counted
        </small>
      </h3>
      <ul>
        {shown.map((row) => (
          <Person key={row.learner} row={row} ticking={ticking} />
        ))}
      </ul>
    </section>
  );
}

function HallGroup({ hall, sections, ticking }: { hall: Hall; sections: readonly Section[]; ticking: Ticking }): JSX.Element {
  const { session, left } = hall;
  const here = sections.reduce((sum, section) => sum + section.rows.length, 0);
  const said = [`${here} here`, session.totals.away > 0 ? `${session.totals.away} away` : '', left > 0 ? `${left} left` : ''].filter((part) => part !== '');
  return (
    <section class="hall">
      <h2>{session.name}</h2>
      <p class="mute">
        {clock(session.starts)} to {clock(session.ends)}
        {session.place ? `, ${session.place}` : ''}. {said.join(', ')}.
      </p>
      {session.totals.unmarked > 0 ? (
        <div class="notice bad">
          <Icon name="triangle-alert" />
          <p>{session.totals.unmarked} unmarked, so not on this list: ask about them.</p>
        </div>
      ) : null}
      {sections.map((section, index) => (
        <Group key={index} id={`${session.id}-${index}`} name={section.name} rows={section.rows} ticking={ticking} />
      ))}
    </section>
  );
}

function Counts({ muster }: { muster: Muster }): JSX.Element {
  const rest: [string, number][] = [['To find', muster.total - muster.counted]];
  if (muster.door.length > 0) rest.push(['Door only', muster.door.length]);
  return (
    <dl class="tally">
      <div class="t-here">
        <dt>of {muster.total} counted</dt>
        <dd>{muster.counted}</dd>
      </div>
      {rest.map(([word, count]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

function Lists({ muster, ticking, onAdd }: { muster: Muster; ticking: Ticking; onAdd: (session: string) => void }): JSX.Element {
  const empty = muster.total + muster.door.length === 0;
  const untaken = muster.halls.filter((one) => one.sections.length === 0 && one.hall.session.totals.unmarked > 0);
  return (
    <>
      {muster.total > 0 && muster.counted === muster.total ? (
        <div class="notice good" role="status">
          <Icon name="circle-check" />
          <p>All {muster.total} are counted.</p>
        </div>
      ) : null}
      {empty && muster.halls.length === 0 ? (
        <div class="empty">
          <Icon name="users" />
          <h2>Nothing meets about now</h2>
          <p>This list has whoever was marked here in a session of this hour. {muster.others.length > 0 ? 'Add one of another hour below.' : 'Whom you mark in a register is on it at once.'}</p>
        </div>
      ) : null}
      {muster.halls.filter((one) => one.sections.length > 0).map(({ hall, sections }) => (
        <HallGroup key={hall.session.id} hall={hall} sections={sections} ticking={ticking} />
      ))}
      {muster.door.length > 0 ? (
        <section class="hall door">
          <h2>Signed in at the door</h2>
          <p class="mute">No leader has said that they are here. Look for them too; they are not in the total.</p>
          <Group id="door-list" name="Not confirmed" rows={muster.door} ticking={ticking} />
        </section>
      ) : null}
      {untaken.length > 0 ? (
        <section class="hall untaken">
          <h2>Nobody marked here</h2>
          <p class="mute">These meet about now, and nobody has said who came. Ask their leaders.</p>
          <ul>
            {untaken.map(({ hall: { session } }) => (
              <li key={session.id}>
                <Icon name="triangle-alert" />
                <span>
                  <b>{session.name}</b>, {clock(session.starts)}
                  {session.place ? `, ${session.place}` : ''}: {session.totals.unmarked} unmarked
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {muster.others.length > 0 ? (
        <section class="hall others">
          <h2>Of another hour</h2>
          <div class="chips">
            {muster.others.map((hall) => (
              <button type="button" class="chip" key={hall.session.id} onClick={() => onAdd(hall.session.id)}>
                <Icon name="plus" />
                {clock(hall.session.starts)} {hall.session.name}: {hall.here.length} here
              </button>
            ))}
          </div>
        </section>
      ) : null}
    </>
  );
}

function Again({ onAgain, onClose }: { onAgain: () => void; onClose: () => void }): JSX.Element {
  return (
    <Sheet title="Count again from the start?" onClose={onClose}>
      <p>Every tick on this list goes. The registers stay as they are.</p>
      <div class="choices">
        <button type="button" class="choice" onClick={onAgain}>
          <Icon name="refresh-cw" />
          <span>Take the ticks away</span>
        </button>
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>Go back to the count</span>
        </button>
      </div>
    </Sheet>
  );
}

function Counting({ list, leave }: { list: Evacuation; leave: () => void }): JSX.Element {
  const [ticked, setTicked] = useState(() => readTicks(list.date));
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const [missingOnly, setMissingOnly] = useState(false);
  const [asking, ask] = useState(false);
  const muster = musterOf(list, added, ticked);
  const help = new Map<string, string>();
  for (const { learner, kind, text } of useNeeds()) if (kind === 'access') help.set(learner, joined([help.get(learner), text], ' '));
  const keep = (next: ReadonlySet<string>): void => {
    keepTicks(list.date, next);
    setTicked(next);
  };
  const tick = (learner: string): void => {
    const next = new Set(ticked);
    if (!next.delete(learner)) next.add(learner);
    keep(next);
  };
  const head = list.combined_at ? `Combined at ${moment(list.combined_at, officeNow())}` : 'This device only';
  const right = (
    <button type="button" class="sq" aria-label="Print" onClick={() => window.print()}>
      <Icon name="printer" />
    </button>
  );
  return (
    <div class="register evac">
      <Top title="Evacuation" sub={head} onBack={leave} right={right}>
        <Counts muster={muster} />
      </Top>
      <main>
        <p class="ponly">
          {longDate(list.date)}, {clock(list.minute_now)}. {head}. {plural(muster.total, 'person', 'people')} marked here. Counted by ______________________
        </p>
        <Lists muster={muster} ticking={{ ticked, missingOnly, help, onTick: tick }} onAdd={(session) => setAdded(new Set(added).add(session))} />
      </main>
      <footer class="dock">
        <div class="acts even">
          <button type="button" class="b2" aria-pressed={missingOnly} disabled={muster.total + muster.door.length === 0} onClick={() => setMissingOnly(!missingOnly)}>
            {missingOnly ? 'Show everyone' : 'Only who is missing'}
          </button>
          <button type="button" class="b2" disabled={ticked.size === 0} onClick={() => ask(true)}>
            Count again
          </button>
        </div>
      </footer>
      {asking ? (
        <Again
          onClose={() => ask(false)}
          onAgain={() => {
            keep(new Set());
            ask(false);
          }}
        />
      ) : null}
    </div>
  );
}

export function EvacuationScreen({ place }: { place: Extract<Route, { screen: 'evacuation' }> }): JSX.Element {
  const session = place.session ?? undefined;
  const asked = useAsk('evacuation', { session }, session ?? '', topics);
  const leave = (): void => back(place.session ? { screen: 'register', session: place.session } : { screen: 'today' });
  if (asked.data) return <Counting list={asked.data} leave={leave} />;
  return (
    <>
      <Top title="Evacuation" onBack={leave} />
      <main class="page">{asked.failure ? <NoScreen failure={asked.failure} /> : <p class="mute loading">Opening the list…</p>}</main>
    </>
  );
}
