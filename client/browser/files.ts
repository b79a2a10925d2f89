// files.ts: whether this browser's files can hold a device's records: opened at once, read and written without waiting, flushed.
import { openSlots, type AccessHandle } from './host.mjs';
import type { Missing } from './messages.ts';

export class Unfit extends Error {
  constructor(readonly missing: Missing) {
    super(missing);
  }
}

/** The handles that the core lives on; throws Unfit where there are none of the right kind. */
export async function openFiles(folder?: string): Promise<AccessHandle[]> {
  if (typeof FileSystemFileHandle === 'undefined' || !('createSyncAccessHandle' in FileSystemFileHandle.prototype)) throw new Unfit('files');
  let root: FileSystemDirectoryHandle;
  try {
    root = await navigator.storage.getDirectory();
  } catch {
    // Firefox and Safari give private windows no files.
    throw new Unfit('private');
  }
  const handles = await openSlots(root, folder);
  // Safari before 16.4 has them, but answers with promises: nothing would be durable when the core believes it is.
  const first = handles[0];
  if (typeof first?.getSize() === 'number') return handles;
  for (const handle of handles) handle.close();
  throw new Unfit('files');
}
