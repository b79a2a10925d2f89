// reconcile.tsx: everything that waits for a person: the list by kinds, one entry as a card, the keys for both hands, and the bulk press.
import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { api, type HeldBundles, type MissingRegister, type WaitingBundle, type WorkItem, type WorkKind, type WorkLine, type WorkPage, type WorkTab } from '../api.ts';
import { follow, go, me, useAsk } from '../live.ts';
import { Empty, PageHead, Trouble } from '../parts.tsx';
import { MatterCard } from '../work/matter.tsx';
import { BundleCard, HeldCard, MissingCard } from '../work/others.tsx';
import { ReasonForm } from '../work/reason_form.tsx';
import { countWords, emptyWords, kinds, last, setDraft, tabs, waited } from '../work/work.ts';

/** As many pages as the reader has asked for, as one. */
async function askPages(tab: WorkTab, pages: number): Promise<WorkPage> {
  const all: WorkLine[] = [];
  let next: string | null = null;
  let total = 0;
  for (let page = 0; page < pages; page += 1) {
    const one: WorkPage = await api.work(tab, next);
    all.push(...one.items);
    total = one.total;
    next = one.next ?? null;
    if (next === null) break;
  }
  return { items: all, next, total };
}

interface Chosen {
  kind: WorkKind;
  id: string;
}

type Shown =
  | { kind: 'matter'; data: WorkItem }
  | { kind: 'missing'; data: MissingRegister }
  | { kind: 'quarantine'; data: WaitingBundle }
  | { kind: 'held'; data: HeldBundles };

async function askShown({ kind, id }: Chosen): Promise<Shown> {
  if (kind === 'missing') return { kind, data: await api.missing(id) };
  if (kind === 'quarantine') return { kind, data: await api.waiting(id) };
  if (kind === 'held') return { kind, data: await api.held(id) };
  return { kind: 'matter', data: await api.workItem(id) };
}

function Shown({ shown, onDone }: { shown: Shown; onDone: (item: WorkItem | null) => void }): JSX.Element {
  switch (shown.kind) {
    case 'missing':
      return <MissingCard register={shown.data} onDone={() => onDone(null)} />;
    case 'quarantine':
      return <BundleCard bundle={shown.data} onDone={() => onDone(null)} />;
    case 'held':
      return <HeldCard held={shown.data} onDone={() => onDone(null)} />;
    default:
      return <MatterCard item={shown.data} onDone={onDone} />;
  }
}

function Card({ chosen, onDone }: { chosen: Chosen; onDone: (item: WorkItem | null) => void }): JSX.Element {
  const asked = useAsk(() => askShown(chosen), `${chosen.kind} ${chosen.id}`, ['work'], 1000);
  return (
    <>
      <Trouble failure={asked.failure} />
      {asked.data ? <Shown shown={asked.data} onDone={onDone} /> : asked.failure ? null : <p class="mute">Asking…</p>}
    </>
  );
}

function Line({ line, current, now, onChoose }: { line: WorkLine; current: boolean; now: number; onChoose: () => void }): JSX.Element {
  const kind = kinds[line.kind];
  return (
    <li>
      <button type="button" class="qi" aria-current={current ? 'true' : undefined} onClick={onChoose} id={`line-${line.id}`}>
        <span class={`k k-${line.kind} ${line.urgent ? 'k-urgent' : ''}`}>
          <Icon name={line.urgent ? 'triangle-alert' : kind.icon} />
          <span class="vh">{line.urgent ? 'Urgent' : kind.name}</span>
        </span>
        <span class="qt">
          <b>{line.name}</b>
          <span>{line.question}</span>
          {line.detail ? <small>{line.detail}</small> : null}
        </span>
        <time dateTime={new Date(line.at).toISOString()}>{waited(line.at, now)}</time>
      </button>
    </li>
  );
}

const bulk = 'keep all safe';

function KeepSafe({ safe, onClose, onKept }: { safe: readonly WorkLine[]; onClose: () => void; onKept: (kept: number, left: number) => void }): JSX.Element {
  const send = async (reason: string): Promise<void> => {
    const done = await api.keep(
      safe.map((line) => line.id),
      safe.map((line) => line.heads ?? ''),
      reason,
    );
    onKept(done.kept, done.left);
  };
  return (
    <Sheet title={`Keep ${plural(safe.length, 'safe choice')}`} onClose={onClose}>
      <p>In each of these the choice in use changes no figure. Duplicates, missing registers and everything urgent stay for you to look at.</p>
      <ul class="lines">
        {safe.map((line) => (
          <li key={line.id}>
            <b>{line.name}</b> <span class="mute">{line.question}</span>
          </li>
        ))}
      </ul>
      <ReasonForm id={bulk} title="Keep what is in use" submit="Keep them" common={['The later entry is right', 'Both mean the same']} send={send} />
    </Sheet>
  );
}

function typing(event: KeyboardEvent): boolean {
  const at = event.target;
  return at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null;
}

/** The keyboard stands where the eye is: on the entry in the list; where the list is hidden, on the question. */
function focusLine(id: string): void {
  window.requestAnimationFrame(() => {
    const line = document.getElementById(`line-${id}`);
    const place = line?.checkVisibility() === false ? document.querySelector<HTMLElement>('.matter h2') : line;
    place?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: 'nearest' });
  });
}

/** 1 to 9 choose a value, j and k walk the list, u takes back: never while somebody types. */
function useKeys(step: (by: number) => void, choose: (number: number) => void, undo: () => void): void {
  const latest = useRef({ step, choose, undo });
  latest.current = { step, choose, undo };
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (typing(event)) return;
      const { step: walk, choose: pick, undo: back } = latest.current;
      if (event.key === 'j') walk(1);
      else if (event.key === 'k') walk(-1);
      else if (event.key === 'u') back();
      else if (/^[1-9]$/.test(event.key)) pick(Number(event.key));
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
}

function Tabs({ tab }: { tab: WorkTab }): JSX.Element {
  const counts = useAsk(() => api.workCounts(), 'work counts', ['work'], 1000).data;
  const small = me.value?.role === 'safeguarding';
  return (
    <nav class="tabs" aria-label="Show">
      {tabs
        .filter((one) => !small || one.tab === 'all' || one.tab === 'decided')
        .map((one) => (
          <a key={one.tab} href={one.tab === 'all' ? '/reconcile' : `/reconcile/${one.tab}`} onClick={follow} aria-current={one.tab === tab ? 'page' : undefined}>
            {one.icon ? <Icon name={one.icon} /> : null}
            <span>{one.name}</span>
            {one.count && counts ? <b>{countWords(one.count(counts), counts.most)}</b> : null}
          </a>
        ))}
    </nav>
  );
}

function Last({ onUndo }: { onUndo: (id: string) => void }): JSX.Element | null {
  const done = last.value;
  if (!done) return null;
  return (
    <div class="notice good last" role="status">
      <Icon name="circle-check" />
      <p>{done.said}</p>
      {done.id ? (
        <button type="button" class="b3" onClick={() => onUndo(done.id)}>
          <Icon name="undo-2" />
          Undo <kbd aria-hidden="true">u</kbd>
        </button>
      ) : null}
    </div>
  );
}

interface Walk {
  shown: Chosen | null;
  /** Whether the one that is shown was asked for: where one stands at a time, the list or the card. */
  open: boolean;
  /** Which of the list it is; -1: it is not in it. */
  place: number;
  show(line: Chosen): void;
  list(): void;
  step(by: number): void;
  done(item: WorkItem | null): void;
  afresh(): void;
}

/** A page that leads to one matter, or to one missing register, names it behind the address. */
function named(tab: WorkTab): Chosen | null {
  const id = /^#([0-9a-f]{32})$/.exec(location.hash)?.[1];
  return id ? { kind: tab === 'missing' ? 'missing' : 'conflict', id } : null;
}

/** Which entry of the list is looked at, and which comes after it. */
function useWalk(tab: WorkTab, lines: readonly WorkLine[], card: RefObject<HTMLElement | null>): Walk {
  const [chosen, setChosen] = useState<Chosen | null>(() => named(tab));
  const [open, setOpen] = useState(chosen !== null);
  // Decided here a moment ago: it stands in the list until that is asked for again, and is not what comes next.
  const [gone, setGone] = useState('');
  const place = chosen ? lines.findIndex((line) => line.id === chosen.id) : -1;
  const first = lines.find(({ id }) => id !== gone);
  const shown = chosen ?? first ?? null;
  const show = (line: Chosen): void => {
    setChosen({ kind: line.kind, id: line.id });
    setOpen(true);
    // Where one stands at a time, or its beginning is out of sight, the eye is taken to it.
    const above = (card.current?.getBoundingClientRect().top ?? 0) < 0;
    if (above || window.matchMedia('(max-width: 56.25em)').matches) window.requestAnimationFrame(() => card.current?.scrollIntoView());
  };
  const step = (by: number): void => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, (chosen ? place : 0) + by))];
    if (!line) return;
    show(line);
    focusLine(line.id);
  };
  // What was decided goes from the list; the eye goes on to what stood behind it.
  const done = (item: WorkItem | null): void => {
    if (item?.state === 'open') return;
    setGone(shown?.id ?? '');
    const next = lines[place >= 0 ? place + 1 : 1] ?? lines[place - 1];
    setChosen(next ? { kind: next.kind, id: next.id } : null);
    if (next) focusLine(next.id);
    else setOpen(false);
  };
  // What is looked at stays, whatever comes or goes above it: a key must never decide about another entry than the one that is read.
  useEffect(() => {
    if (gone && !lines.some(({ id }) => id === gone)) setGone('');
    if (!chosen && first) setChosen({ kind: first.kind, id: first.id });
  }, [chosen, first?.id, lines]);
  return { shown, open, place: chosen ? place : 0, show, list: () => setOpen(false), step, done, afresh: () => setChosen(null) };
}

/** Everything that is safe at once: what the choice in use changes no figure of. */
function Bulk({ safe, onKept }: { safe: readonly WorkLine[]; onKept: () => void }): JSX.Element | null {
  const [keeping, setKeeping] = useState(false);
  const kept = (count: number, left: number): void => {
    setKeeping(false);
    onKept();
    last.value = { id: '', said: `${plural(count, 'choice')} kept${left > 0 ? `; ${left} had changed and stay` : ''}. Each can be taken back under Decided.` };
  };
  return (
    <>
      {safe.length > 0 ? (
        <div class="bulk">
          <button type="button" class="b2" onClick={() => setKeeping(true)}>
            <Icon name="check-check" />
            Keep all safe choices ({safe.length})
          </button>
        </div>
      ) : null}
      {keeping ? <KeepSafe safe={safe} onClose={() => setKeeping(false)} onKept={kept} /> : null}
    </>
  );
}

/** Where the entry stands in the list, and the way to its neighbours. */
function Pager({ where, onList, onStep }: { where: string; onList: () => void; onStep: (by: number) => void }): JSX.Element {
  return (
    <div class="pg">
      <button type="button" class="b3 back" onClick={onList}>
        <Icon name="chevron-left" />
        The list
      </button>
      <button type="button" class="sq" aria-label="Previous entry" aria-keyshortcuts="k" onClick={() => onStep(-1)}>
        <Icon name="chevron-left" />
      </button>
      <span>{where}</span>
      <button type="button" class="sq" aria-label="Next entry" aria-keyshortcuts="j" onClick={() => onStep(1)}>
        <Icon name="chevron-right" />
      </button>
    </div>
  );
}

function Entries({ page, current, onShow, onMore }: { page: WorkPage; current: string; onShow: (line: WorkLine) => void; onMore: () => void }): JSX.Element {
  const now = Date.now();
  return (
    <div class="q">
      <ul aria-label="Entries">
        {page.items.map((line) => (
          <Line key={`${line.kind} ${line.id}`} line={line} current={line.id === current} now={now} onChoose={() => onShow(line)} />
        ))}
      </ul>
      {page.next ? (
        <button type="button" class="b3 wide" onClick={onMore}>
          Show more of {page.total.toLocaleString('en-GB')}
        </button>
      ) : null}
    </div>
  );
}

function Body({ tab, page, onMore }: { tab: WorkTab; page: WorkPage; onMore: () => void }): JSX.Element {
  const card = useRef<HTMLElement>(null);
  const { shown, open, place, show, list, step, done, afresh } = useWalk(tab, page.items, card);
  const takeBack = (id: string): void => {
    show({ kind: 'decided', id });
    setDraft(id, { act: 'undo', reason: '' });
  };
  // A number presses the button that shows it.
  const press = (key: string): void => card.current?.querySelector<HTMLButtonElement>(`[aria-keyshortcuts="${key}"]`)?.click();
  useKeys(step, (number) => press(String(number)), () => (last.value?.id ? takeBack(last.value.id) : press('u')));
  const mayKeep = tab !== 'decided' && me.value?.role === 'office';
  return (
    <>
      <Last onUndo={takeBack} />
      {mayKeep ? <Bulk safe={page.items.filter((line) => line.safe && line.heads)} onKept={afresh} /> : null}
      {shown === null ? (
        <Empty icon="circle-check" title={emptyWords[tab].title}>
          {emptyWords[tab].text}
        </Empty>
      ) : (
        <div class={`cols ${open ? 'open' : ''}`}>
          <Entries page={page} current={shown.id} onShow={show} onMore={onMore} />
          <article class="card matter" ref={card} aria-label="The entry">
            <Pager where={place >= 0 ? `${place + 1} of ${page.total.toLocaleString('en-GB')}` : 'Not in this list'} onList={list} onStep={step} />
            <Card key={`${shown.kind} ${shown.id}`} chosen={shown} onDone={done} />
          </article>
        </div>
      )}
    </>
  );
}

export function ReconcileScreen({ tab: given }: { tab: string }): JSX.Element {
  const tab = tabs.find((one) => one.tab === given)?.tab ?? 'all';
  const [pages, setPages] = useState(1);
  const asked = useAsk(() => askPages(tab, pages), `work ${tab} ${pages}`, ['work'], 1000);
  const kept = useRef<WorkPage | null>(null);
  if (asked.data) kept.current = asked.data;
  useEffect(() => {
    if (given !== tab) go('/reconcile');
  }, [given]);
  return (
    <>
      <PageHead title="Reconcile" sub="Nothing here blocks anyone. A safe choice is already in place for each one.">
        <p class="keys" aria-label="Keys">
          <kbd>1</kbd> <kbd>2</kbd> choose <kbd>j</kbd> <kbd>k</kbd> next, back <kbd>u</kbd> undo
        </p>
      </PageHead>
      <Tabs tab={tab} />
      <Trouble failure={asked.failure} />
      {kept.current ? <Body tab={tab} page={kept.current} onMore={() => setPages(pages + 1)} /> : asked.failure ? null : <p class="mute">Asking…</p>}
    </>
  );
}
