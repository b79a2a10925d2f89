// today.tsx: Today: the day's sessions, what is still open from before, and lessons of one marked on the spot.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { MarkIcon } from '../../../shared/ui/components/mark_glyph.tsx';
import { clock, dayMonth, joined, longDate, markWord, plural } from '../../../shared/ui/format.ts';
import { cancel_cause_labels, type MarkCode, type SessionItem, type Today } from '../../../shared/ui/generated/calls.ts';
import { sumWords } from '../marks.ts';
import { useOnce } from '../once.ts';
import { Questions } from '../parts/questions.tsx';
import { Top } from '../parts/top.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { NeedSign, WhoHasNeeds } from '../parts/needs.tsx';
import { UpdateNotice } from '../parts/update.tsx';
import { cameBack } from '../came_back.ts';
import { go } from '../route.ts';
import { call, complain, isToday, say, useAsk } from '../state.ts';

/** Of the window's height; the dock has the rest. */
const seenShare = 0.8;

const markTones: Readonly<Record<MarkCode, string>> = { P: 'good', L: 'warn', AN: 'bad', AU: 'bad', SE: 'info', none: '' };

/** A lesson of one says its mark, and in the mark's colour: that somebody is away is no good news. */
function MarkPill({ code }: { code: MarkCode }): JSX.Element {
  return (
    <span class={`pill ${markTones[code]}`}>
      <MarkIcon code={code} />
      {markWord(code)}
    </span>
  );
}

/** The school, or everything, is closed, and nobody took the register: it is waited for by nobody. */
function isShut(item: SessionItem): boolean {
  return Boolean(item.closure) && !item.state && item.status === 'scheduled';
}

function StatePill({ item }: { item: SessionItem }): JSX.Element | null {
  if (item.status === 'cancelled') {
    return <span class="pill">Cancelled{item.cause ? `: ${cancel_cause_labels[item.cause]}` : ''}</span>;
  }
  if (isShut(item)) return <span class="pill">{`${isToday(item.date) ? 'Closed today' : 'Closed'}: ${item.closure ?? ''}`}</span>;
  if (item.state === 'closed') {
    if (item.solo) return <MarkPill code={item.solo_code ?? 'none'} />;
    return (
      <span class="pill good">
        <Icon name="check" />
        {sumWords(item)}
      </span>
    );
  }
  const marked = item.totals.of - item.totals.unmarked;
  if (item.state === 'reopened') return <span class="pill warn">Opened again</span>;
  if (marked > 0) {
    return (
      <span class="pill warn">
        {item.totals.unmarked > 0 ? `${marked} of ${item.totals.of} marked` : `${marked} marked, not finished`}
      </span>
    );
  }
  if (item.solo) return null;
  if (typeof item.headcount === 'number') return <span class="pill warn">{item.headcount} counted, not finished</span>;
  return <span class="pill">{item.totals.of > 0 ? `${plural(item.totals.of, 'player')}, not started` : 'Not started'}</span>;
}

// A lesson of one: the mark is the whole register, so it closes itself.
function Solo({ item }: { item: SessionItem }): JSX.Element {
  const [busy, setBusy] = useState(false);
  // It is closed already: opened again it asks anew, and history says why.
  const once = useOnce();
  const undo = (): void => once(() => call('register.reopen', { session: item.id, reason: 'Tapped by mistake' }).then(() => say(`${item.solo_name ?? item.name}: open again.`), complain));
  const mark = async (code: MarkCode): Promise<void> => {
    if (!item.solo) return;
    setBusy(true);
    try {
      await call('mark.set', { session: item.id, learner: item.solo, code });
      await call('register.finish', { session: item.id });
      say(`${item.solo_name ?? item.name}: ${markWord(code).toLowerCase()}. Saved here.`, undo);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <div class="solo" role="group" aria-label={`Mark ${item.solo_name ?? item.name}`}>
      <button type="button" class="b2" disabled={busy} onClick={() => void mark('P')}>
        <Icon name="check" />
        Here
      </button>
      <button type="button" class="b2" disabled={busy} onClick={() => void mark('AU')}>
        <Icon name="minus" />
        Away
      </button>
      <button
        type="button"
        class="b2"
        onClick={() => item.solo && go({ screen: 'learner', learner: item.solo, activity: item.activity, session: item.id, note: true })}
      >
        <Icon name="notebook-pen" />
        Note
      </button>
    </div>
  );
}

interface ItemProps {
  item: SessionItem;
  now: number | null;
  dated: boolean;
  /** Learners of today's lessons of one of whom staff must know something. */
  needing: string;
}

function Item({ item, now, dated, needing }: ItemProps): JSX.Element {
  const running = now !== null && item.status !== 'cancelled' && !isShut(item) && item.starts <= now && now < item.ends;
  const open = item.state !== 'closed' && item.status !== 'cancelled';
  const where = joined([item.place, item.school]);
  return (
    <li class={running ? 'sess now' : 'sess'}>
      <button type="button" class="sess-tap" data-to={item.id} onClick={() => go({ screen: 'register', session: item.id })}>
        <span class="when">
          {dated ? <small>{dayMonth(item.date)}</small> : null}
          <b>{clock(item.starts)}</b>
          <small>
            <span class="vh">to </span>
            {clock(item.ends)}
          </small>
        </span>
        <span class="what">
          <b>{item.solo_name ?? item.name}</b>
          {item.solo_name ? <small>{item.name}</small> : null}
          {where ? <small>{where}</small> : null}
          <span class="pills">
            {running ? <span class="pill info">Now</span> : null}
            {item.adhoc ? <span class="pill">Ad hoc</span> : null}
            <StatePill item={item} />
            {open && item.solo && needing.includes(item.solo) ? <NeedSign /> : null}
          </span>
        </span>
        <Icon name="chevron-right" />
      </button>
      {item.solo && open ? <Solo item={item} /> : null}
      {item.solo_code === 'AU' && item.state === 'closed' && now !== null ? (
        <div class="solo">
          <button type="button" class="b2" onClick={() => go({ screen: 'absences', session: item.id })}>
            <Icon name="phone" />
            Whom to ring
          </button>
        </div>
      ) : null}
    </li>
  );
}

interface GroupProps extends Omit<ItemProps, 'item'> {
  id: string;
  title: string;
  side: string;
  items: SessionItem[];
}

function Group({ id, title, side, items, ...each }: GroupProps): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <section class="sec" role="group" aria-labelledby={id}>
      <h2>
        <span id={id}>{title}</span>
        <small>{side}</small>
      </h2>
      <ul>
        {items.map((item) => (
          <Item key={item.id} item={item} {...each} />
        ))}
      </ul>
    </section>
  );
}

/** In the afternoon the morning's lessons are not what anybody looks for: once the day stands, what is on now comes into sight.
 *  Once only: whoever marks the morning must not have the list move under the thumb when a lesson begins. */
function useNowInSight(stands: boolean): void {
  useEffect(() => {
    if (!stands) return undefined;
    const timer = window.setTimeout(() => {
      const now = document.querySelector('.sess.now');
      if (now && !cameBack() && window.scrollY === 0 && now.getBoundingClientRect().bottom > window.innerHeight * seenShare) now.scrollIntoView({ block: 'center' });
    });
    return () => window.clearTimeout(timer);
  }, [stands]);
}

function Sessions({ today }: { today: Today }): JSX.Element {
  const { sessions } = today;
  // A new device hears of its lessons after it has drawn its first day.
  useNowInSight(sessions.length > 0);
  const counted = sessions.filter((item) => item.status !== 'cancelled' && !isShut(item));
  const closed = counted.filter((item) => item.state === 'closed').length;
  const [needing, tell] = useState('');
  const solos = sessions.filter((item) => item.solo).length;
  return (
    <>
      {solos > 0 ? <WhoHasNeeds of={solos} tell={tell} /> : null}
      {sessions.length === 0 ? (
        <div class="empty">
          <Icon name="calendar-days" />
          <h2>Nothing is timetabled today</h2>
          <p>If you are meeting anyway, start an ad-hoc session below. It reaches the office like any other.</p>
        </div>
      ) : null}
      <Group id="today-list" title="Today’s registers" side={`${closed} of ${counted.length} finished`} items={sessions} now={today.minute_now} dated={false} needing={needing} />
      <Group id="before-list" title="Still open from before" side={plural(today.open_before.length, 'register')} items={today.open_before} now={null} dated needing="" />
    </>
  );
}

function Visits({ drafts }: { drafts: number }): JSX.Element {
  return (
    <p class="wide-act">
      <button type="button" class="b2 wide" onClick={() => go({ screen: 'visits', visit: null })}>
        <Icon name="school" />
        School visits
        {drafts > 0 ? <span class="pill warn">{plural(drafts, 'draft')}</span> : null}
      </button>
    </p>
  );
}

export function TodayScreen(): JSX.Element {
  const asked = useAsk('today', {}, 'today', ['today']);
  const today = asked.data;
  const lock = (): void => void call('lock', {}).catch(complain);
  const right = (
    <>
      <button type="button" class="sq" aria-label="Settings and help" onClick={() => go({ screen: 'settings' })}>
        <Icon name="settings" />
      </button>
      <button type="button" class="b-lock" onClick={lock}>
        <Icon name="lock" />
        <span>Lock</span>
      </button>
    </>
  );
  const sub = today ? longDate(today.date) : 'Opening…';
  return (
    <div class="today">
      <Top title="Today" sub={sub} right={right}>
        {today ? (
          <p class="greet">
            {today.staff_name}
            {today.term ? <span>{today.term}</span> : null}
          </p>
        ) : null}
      </Top>
      <main>
        <UpdateNotice />
        {asked.failure ? <Trouble failure={asked.failure} /> : null}
        <Questions />
        {today ? <Sessions today={today} /> : null}
        {today?.visit_drafts == null ? null : <Visits drafts={today.visit_drafts} />}
      </main>
      <footer class="dock">
        <div class="acts even three">
          <button type="button" class="b2" onClick={() => go({ screen: 'adhoc' })}>
            <Icon name="plus" />
            <span>Ad-hoc session</span>
          </button>
          <button type="button" class="b2" onClick={() => go({ screen: 'find' })}>
            <Icon name="search" />
            <span>Find a learner</span>
          </button>
          <button type="button" class="b2" onClick={() => go({ screen: 'evacuation', session: null })}>
            <Icon name="siren" />
            <span>Evacuation list</span>
          </button>
        </div>
      </footer>
    </div>
  );
}
