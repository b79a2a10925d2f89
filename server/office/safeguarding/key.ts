// key.ts: the safeguarding key while it is open: in this page's memory alone, and gone with the sign-in or after a while without use.
import { signal } from '@preact/signals';
import type { OpenedConcern, SafeguardingKey } from '../sealed.ts';

type Sealed = typeof import('../sealed.ts');

const idleMs = 15 * 60 * 1000;

export const openKey = signal<SafeguardingKey | null>(null);
let sealed: Sealed | null = null;
let timer = 0;

/** The cryptography is a file of its own: who never opens a key never loads it. */
async function load(): Promise<Sealed> {
  const address = '/sealed.js';
  sealed ??= (await import(address)) as Sealed;
  return sealed;
}

export function forgetKey(): void {
  openKey.value?.secret.fill(0);
  openKey.value = null;
}

function stayAwake(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(forgetKey, idleMs);
}

/** The sentence to show where it does not open; null when it does. */
export async function open(file: string, passphrase: string, hub: string): Promise<string | null> {
  const module = await load();
  try {
    openKey.value = await module.unwrapKey(file, passphrase, hub);
    stayAwake();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'The key could not be opened.';
  }
}

export function openOne(key: SafeguardingKey, hub: string, row: string, text: string): OpenedConcern | string {
  if (!sealed) return 'The key is not open.';
  stayAwake();
  try {
    return sealed.openConcern(key, hub, row, text);
  } catch (error) {
    return error instanceof Error ? error.message : 'It could not be opened.';
  }
}
