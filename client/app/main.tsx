// main.tsx: the field app: chooses the screen from what the device says and where the person is.
import { render, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { effect, signal } from '@preact/signals';
import '../../shared/ui/tokens.css';
import '../../shared/ui/base.css';
import './app.css';
import './forms.css';
import './register.css';
import './door.css';
import './print.css';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { Brand } from '../../shared/ui/components/brand.tsx';
import { askToKeep, core, dialHome, inBrowser, startHome, watchUpdates } from '../browser/home.ts';
import { noteWaits } from '../browser/lost.ts';
import { focusHeading } from '../../shared/ui/components/focus.ts';
import { forgetLeft } from './came_back.ts';
import { followRoute, route, type Route } from './route.ts';
import { ApartScreen } from './screens/apart.tsx';
import { EnrolScreen } from './screens/enrol.tsx';
import { RegisterScreen } from './screens/register.tsx';
import { TodayScreen } from './screens/today.tsx';
import { UnlockScreen } from './screens/unlock.tsx';
import { device, doorOpen, said, start, sync, tryLine } from './state.ts';

/** The other screens; null until they are read, a moment after the first one stands. */
const later = signal<typeof import('./later.tsx') | null>(null);
const readAgainMs = 2000;
async function readLater(): Promise<void> {
  try {
    later.value = await import('./later.tsx');
  } catch {
    // The daemon restarts, or the network is gone before anything was kept.
    window.setTimeout(() => void readLater(), readAgainMs);
  }
}

function Opening(): JSX.Element {
  return (
    <div class="splash on-rose">
      <Brand />
      <p>Opening Tutti…</p>
    </div>
  );
}

function Screen(): JSX.Element {
  const status = device.value;
  const place = route.value;
  const home = core.value;
  if (home && home.state !== 'open' && home.state !== 'opening') return <ApartScreen home={home} />;
  if (!status) return <Opening />;
  const more = later.value;
  if (!status.enrolled || status.setup) return <EnrolScreen status={status} carried={more ? <more.CarriedBlock /> : null} />;
  if (status.door === 'open') return more ? <more.DoorScreen status={status} /> : <Opening />;
  // Sending and exporting need nobody's PIN.
  if (place.screen === 'sync') return more ? <more.SyncScreen status={status} /> : <Opening />;
  if (!status.unlocked) return <UnlockScreen status={status} />;
  if (place.screen === 'today') return <TodayScreen />;
  if (place.screen === 'register') return <RegisterScreen key={place.session} session={place.session} />;
  if (!more) return <Opening />;
  switch (place.screen) {
    case 'learner':
      return <more.LearnerScreen key={place.learner} place={place} />;
    case 'absences':
      return <more.AbsencesScreen key={place.session} session={place.session} />;
    case 'evacuation':
      return <more.EvacuationScreen place={place} />;
    case 'settings':
      return <more.SettingsScreen status={status} />;
    case 'visits':
      return <more.VisitsScreen place={place} />;
    case 'find':
      return <more.FindScreen />;
    case 'concern':
      return <more.ConcernScreen place={place} />;
    case 'adhoc':
      return <more.AdhocScreen />;
  }
}

const titles: Readonly<Record<Route['screen'], string>> = {
  today: 'Today',
  register: 'Register',
  learner: 'Learner',
  absences: 'Absences',
  evacuation: 'Evacuation list',
  concern: 'Safeguarding concern',
  visits: 'School visits',
  find: 'Find a learner',
  adhoc: 'Ad-hoc session',
  settings: 'Settings and help',
  sync: 'Sync',
};

function App(): JSX.Element {
  const place = route.value;
  const shown = useRef(place);
  useEffect(() => {
    // No name in a title: titles end up in histories and task lists.
    document.title = `${titles[place.screen]}, Tutti`;
    if (shown.current !== place) focusHeading();
    shown.current = place;
  }, [place]);
  const ready = later.value !== null;
  useEffect(() => {
    if (ready && document.activeElement === document.body && shown.current.screen !== 'today') focusHeading();
  }, [ready]);
  const apart = core.value !== null && core.value.state !== 'open';
  useEffect(() => {
    // Another window has the device now: what this one knew of it, and who was signed in, is over.
    if (apart) device.value = null;
  }, [apart]);
  const enrolled = device.value?.enrolled;
  useEffect(() => {
    if (enrolled) void askToKeep();
  }, [enrolled]);
  const whose = device.value?.door === 'open' ? undefined : device.value?.unlocked;
  // The next to sign in begins anew.
  useEffect(forgetLeft, [whose]);
  const more = whose ? later.value : null;
  const word = said.value;
  return (
    <>
      {doorOpen.value === false && (!core.value || core.value.state === 'open') ? (
        <p class="restarting" role="status">
          <Icon name="refresh-cw" />
          <span>Tutti on this device is restarting… What was marked is saved.</span>
        </p>
      ) : null}
      <Screen />
      {more ? <more.AwayLock /> : null}
      {more ? <more.KeptPlace key={whose} /> : null}
      <div class={word ? `said${word.bad ? ' bad' : ''}` : 'said empty'}>
        <p role="status">{word ? word.text : ''}</p>
        {word?.undo ? (
          <button type="button" class="undo-said" onClick={word.undo}>
            <Icon name="undo-2" />
            Undo
          </button>
        ) : null}
        {word ? (
          <button type="button" class="sq" aria-label="Close this message" onClick={() => (said.value = null)}>
            <Icon name="x" />
          </button>
        ) : null}
      </div>
    </>
  );
}

/** Beside the screens: what waits changes with every tap, and nothing else of the page with it. */
function noteWhatWaits(): void {
  let was = false;
  effect(() => {
    const enrolled = device.value?.enrolled;
    const waits = sync.value;
    if (enrolled === undefined) return;
    // Emptied under our eyes: on purpose, and nothing is missed.
    if (enrolled ? waits : was) noteWaits(enrolled ? waits : null);
    was = enrolled;
  });
}

/** Asked for before anything is drawn in them: what is laid out while its face is on its way looks for one of the system's first, and is laid out again. */
function readFaces(): void {
  for (const face of ['Hyperlegible', 'Programme']) document.fonts.load(`1rem ${face}`).catch(() => undefined);
}

followRoute();
readFaces();
startHome(tryLine);
start(dialHome);

/** When the first screen is to be seen: what it does without would hold it up. A page that nobody looks at draws no frame. */
const restAfterFrameMs = 50;
const restAfterMs = 1000;
function afterFirstScreen(): void {
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    void readLater();
    if (!inBrowser) return;
    noteWhatWaits();
    void watchUpdates();
  };
  requestAnimationFrame(() => setTimeout(begin, restAfterFrameMs));
  setTimeout(begin, restAfterMs);
}

/** A core that answers soon is not waited for on a screen of its own: on a slow machine that would cost a tenth of the way to the first one.
 * A browser's page says by itself that it opens; a kiosk's is empty until then. */
const splashAfterMs = inBrowser ? 2000 : 300;
const root = document.getElementById('app');
let drawn = false;
function draw(): void {
  if (drawn || !root) return;
  drawn = true;
  // What stands there before is for a browser that does not come as far as this.
  root.replaceChildren();
  render(<App />, root);
  afterFirstScreen();
}
effect(() => {
  const home = core.value?.state;
  // With the badge, which is asked for at the same time: without it everything would be laid out twice.
  if ((device.value && sync.value) || (home && home !== 'opening' && home !== 'open')) draw();
});
setTimeout(draw, splashAfterMs);
