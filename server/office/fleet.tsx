// fleet.tsx: how the devices stand, beside the day's registers: each figure opens the devices behind it.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { apartWords, moment, plural } from '../../shared/ui/format.ts';
import { api, type Fleet as FleetAnswer, type FleetDevice } from './api.ts';
import { answers, since, type Question } from './fleet_stands.ts';
import { useAsk } from './live.ts';
import { Link, Trouble } from './parts.tsx';
import { Table, type Column } from './table.tsx';

const hourMs = 3_600_000;
function age(ms: number): string {
  return ms < hourMs ? `${Math.max(1, Math.round(ms / 60_000))} min` : ms < 48 * hourMs ? `${Math.round(ms / hourMs)} h` : plural(Math.round(ms / (24 * hourMs)), 'day');
}

const columns = (now: number): readonly Column<FleetDevice>[] => [
  { name: 'Device', by: (one) => one.name, cell: (one) => one.name },
  { name: 'Last contact', foldsLast: true, by: (one) => one.last_contact_at ?? 0, cell: (one) => (one.last_contact_at ? moment(one.last_contact_at, now) : 'Never heard') },
  {
    name: 'Waiting',
    foldsLast: (one) => since(one) > 0,
    by: since,
    cell: (one) => (
      <>
        {one.behind > 0 ? <small>{plural(one.behind, 'bundle')} not come</small> : null}
        {one.waiting > 0 ? <small>{one.waiting} waiting here</small> : null}
        {since(one) > 0 ? <small>for {age(now - since(one))}</small> : <span class="mute">None</span>}
      </>
    ),
  },
  { name: 'Clock', foldsLast: true, by: (one) => one.skew_ms, cell: (one) => (Math.abs(one.skew_ms) > 60_000 ? apartWords(one.skew_ms) : 'Right') },
  { name: 'Version', foldsLast: true, by: (one) => one.program ?? '', cell: (one) => one.program ?? '' },
];

interface FleetProps {
  /** What stands between a word about the hub itself, which comes before everything, and how its devices are. */
  children: ComponentChildren;
}

/** Nothing is lost, and nobody would notice before the disk is full. */
function Stuck({ at }: { at: number }): JSX.Element {
  return (
    <div class="notice bad" role="alert">
      <Icon name="triangle-alert" />
      <p>
        <b>The hub’s disk did not keep what was written to the database file</b> ({moment(at, Date.now())}). Nothing is lost: all of it is in the log beside that file, but the log grows until the hub is restarted.
        Tell whoever looks after the hub: the disk first, then a restart.
      </p>
    </div>
  );
}

export function Fleet({ children }: FleetProps): JSX.Element {
  const asked = useAsk(() => api.fleet(), 'fleet', ['devices', 'work'], 2000);
  return (
    <>
      {asked.data?.stuck_at ? <Stuck at={asked.data.stuck_at} /> : null}
      {children}
      {asked.failure && !asked.data ? <Trouble failure={asked.failure} /> : <Tiles fleet={asked.data} />}
    </>
  );
}

function Tiles({ fleet }: { fleet: FleetAnswer | null }): JSX.Element {
  const [shown, show] = useState<Question | null>(null);
  const now = Date.now();
  // Until the hub has answered, the tiles keep their place: the registers below them do not jump.
  const found = fleet ? answers(fleet, now) : null;
  const oldest = found?.backlog[0];
  const tile = (question: Question, name: string, tone: string): { question: Question; name: string; figure: string; tone: string } => {
    const count = found?.[question].length;
    const figure = question === 'backlog' && found ? (oldest ? age(now - since(oldest)) : 'None') : (count?.toString() ?? '…');
    return { question, name, figure, tone: count === undefined ? '' : count > 0 ? tone : 'good' };
  };
  const tiles = [tile('quiet', 'Quiet devices', 'warn'), tile('backlog', 'Oldest work waiting', 'warn'), tile('skew', 'Clocks off', 'bad'), tile('version', 'Another version', 'info')];
  const list = (shown && found?.[shown]) || [];
  return (
    <section aria-labelledby="fleet-head">
      <h2 id="fleet-head" class="vh">
        Devices
      </h2>
      <div class="tiles" role="group" aria-label="Which devices">
        {tiles.map(({ question, figure, name, tone }) => (
          <button type="button" class={`tile ${tone}`} key={question} aria-pressed={shown === question} onClick={() => show(shown === question ? null : question)}>
            <b>{figure}</b>
            <span>{name}</span>
          </button>
        ))}
      </div>
      {shown ? <Table label="These devices" columns={columns(now)} items={list} keyOf={(one) => one.id} empty="No device." /> : null}
      {shown ? (
        <p class="crumb">
          <Link href="/devices">All devices</Link>
        </p>
      ) : null}
    </section>
  );
}
