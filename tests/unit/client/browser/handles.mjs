// handles.mjs: OPFS access handles in memory, for tests: a crash loses what was not flushed, and can be timed to any operation.
export class Crash extends Error {}

export class Handle {
  #shared;
  constructor(shared) {
    this.#shared = shared;
    this.live = new Uint8Array(0);
    this.size = 0;
    this.durable = new Uint8Array(0);
  }
  #spend() {
    if (this.#shared.budget-- <= 0) throw new Crash();
  }
  read(bytes, { at }) {
    const part = this.live.subarray(Math.min(at, this.size), Math.min(at + bytes.length, this.size));
    bytes.set(part);
    return part.length;
  }
  #resize(size) {
    if (size > this.live.length) {
      const grown = new Uint8Array(Math.max(size, this.live.length * 2));
      grown.set(this.live);
      this.live = grown;
    }
    this.live.fill(0, size);
    this.size = size;
  }
  write(bytes, { at }) {
    this.#spend();
    this.#resize(Math.max(this.size, at + bytes.length));
    this.live.set(bytes, at);
    return bytes.length;
  }
  truncate(size) {
    this.#spend();
    this.#resize(size);
  }
  flush() {
    this.#spend();
    this.durable = this.live.slice(0, this.size);
  }
  getSize() {
    return this.size;
  }
  crash() {
    this.live = this.durable.slice();
    this.size = this.live.length;
  }
}

// `shared.budget` counts operations that change something, over all handles, until the crash.
export const handles = (count, shared = { budget: Infinity }) => Array.from({ length: count }, () => new Handle(shared));
