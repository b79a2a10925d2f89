// route.ts: where the app is, kept in the fragment so that a reload or a restart comes back to the same place. Ids only, never names.
import { signal } from '@preact/signals';
import { arrive, noteLeft } from './came_back.ts';

export type Route =
  | { screen: 'today' }
  | { screen: 'register'; session: string }
  | { screen: 'learner'; learner: string; activity: string | null; session: string | null; note: boolean }
  | { screen: 'evacuation'; session: string | null }
  | { screen: 'absences'; session: string }
  | { screen: 'concern'; learner: string | null }
  | { screen: 'visits'; visit: string | null }
  | { screen: 'find' }
  | { screen: 'adhoc' }
  | { screen: 'settings' }
  | { screen: 'sync' };

const id = /^[0-9a-f]{32}$/;

export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?');
  const [screen, key] = path.split('/');
  if ((screen === 'register' || screen === 'absences') && key && id.test(key)) return { screen, session: key };
  if (screen === 'concern') return { screen, learner: key && id.test(key) ? key : null };
  if (screen === 'visits') return { screen, visit: key && id.test(key) ? key : null };
  if (screen === 'evacuation') return { screen, session: key && id.test(key) ? key : null };
  if (screen === 'learner' && key && id.test(key)) {
    const more = new URLSearchParams(query);
    return { screen, learner: key, activity: more.get('activity'), session: more.get('session'), note: more.has('note') };
  }
  if (screen === 'find' || screen === 'adhoc' || screen === 'settings' || screen === 'sync') return { screen };
  return { screen: 'today' };
}

export function routePath(route: Route): string {
  if (route.screen === 'register' || route.screen === 'absences') return `#/${route.screen}/${route.session}`;
  if (route.screen === 'evacuation' && route.session) return `#/evacuation/${route.session}`;
  if (route.screen === 'concern' && route.learner) return `#/concern/${route.learner}`;
  if (route.screen === 'visits' && route.visit) return `#/visits/${route.visit}`;
  if (route.screen !== 'learner') return `#/${route.screen}`;
  const more = new URLSearchParams();
  if (route.activity) more.set('activity', route.activity);
  if (route.session) more.set('session', route.session);
  if (route.note) more.set('note', '');
  const query = more.toString();
  return `#/learner/${route.learner}${query ? `?${query}` : ''}`;
}

export const route = signal<Route>({ screen: 'today' });

/** Whose row is opened by going there. */
function openedBy(next: Route): string[] {
  const ids = ['learner' in next ? next.learner : null, 'session' in next ? next.session : null, 'visit' in next ? next.visit : null];
  return ids.filter((one) => one !== null);
}

export function go(next: Route): void {
  noteLeft(routePath(route.value), openedBy(next));
  location.hash = routePath(next);
}

/** The same, drawn with whatever changes beside it. */
export function goAtOnce(next: Route): void {
  go(next);
  route.value = next;
}

/** One step back where there is one, else to `fallback`: an app opened on a register has no step to go back. */
export function back(fallback: Route): void {
  if (history.state === 'inside') history.back();
  else go(fallback);
}

export function followRoute(): void {
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  read();
  // The page it began with is no step inside: nothing of ours is before it.
  if (history.state === null) history.replaceState('first', '');
  history.scrollRestoration = 'manual';
  window.addEventListener('hashchange', () => {
    const fresh = history.state === null;
    if (fresh) history.replaceState('inside', '');
    const from = openedBy(route.value);
    read();
    // From a register that is finished the way to Today is a way back too.
    arrive(routePath(route.value), !fresh, route.value.screen === 'today' ? from : []);
  });
}
