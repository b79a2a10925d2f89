// main.tsx: the office pages: the frame with its navigation, and which page an address shows.
import { render, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import '../../shared/ui/tokens.css';
import '../../shared/ui/base.css';
import './office.css';
import './table.css';
import './reconcile.css';
import './admin.css';
import './import.css';
import './reports/reports.css';
import './partners/partners.css';
import './plan/plan.css';
import { Brand } from '../../shared/ui/components/brand.tsx';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { initials } from '../../shared/ui/format.ts';
import type { Me } from './api.ts';
import { anew, expired, follow, go, live, me, path, signOut, start } from './live.ts';
import { currentPage, Pages, pages } from './pages.tsx';
import { ActivitiesScreen } from './activities/activities.tsx';
import { AccountScreen } from './screens/account.tsx';
import { AccountsScreen } from './screens/accounts.tsx';
import { AuditScreen } from './screens/audit.tsx';
import { DevicesScreen } from './screens/devices.tsx';
import { ExtractScreen } from './screens/extract.tsx';
import { ImportScreen } from './screens/import.tsx';
import { LearnerScreen } from './screens/learner.tsx';
import { LearnersScreen } from './screens/learners.tsx';
import { ReconcileScreen } from './screens/reconcile.tsx';
import { PeopleScreen } from './screens/people.tsx';
import { RegisterScreen } from './screens/register.tsx';
import { ProtectionScreen } from './screens/protection.tsx';
import { SafeguardingScreen } from './screens/safeguarding.tsx';
import { SchoolScreen, SchoolsScreen } from './screens/schools.tsx';
import { SecondStepScreen } from './screens/second_step.tsx';
import { RolloverScreen } from './screens/rollover.tsx';
import { BehindScreen } from './partners/inclusion.tsx';
import { PartnersScreen } from './partners/partners.tsx';
import { PlanPage } from './plan/plan.tsx';
import { OwedPage } from './reports/owed.tsx';
import { TargetsScreen } from './reports/targets.tsx';
import { ReportsPage } from './reports/reports.tsx';
import { SignInAgain, SignInScreen } from './screens/sign_in.tsx';
import { TimetableScreen } from './screens/timetable.tsx';
import { TodayScreen } from './screens/today.tsx';
import { WriteBackScreen } from './screens/write_back.tsx';

function Behind({ at }: { at: string }): JSX.Element {
  const [, , , school = 'none', period = ''] = at.split('/');
  return <BehindScreen key={at} school={school} period={period} />;
}

function Page(): JSX.Element {
  const [, first = '', second] = path.value.split('/');
  if (first === 'registers' && second) return <RegisterScreen key={second} session={second} />;
  if (first === 'learners' && second) return <LearnerScreen key={second} learner={second} />;
  if (first === 'learners') return <LearnersScreen />;
  if (first === 'schools' && second) return <SchoolScreen key={second} id={second} />;
  if (first === 'schools') return <SchoolsScreen />;
  if (first === 'protection') return <ProtectionScreen />;
  if (first === 'safeguarding') return <SafeguardingScreen id={second} />;
  if (first === 'extract') return <ExtractScreen />;
  if (first === 'people') return <PeopleScreen />;
  if (first === 'accounts') return <AccountsScreen />;
  if (first === 'audit') return <AuditScreen />;
  if (first === 'account') return <AccountScreen />;
  if (first === 'import') return <ImportScreen />;
  if (first === 'write-back') return <WriteBackScreen />;
  if (first === 'rollover') return <RolloverScreen />;
  if (first === 'partners') return <PartnersScreen id={second} />;
  if (first === 'reports' && second === 'behind') return <Behind at={path.value} />;
  if (first === 'reports') return <ReportsPage path={path.value} />;
  if (first === 'targets') return <TargetsScreen key={second ?? ''} year={second} />;
  if (first === 'plan') return <PlanPage path={path.value} />;
  if (first === 'owed') return <OwedPage path={path.value} />;
  if (first === 'activities') return <ActivitiesScreen id={second} />;
  if (first === 'timetable') return <TimetableScreen />;
  if (first === 'devices') return <DevicesScreen />;
  if (first === 'reconcile') return <ReconcileScreen key={second ?? 'all'} tab={second ?? 'all'} />;
  return <TodayScreen />;
}

function leave(): void {
  void signOut();
  go('/today');
}

function Frame({ who }: { who: Me }): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path.value);
  // After a change of page the keyboard and the screen reader start at its heading.
  useEffect(() => {
    document.title = `${pages.find((page) => page.href === currentPage())?.name ?? 'Your sign-in'}, Tutti office`;
    if (shown.current !== path.value) main.current?.focus({ preventScroll: true });
    shown.current = path.value;
  }, [path.value]);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <nav class="side on-rose" aria-label="Main">
        <div class="brand">
          <Brand />
          <span class="serif">Tutti</span>
        </div>
        <Pages who={who} />
        <div class="dev">
          <p role="status">
            <Icon name={live.value ? 'circle-check' : 'refresh-cw'} />
            <span>
              {live.value ? (
                <>
                  <b>Live</b>
                  <span class="vh">: changes appear by themselves</span>
                </>
              ) : who.role === 'partner' ? (
                'Asked again every 15 seconds'
              ) : (
                <>
                  <b>Not live:</b> asking again every 15 seconds
                </>
              )}
            </span>
          </p>
        </div>
      </nav>
      <div class="page">
        <header class="who" aria-label="Account">
          <span class="hub">{who.hub_name}</span>
          <span class="face" aria-hidden="true">
            {initials(who.name)}
          </span>
          <a class="b3" href="/account" onClick={follow} aria-current={path.value === '/account' ? 'page' : undefined}>
            <span class="vh">Your sign-in, </span>
            {who.name}
          </a>
          <button type="button" class="b3" onClick={leave}>
            <Icon name="log-out" />
            Sign out
          </button>
        </header>
        <main id="main" ref={main} tabIndex={-1}>
          <Page key={anew.value} />
        </main>
      </div>
    </div>
  );
}

function Office(): JSX.Element {
  const who = me.value;
  if (who === undefined) {
    return (
      <main class="splash on-rose">
        <Brand />
        <h1>Opening Tutti…</h1>
      </main>
    );
  }
  if (!who) return <SignInScreen />;
  if (who.limited) return <SecondStepScreen onLeave={leave} />;
  // Somebody else who signs in gets a page of their own.
  return (
    <>
      <Frame key={who.name} who={who} />
      {expired.value ? <SignInAgain /> : null}
    </>
  );
}

start();
const root = document.getElementById('office');
if (root) render(<Office />, root);
