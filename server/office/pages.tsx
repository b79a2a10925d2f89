// pages.tsx: the pages of the office by what people do there, who sees which, and the side from which they are opened.
import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../../shared/ui/components/icon.tsx';
import { api, type Me } from './api.ts';
import { follow, path, useAsk } from './live.ts';
import { countWords } from './work/work.ts';

interface PageLink {
  href: string;
  name: string;
  icon: IconName;
  roles: string;
}
interface PageGroup {
  name: string;
  pages: readonly PageLink[];
}

// `roles`: who sees the page; the hub refuses everybody else whatever the page shows.
const pageGroups: readonly PageGroup[] = [
  {
    name: 'Every day',
    pages: [
      { href: '/today', name: 'Today', icon: 'calendar-days', roles: 'office lead safeguarding admin partner' },
      { href: '/reconcile', name: 'Reconcile', icon: 'list-checks', roles: 'office safeguarding admin' },
      { href: '/safeguarding', name: 'Safeguarding', icon: 'shield-alert', roles: 'safeguarding office' },
    ],
  },
  {
    name: 'Who and where',
    pages: [
      { href: '/learners', name: 'Learners', icon: 'user', roles: 'office safeguarding admin' },
      { href: '/schools', name: 'Schools', icon: 'school', roles: 'office lead safeguarding admin' },
      { href: '/activities', name: 'Activities', icon: 'music', roles: 'office lead safeguarding admin' },
      { href: '/partners', name: 'Partners', icon: 'handshake', roles: 'office lead admin partner' },
      { href: '/people', name: 'Staff', icon: 'users', roles: 'office admin' },
      { href: '/devices', name: 'Devices', icon: 'tablet-smartphone', roles: 'office lead safeguarding admin' },
    ],
  },
  {
    name: 'Figures',
    pages: [
      { href: '/reports', name: 'Reports', icon: 'trending-up', roles: 'office lead safeguarding admin partner' },
      { href: '/plan', name: 'Local Plan', icon: 'notebook-pen', roles: 'office lead safeguarding admin' },
      { href: '/targets', name: 'Targets', icon: 'target', roles: 'office lead admin' },
      { href: '/owed', name: 'Lessons owed', icon: 'hourglass', roles: 'office lead admin' },
    ],
  },
  {
    name: 'In and out',
    pages: [
      { href: '/import', name: 'Import', icon: 'upload', roles: 'office' },
      { href: '/write-back', name: 'Write back', icon: 'download', roles: 'office' },
      { href: '/extract', name: 'Registers as a file', icon: 'download', roles: 'partner' },
    ],
  },
  {
    name: 'Rules and records',
    pages: [
      { href: '/protection', name: 'Data protection', icon: 'lock', roles: 'office admin' },
      { href: '/accounts', name: 'Accounts and keys', icon: 'key-round', roles: 'admin' },
      { href: '/audit', name: 'Audit', icon: 'scroll-text', roles: 'admin' },
    ],
  },
];
export const pages = pageGroups.flatMap((group) => group.pages);

function mayOpen(who: Me, roles: string): boolean {
  return roles.split(' ').some((role) => who.roles.includes(role));
}

const groupsOf = (who: Me): readonly PageGroup[] =>
  pageGroups.map(({ name, pages: all }) => ({ name, pages: all.filter(({ roles }) => mayOpen(who, roles)) })).filter((group) => group.pages.length > 0);

export function currentPage(): string {
  if (path.value.startsWith('/rollover')) return '/import';
  // One's own sign-in is no page of the list, and nothing there is marked for it.
  if (path.value === '/account') return path.value;
  return pages.find(({ href }) => path.value === href || path.value.startsWith(`${href}/`))?.href ?? '/today';
}

/** How much waits, as it changes; what cannot wait stands out by word and colour. */
function Waiting(): JSX.Element | null {
  const counts = useAsk(() => api.workCounts(), 'work counts', ['work'], 1000).data;
  if (!counts || counts.all === 0) return null;
  return (
    <b class={counts.urgent > 0 ? 'count urgent' : 'count'}>
      {countWords(counts.all, counts.most)}
      <span class="vh">{counts.urgent > 0 ? ` to look at, ${counts.urgent} urgent` : ' to look at'}</span>
    </b>
  );
}

function Group({ name, pages: shown }: PageGroup): JSX.Element {
  const id = `pages-${shown[0]?.href.slice(1) ?? ''}`;
  return (
    <div class="page-group">
      <p class="group-name" id={id}>
        {name}
      </p>
      <ul aria-labelledby={id}>
        {shown.map((page) => (
          <li key={page.href}>
            <a href={page.href} onClick={follow} aria-current={currentPage() === page.href ? 'page' : undefined}>
              <Icon name={page.icon} />
              <span>{page.name}</span>
              {page.href === '/reconcile' ? <Waiting /> : null}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The page that is shown is in sight in the list. */
const currentIn = (list: HTMLElement | null): void => list?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });

/** Names of what a low window hides, above and below what is seen of the list. */
interface Hidden {
  up: readonly string[];
  down: readonly string[];
}

function hiddenOf(box: HTMLElement, sign: HTMLElement | null): Hidden {
  const { top, bottom } = box.getBoundingClientRect();
  // Without the sign the whole list would have room.
  if (box.scrollHeight <= box.clientHeight + (sign?.offsetHeight ?? 0)) return { up: [], down: [] };
  const links = [...box.querySelectorAll('a')];
  const names = (out: (at: DOMRect) => boolean): string[] => links.filter((link) => out(link.getBoundingClientRect())).map((link) => link.querySelector('span')?.textContent ?? '');
  return { up: names((at) => at.top < top - 1), down: names((at) => at.bottom > bottom + 1) };
}

function useHidden(list: RefObject<HTMLDivElement | null>, sign: RefObject<HTMLDivElement | null>): Hidden {
  const [hidden, setHidden] = useState<Hidden>({ up: [], down: [] });
  useEffect(() => {
    const box = list.current;
    if (!box) return undefined;
    const look = (): void => {
      const next = hiddenOf(box, sign.current);
      setHidden((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next));
    };
    const watch = new ResizeObserver(look);
    for (const part of [box, ...box.children]) watch.observe(part);
    box.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      box.removeEventListener('scroll', look);
    };
  }, []);
  return hidden;
}

/** Says what a low window hides, and brings it into sight; the keyboard brings each up by itself. */
function Further({ list }: { list: RefObject<HTMLDivElement | null> }): JSX.Element {
  const sign = useRef<HTMLDivElement>(null);
  const { up, down } = useHidden(list, sign);
  // It takes room of the list when it comes: what was in sight before stays so.
  const isThere = up.length + down.length > 0;
  useEffect(() => {
    if (isThere) currentIn(list.current);
  }, [isThere]);
  const turn = (by: number): void => list.current?.scrollBy({ top: (by * list.current.clientHeight) / 2 });
  return (
    <div class="further" ref={sign}>
      {up.length > 0 ? (
        <button type="button" onClick={() => turn(-1)}>
          <Icon name="chevron-up" />
          <span class="vh">Further up: </span>
          <span>{up.join(', ')}</span>
        </button>
      ) : null}
      {down.length > 0 ? (
        <button type="button" onClick={() => turn(1)}>
          <Icon name="chevron-down" />
          <span class="vh">Further down: </span>
          <span>{down.join(', ')}</span>
        </button>
      ) : null}
    </div>
  );
}

/** The pages in their groups; on a narrow screen behind a button, so that the page itself is seen first. */
export function Pages({ who }: { who: Me }): JSX.Element {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setOpen(false);
    currentIn(list.current);
  }, [path.value]);
  // Listened for while it is open alone, wherever on the page the keyboard is.
  useEffect(() => {
    if (!open) return undefined;
    const key = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      setOpen(false);
      button.current?.focus();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, [open]);
  return (
    <>
      <button type="button" class="b2 menu" ref={button} aria-expanded={open} aria-controls="pages" onClick={() => setOpen(!open)}>
        <Icon name={open ? 'x' : 'menu'} />
        Pages
      </button>
      <div id="pages" class={open ? 'pages open' : 'pages'} ref={list}>
        {groupsOf(who).map((group) => (
          <Group key={group.name} {...group} />
        ))}
      </div>
      <Further list={list} />
    </>
  );
}
