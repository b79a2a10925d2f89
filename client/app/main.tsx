// main.tsx: the field app: chooses the screen from what the device says and where the person is.
import { render, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import '../../shared/ui/tokens.css';
import '../../shared/ui/base.css';
import './app.css';
import './forms.css';
import './register.css';
import './door.css';
import './print.css';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { Brand } from '../../shared/ui/components/brand.tsx';
import { askToKeep, core, dialHome, inBrowser, startHome } from '../browser/home.ts';
import { noteWaits } from '../browser/lost.ts';
import { focusHeading } from '../../shared/ui/components/focus.ts';
import { followRoute, route, type Route } from './route.ts';
import { AbsencesScreen } from './screens/absences.tsx';
import { ConcernScreen } from './screens/concern.tsx';
import { AdhocScreen } from './screens/adhoc.tsx';
import { ApartScreen } from './screens/apart.tsx';
import { EnrolScreen } from './screens/enrol.tsx';
import { DoorScreen } from './screens/door.tsx';
import { EvacuationScreen } from './screens/evacuation.tsx';
import { FindScreen } from './screens/find.tsx';
import { LearnerScreen } from './screens/learner.tsx';
import { RegisterScreen } from './screens/register.tsx';
import { SettingsScreen } from './screens/settings.tsx';
import { SyncScreen } from './screens/sync.tsx';
import { TodayScreen } from './screens/today.tsx';
import { UnlockScreen } from './screens/unlock.tsx';
import { device, doorOpen, said, start, sync, tryLine } from './state.ts';

function Screen(): JSX.Element {
  const status = device.value;
  const place = route.value;
  const home = core.value;
  if (home && home.state !== 'open' && home.state !== 'opening') return <ApartScreen home={home} />;
  if (!status) {
    return (
      <div class="splash on-rose">
        <Brand />
        <p>Opening Tutti…</p>
      </div>
    );
  }
  if (!status.enrolled || status.setup) return <EnrolScreen status={status} />;
  if (status.door === 'open') return <DoorScreen status={status} />;
  // Sending and exporting need nobody's PIN.
  if (place.screen === 'sync') return <SyncScreen status={status} />;
  if (!status.unlocked) return <UnlockScreen status={status} />;
  switch (place.screen) {
    case 'register':
      return <RegisterScreen key={place.session} session={place.session} />;
    case 'learner':
      return <LearnerScreen key={place.learner} place={place} />;
    case 'absences':
      return <AbsencesScreen key={place.session} session={place.session} />;
    case 'evacuation':
      return <EvacuationScreen place={place} />;
    case 'settings':
      return <SettingsScreen status={status} />;
    case 'find':
      return <FindScreen />;
    case 'concern':
      return <ConcernScreen place={place} />;
    case 'adhoc':
      return <AdhocScreen />;
    default:
      return <TodayScreen />;
  }
}

const titles: Readonly<Record<Route['screen'], string>> = {
  today: 'Today',
  register: 'Register',
  learner: 'Learner',
  absences: 'Absences',
  evacuation: 'Evacuation list',
  concern: 'Safeguarding concern',
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
  const apart = core.value !== null && core.value.state !== 'open';
  useEffect(() => {
    // Another window has the device now: what this one knew of it, and who was signed in, is over.
    if (apart) device.value = null;
  }, [apart]);
  const enrolled = device.value?.enrolled;
  useEffect(() => {
    if (enrolled) void askToKeep();
  }, [enrolled]);
  const waits = sync.value;
  const was = useRef(false);
  useEffect(() => {
    if (!inBrowser || enrolled === undefined) return;
    // Emptied under our eyes: on purpose, and nothing is missed.
    if (enrolled ? waits : was.current) noteWaits(enrolled ? waits : null);
    was.current = enrolled;
  }, [enrolled, waits]);
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
      <div class={word ? `said${word.bad ? ' bad' : ''}` : 'said empty'}>
        <p role="status">{word ? word.text : ''}</p>
        {word ? (
          <button type="button" class="sq" aria-label="Close this message" onClick={() => (said.value = null)}>
            <Icon name="x" />
          </button>
        ) : null}
      </div>
    </>
  );
}

followRoute();
startHome(tryLine);
start(dialHome);

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
}
effect(() => {
  const home = core.value?.state;
  if (device.value || (home && home !== 'opening' && home !== 'open')) draw();
});
setTimeout(draw, splashAfterMs);
