// host.mjs: what the wasm core is lent by its worker: files that are open for good, randomness, Unicode. Nothing else.
//
// OPFS can only open files asynchronously and SQLite asks synchronously, so a fixed number of slots is opened first. A slot starts
// with a header (magic, generation, name, checksum) in its first sector; the content follows. Replacing a file fills another slot
// and gives it a higher generation: after a crash the highest sound generation of a name counts, older ones are free again.

import { foldText } from './fold.mjs';

const headerBytes = 4096;
const nameBytesMax = 128;
const magic = 0x54555431;
const slotNames = Array.from({ length: 24 }, (_, index) => `slot-${String(index).padStart(2, '0')}`);

// What a number below zero tells the core; host.h has the same three.
const [absent, failed, full] = [-1, -2, -3];

// The browser gives no more room. It says so by throwing, or by writing less than was asked.
class Full extends Error {}
const isFull = (error) => error instanceof Full || error?.name === 'QuotaExceededError';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const strict = new TextDecoder('utf-8', { fatal: true });

// FNV-1a: finds a header torn by a crash; nobody forges files in their own browser.
function checksum(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function headerOf(name, generation) {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  const text = encoder.encode(name);
  if (text.length > nameBytesMax) throw new Error('a file name is too long');
  view.setUint32(0, magic);
  view.setUint32(4, generation);
  view.setUint32(8, text.length);
  bytes.set(text, 12);
  view.setUint32(headerBytes - 4, checksum(bytes.subarray(0, headerBytes - 4)));
  return bytes;
}

function readHeader(handle) {
  const bytes = new Uint8Array(headerBytes);
  if (handle.read(bytes, { at: 0 }) < headerBytes) return undefined;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0) !== magic || view.getUint32(headerBytes - 4) !== checksum(bytes.subarray(0, headerBytes - 4))) return undefined;
  const length = view.getUint32(8);
  if (length > nameBytesMax) return undefined;
  return { name: decoder.decode(bytes.subarray(12, 12 + length)), generation: view.getUint32(4) };
}

function writeAll(handle, bytes, at) {
  if (bytes.length > 0 && handle.write(bytes, { at }) !== bytes.length) throw new Full('the browser gives no more room');
}

// The files over already opened access handles ({read, write, truncate, flush, getSize}); made anew at every start.
export class FilePool {
  constructor(handles) {
    this.slots = handles.map((handle) => ({ handle, name: undefined, generation: 0 }));
    this.byName = new Map();
    for (const slot of this.slots) {
      const header = readHeader(slot.handle);
      if (header === undefined) continue;
      const known = this.byName.get(header.name);
      if (known !== undefined && known.generation >= header.generation) this.#release(slot);
      else {
        Object.assign(slot, header);
        this.byName.set(header.name, slot);
        if (known !== undefined) this.#release(known);
      }
    }
  }

  #free() {
    const slot = this.slots.find((one) => one.name === undefined);
    if (slot === undefined) throw new Error('every file slot is in use');
    return slot;
  }

  // Content first, then the header that makes it count, each flushed: there is no moment without the old or the new file.
  #fill(name, content) {
    const old = this.byName.get(name);
    const slot = this.#free();
    slot.generation = (old?.generation ?? 0) + 1;
    try {
      slot.handle.truncate(0);
      writeAll(slot.handle, content, headerBytes);
      slot.handle.flush();
      writeAll(slot.handle, headerOf(name, slot.generation), 0);
      slot.handle.flush();
    } catch (error) {
      slot.handle.truncate(0); // what did not fit must not stand in the way of what would
      throw error;
    }
    slot.name = name;
    this.byName.set(name, slot);
    if (old !== undefined) this.#release(old);
  }

  // Emptied for good at once: an older copy must not come back when the newer one is removed.
  #release(slot) {
    slot.name = undefined;
    slot.handle.truncate(0);
    slot.handle.flush();
  }

  exists(name) {
    return this.byName.has(name);
  }

  // The number of a file stays its slot's, as long as it is not replaced.
  open(name, create) {
    if (!this.byName.has(name)) {
      if (!create) return absent;
      this.#fill(name, new Uint8Array(0));
    }
    return this.slots.indexOf(this.byName.get(name));
  }

  remove(name) {
    const slot = this.byName.get(name);
    if (slot === undefined) return;
    this.byName.delete(name);
    this.#release(slot);
  }

  replace(name, content) {
    this.#fill(name, content);
  }

  read(file, bytes, offset) {
    return this.slots[file].handle.read(bytes, { at: headerBytes + offset });
  }

  write(file, bytes, offset) {
    return this.slots[file].handle.write(bytes, { at: headerBytes + offset });
  }

  truncate(file, size) {
    this.slots[file].handle.truncate(headerBytes + size);
  }

  flush(file) {
    this.slots[file].handle.flush();
  }

  size(file) {
    return Math.max(0, this.slots[file].handle.getSize() - headerBytes);
  }
}

// The import object of the core. Strict: the engine refuses a module that asks for more. `report` hears of failures, never of content.
export function hostImports(pool, memoryOf, report) {
  const bytesAt = (at, length) => new Uint8Array(memoryOf().buffer, at, length);
  const textAt = (at, length) => decoder.decode(bytesAt(at, length).slice());
  const guarded = (what, bad, run, noRoom = bad) => (...args) => {
    try {
      return run(...args);
    } catch (error) {
      report(what, error);
      return isFull(error) ? noRoom : bad;
    }
  };
  const refuse = () => 8; // "bad file descriptor": there are no such files
  return {
    tutti: {
      random: (at, length) => {
        const most = 65536; // of getRandomValues
        for (let done = 0; done < length; done += most) crypto.getRandomValues(bytesAt(at + done, Math.min(most, length - done)));
      },
      now_ms: () => Date.now(),
      fold: guarded('fold', -1, (at, length, to, room) => {
        const folded = encoder.encode(foldText(strict.decode(bytesAt(at, length).slice())));
        if (folded.length > room) return -1;
        bytesAt(to, folded.length).set(folded);
        return folded.length;
      }),
      file_open: guarded('open', failed, (at, length, create) => pool.open(textAt(at, length), create !== 0), full),
      file_exists: guarded('exists', -1, (at, length) => (pool.exists(textAt(at, length)) ? 1 : 0)),
      file_delete: guarded('delete', -1, (at, length) => (pool.remove(textAt(at, length)), 0)),
      file_read: guarded('read', -1, (file, at, length, offset) => pool.read(file, bytesAt(at, length), offset)),
      file_write: guarded('write', -1, (file, at, length, offset) => pool.write(file, bytesAt(at, length), offset), 0),
      file_truncate: guarded('truncate', -1, (file, size) => (pool.truncate(file, size), 0)),
      file_flush: guarded('flush', -1, (file) => (pool.flush(file), 0)),
      file_size: guarded('size', -1, (file) => pool.size(file)),
      file_replace: guarded('replace', failed, (at, length, from, size) => (pool.replace(textAt(at, length), bytesAt(from, size)), 0), full),
    },
    wasi_snapshot_preview1: {
      fd_write: refuse,
      fd_close: refuse,
      fd_seek: refuse,
      fd_fdstat_get: refuse,
      proc_exit: (code) => {
        throw new Error(`the core stopped itself (${code})`);
      },
    },
  };
}

// A door over a compiled module. After a failed step or a thrown error the instance is spent: make another over a fresh pool.
export async function openDoor(module, handles, report) {
  const pool = new FilePool(handles);
  const instance = await WebAssembly.instantiate(module, hostImports(pool, () => instance.exports.memory, report));
  const core = instance.exports;
  core._initialize();
  const door = core.door_create();
  const put = (bytes) => {
    const at = core.door_input(door, bytes.length);
    if (at === 0) throw new Error('the input is larger than the core accepts');
    new Uint8Array(core.memory.buffer, at, bytes.length).set(bytes);
  };
  const textFrom = (at) => {
    const memory = new Uint8Array(core.memory.buffer);
    return decoder.decode(memory.slice(at, memory.indexOf(0, at)));
  };
  return {
    open(boot, now, hub) {
      put(boot);
      core.door_boot(door);
      const address = encoder.encode(hub);
      put(address);
      if (core.door_hub(door, address.length) !== 0) throw new Error("the hub's address is too long");
      core.door_now(door, now.wall, now.mono);
      if (core.door_open(door) !== 0) throw new Error(textFrom(core.door_fault(door)));
    },
    step(kind, id, bytes, now) {
      put(bytes);
      core.door_now(door, now.wall, now.mono);
      const count = core.door_step(door, kind, id, bytes.length);
      if (count < 0) throw new Error(`the core failed with error ${-count}`);
      return Array.from({ length: count }, (_, index) => {
        const at = core.door_action_bytes(door, index);
        return {
          kind: core.door_action_kind(door, index),
          id: core.door_action_id(door, index) >>> 0,
          at: core.door_action_at(door, index),
          bytes: new Uint8Array(core.memory.buffer, at, core.door_action_len(door, index)).slice(),
        };
      });
    },
    close() {
      core.door_destroy(door);
    },
  };
}

// The slots of this origin as access handles. The page that was reloaded may still hold them for a moment.
export async function openSlots(directory, folderName = 'tutti') {
  const attemptsMax = 40;
  const pauseMs = 50;
  const folder = await directory.getDirectoryHandle(folderName, { create: true });
  const openOne = async (name) => {
    const file = await folder.getFileHandle(name, { create: true });
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await file.createSyncAccessHandle();
      } catch (error) {
        if (error.name !== 'NoModificationAllowedError' || attempt === attemptsMax) throw error;
        await new Promise((resume) => setTimeout(resume, pauseMs));
      }
    }
  };
  return Promise.all(slotNames.map(openOne));
}
