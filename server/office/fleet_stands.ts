// fleet_stands.ts: which devices stand behind each figure of the Today board.
import type { Fleet, FleetDevice } from './api.ts';

export type Question = 'quiet' | 'backlog' | 'skew' | 'version';

/** "tutti-kiosk 0.1.0" and "tutti-field 0.1.0" are of one version. */
const versionOf = (program: string | null | undefined): string => program?.split(' ').at(-1) ?? '';

/** The version most devices have; whoever has another one is asked about. */
function common(devices: readonly FleetDevice[]): string {
  const counts = new Map<string, number>();
  for (const version of devices.map(({ program }) => versionOf(program))) if (version) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** The oldest work that has not come, or that waits here. */
export function since(one: FleetDevice): number {
  const behind = one.behind > 0 ? (one.last_contact_at ?? 0) : 0;
  const times = [behind, one.waiting_since ?? 0].filter((at) => at > 0);
  return times.length > 0 ? Math.min(...times) : 0;
}

export function answers(fleet: Fleet, now: number): Record<Question, FleetDevice[]> {
  const most = common(fleet.devices);
  return {
    quiet: fleet.devices.filter((one) => now - (one.last_contact_at ?? 0) > fleet.stale_ms),
    backlog: fleet.devices.filter((one) => since(one) > 0).sort((a, b) => since(a) - since(b)),
    skew: fleet.devices.filter((one) => Math.abs(one.skew_ms) > fleet.skew_ms),
    version: fleet.devices.filter(({ program }) => versionOf(program) !== '' && versionOf(program) !== most),
  };
}
