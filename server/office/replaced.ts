// replaced.ts: a device that fell silent when another was enrolled for the same person: its browser may have been cleared with unsent work.
import type { OfficeDevice } from './api.ts';

type Known = Pick<OfficeDevice, 'id' | 'kind' | 'status' | 'staff_names' | 'enrolled_at' | 'last_contact_at'>;

/** The device that took this one's place, if it was never heard of since; kiosks stand side by side and replace nothing. */
export function replacedBy<D extends Known>(one: D, devices: readonly D[]): D | null {
  if (one.status !== 'active' || one.kind === 'kiosk' || one.staff_names.length === 0) return null;
  const people = [...one.staff_names].sort().join('\n');
  const later = devices.filter(
    (other) =>
      other.id !== one.id && other.kind === one.kind && [...other.staff_names].sort().join('\n') === people && other.enrolled_at > one.enrolled_at && other.enrolled_at > (one.last_contact_at ?? one.enrolled_at),
  );
  return later.sort((a, b) => a.enrolled_at - b.enrolled_at)[0] ?? null;
}
