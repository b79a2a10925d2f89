// plan.tsx: the Local Plan: its five functions, each with the small registers that are evidence of it; and one register with its list and form.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { plural } from '../../../shared/ui/format.ts';
import { follow, go, refresh, useAsk } from '../live.ts';
import { Link, PageHead, Trouble } from '../parts.tsx';
import { addressOf } from '../reports/address.ts';
import { thisYear, yearWords } from '../reports/report_api.ts';
import { EntryForm } from './entry.tsx';
import { EntryList, useEntries } from './list.tsx';
import { planApi, type Plan, type PlanKind } from './plan_api.ts';

/** Which school year the page shows; the address says it. */
function Years({ year, onYear }: { year: string; onYear: (year: string) => void }): JSX.Element {
  const last = Number(thisYear());
  const years = Array.from({ length: 6 }, (_, back) => String(last - back));
  return (
    <label class="field">
      <span>School year</span>
      <select class="input" value={year} onChange={(event) => onYear(event.currentTarget.value)}>
        {years.map((one) => (
          <option key={one} value={one}>
            {yearWords(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Kind({ kind, year }: { kind: PlanKind; year: string }): JSX.Element {
  return (
    <li>
      <span>
        {kind.sees ? <Link href={`/plan/${kind.name}/${year}`}>{kind.title}</Link> : <b>{kind.title}</b>}
        <small class="mute">{kind.says}</small>
        {kind.sees ? null : <em class="mute">The office keeps it; its figures are in the report.</em>}
      </span>
      {kind.sees ? (
        <b class={kind.count ? 'num' : 'num mute'}>
          {kind.count ?? 0}
          <span class="vh"> this year</span>
        </b>
      ) : null}
    </li>
  );
}

function Functions({ plan, year }: { plan: Plan; year: string }): JSX.Element {
  return (
    <div class="plan-functions">
      {plan.functions.map(({ name, title }) => (
        <section key={name} class="card" aria-labelledby={`function-${name}`}>
          <h2 id={`function-${name}`}>{title}</h2>
          <ul class="lines plan-kinds">
            {plan.kinds
              .filter((kind) => kind.function === name)
              .map((kind) => (
                <Kind key={kind.name} kind={kind} year={year} />
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Index({ plan, year }: { plan: Plan | null; year: string }): JSX.Element {
  return (
    <>
      <header class="hd">
        <div>
          <h1>Local Plan</h1>
          <p>What the hub writes down of its five functions, beside registers and lessons. Each line opens to its entries.</p>
        </div>
        <div class="hd-acts">
          <Years year={year} onYear={(one) => go(`/plan/all/${one}`)} />
          <a class="b2" href={addressOf({ report: 'plan', by: 'line', period: year, school: null })} onClick={follow}>
            <Icon name="trending-up" />
            The report
          </a>
        </div>
      </header>
      {plan ? <Functions plan={plan} year={year} /> : <p class="mute">Asking…</p>}
    </>
  );
}

function Register({ kind, plan, year }: { kind: PlanKind; plan: Plan; year: string }): JSX.Element {
  const held = useEntries(kind.name, { period: year });
  const [adds, setAdds] = useState(false);
  const added = (): void => {
    setAdds(false);
    held.again();
    refresh('plan');
  };
  return (
    <>
      <header class="hd">
        <div>
          <p class="crumb">
            <Link href={`/plan/all/${year}`}>Local Plan</Link>
          </p>
          <h1>{kind.title}</h1>
          <p>
            {plan.functions.find(({ name }) => name === kind.function)?.title}. {kind.says}
          </p>
        </div>
        <div class="hd-acts">
          <Years year={year} onYear={(one) => go(`/plan/${kind.name}/${one}`)} />
          {(['csv', 'xlsx'] as const).map((format) => (
            <a key={format} class="b2" href={planApi.fileOf(kind.name, year, format)} download="">
              <Icon name="download" />
              {format === 'csv' ? 'CSV' : 'Excel'}
            </a>
          ))}
          {kind.writes ? (
            <button type="button" class="b1" onClick={() => setAdds(true)}>
              <Icon name="plus" />
              Add
            </button>
          ) : null}
        </div>
      </header>
      {kind.named ? <p class="mute">It names learners: who looks at it is in the audit.</p> : null}
      <EntryList kind={kind} held={held} empty={`Nothing of ${yearWords(year)} is written down yet.${kind.writes ? ' Add the first entry above.' : ''}`} />
      {held.entries && held.entries.length > 0 && !held.next ? <p class="mute">{plural(held.entries.length, 'entry', 'entries')}</p> : null}
      {adds ? (
        <Sheet title={kind.one} onClose={() => setAdds(false)}>
          <EntryForm kind={kind} entry={null} onDone={added} />
        </Sheet>
      ) : null}
    </>
  );
}

export function PlanPage({ path }: { path: string }): JSX.Element {
  const [, , first = 'all', year = thisYear()] = path.split('/');
  const asked = useAsk(() => planApi.plan(year), `plan ${year}`, ['plan'], 5000);
  const plan = asked.data;
  const kind = plan?.kinds.find(({ name, sees }) => name === first && sees);
  if (asked.failure && !plan) return <Trouble failure={asked.failure} />;
  if (first === 'all') return <Index plan={plan} year={year} />;
  if (!plan) return <p class="mute">Asking…</p>;
  return kind ? <Register key={`${kind.name} ${year}`} kind={kind} plan={plan} year={year} /> : <PageHead title="No such register" crumb={<Link href="/plan">Local Plan</Link>} sub="There is none with this address, or your role does not see it." />;
}
