// protection.tsx: data protection: who has not confirmed an erasure, and whose records were kept long enough.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { longDate, moment, plural } from '../../../shared/ui/format.ts';
import { api, type Erasure, type Retention } from '../api.ts';
import { useAsk } from '../live.ts';
import { Trouble } from '../parts.tsx';

function Row({ one, now }: { one: Erasure; now: number }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        Erasure {one.number}
        <small>{one.reason}</small>
      </th>
      <td>{moment(one.at, now)}</td>
      <td>
        {one.waiting.length === 0 ? <span class="pill good">Everywhere</span> : <span class={one.overdue ? 'pill bad' : 'pill warn'}>{one.overdue ? 'Overdue' : 'Under way'}</span>}
        <small>
          {one.confirmed} of {plural(one.devices, 'device')} confirmed it{one.revoked > 0 ? `, ${one.revoked} were revoked before` : ''}
        </small>
      </td>
      <td>
        {one.waiting.length === 0 ? <span class="mute">Nobody</span> : null}
        {one.waiting.map((device) => (
          <small key={device.id}>
            {device.name}, {device.last_contact_at ? `last heard ${moment(device.last_contact_at, now)}` : 'never heard'}
          </small>
        ))}
      </td>
    </tr>
  );
}

function Erasures({ list }: { list: readonly Erasure[] }): JSX.Element {
  const now = Date.now();
  if (list.length === 0) return <p>Nobody has been erased.</p>;
  return (
    <div class="scroll" role="region" aria-label="Erasures" tabIndex={0}>
      <table>
        <thead class="plain-head">
          <tr>
            <th scope="col">Erasure</th>
            <th scope="col">When</th>
            <th scope="col">Confirmed</th>
            <th scope="col">Waits for</th>
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <Row key={one.number} one={one} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kept({ held }: { held: Retention }): JSX.Element {
  return (
    <div class="card stack">
      <p>
        <span class="big">{held.due}</span> {held.due === 1 ? 'learner has' : 'learners have'} left, and their latest record is from before {longDate(held.before)} {held.before.slice(0, 4)}: the rule is {plural(held.years, 'year')}.
      </p>
      {held.held > 0 ? <p>{held.held} more are kept, because a safeguarding hold stands on them or a case is open.</p> : null}
      <p class="mute">
        Whoever keeps the hub shows and erases them: <code>tutti-server retention</code>, then <code>--apply --certificate FILE</code>. The file is signed by this hub; every device hears of each erasure, and confirms it above.
      </p>
    </div>
  );
}

export function ProtectionScreen(): JSX.Element {
  const asked = useAsk(() => api.erasures(), 'erasures', ['devices'], 2000);
  const kept = useAsk(() => api.retention(), 'retention', []);
  const overdue = asked.data?.erasures.filter((one) => one.overdue).length ?? 0;
  return (
    <div class="stack wide-gap">
      <header class="hd">
        <div>
          <h1>Data protection</h1>
          <p>What was erased is gone everywhere once every device has said so.</p>
        </div>
      </header>
      {overdue > 0 ? (
        <div class="notice bad">
          <Icon name="triangle-alert" />
          <p>
            <b>{plural(overdue, 'erasure')} overdue.</b> Fetch the devices named below, or revoke them.
          </p>
        </div>
      ) : null}
      <section class="stack" aria-labelledby="erasures-head">
        <h2 id="erasures-head">Erasures</h2>
        <Trouble failure={asked.failure} />
        {asked.data ? <Erasures list={asked.data.erasures} /> : null}
      </section>
      <section class="stack" aria-labelledby="kept-head">
        <h2 id="kept-head">Kept long enough</h2>
        <Trouble failure={kept.failure} />
        {kept.data ? <Kept held={kept.data} /> : null}
      </section>
    </div>
  );
}
