// doors_lib.ts: what the contract of the doors is written with.
import { CallFailed, type Door } from '../../../shared/ui/call.ts';
import type { Failure } from '../../../shared/ui/generated/calls.ts';

/** A door, what it told to change, and what was asked of it. */
export interface Told extends Door {
  topics: Set<string>;
  called: Set<string>;
}
export interface Given {
  /** The name of a staff member whose PIN it is, and a PIN that is not. */
  name: string;
  pin: string;
  wrongPin: string;
}
export type Shows = (name: string, run: () => Promise<void>) => Promise<void>;

export const idForm = /^[0-9a-f]{32}$/;

export function check(condition: boolean, sentence: string): void {
  if (!condition) throw new Error(sentence);
}

export async function failure(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallFailed) return error.failure;
    throw error;
  }
  throw new Error('the call did not fail');
}

const patienceMs = 60_000;

/** Asks again until it is so; events come when they come. */
export async function until(sentence: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`${sentence} did not come`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

export async function idOf(door: Door, name: string): Promise<string> {
  const { staff } = await door.call('device.status', {});
  const found = staff.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not on this device`);
  return found.id;
}
