// runner.ts: carries events into the core and its actions out, as client/kiosk/daemon.c does; what to do is decided in the core alone.
import type { Action, Door, Now } from './host.mjs';

/** client/core/core.h, enum event_kind and enum action_kind. */
export const event = { call: 0, linkUp: 1, linkBytes: 2, linkDown: 3, tick: 4, stop: 5 } as const;
export const action = { reply: 0, changed: 1, linkOpen: 2, linkSend: 3, linkClose: 4, tickAt: 5 } as const;

export interface Link {
  /** A line that is open already is let go first, without a `down`. */
  open(id: number, url: string): void;
  send(id: number, bytes: Uint8Array<ArrayBuffer>): void;
  close(id: number): void;
  /** Whatever its id. */
  drop(): void;
}
export interface LinkEvents {
  up(id: number): void;
  bytes(id: number, bytes: Uint8Array): void;
  down(id: number, reason: string): void;
}
/** What a core runs in. */
export interface Surroundings {
  /** A core of its own over the same files, opened. */
  openCore(now: Now): Promise<Door>;
  link(events: LinkEvents): Link;
  now(): Now;
  later(run: () => void, ms: number): number;
  cancel(timer: number): void;
  reply(page: number, bytes: Uint8Array<ArrayBuffer>): void;
  changed(bytes: Uint8Array<ArrayBuffer>): void;
  /** true: calls go through; false: the core is made anew, and the pages connect anew. */
  running(running: boolean): void;
  /** It cannot be started, or failed too often: nothing comes any more. */
  gaveUp(why: string): void;
}

// Of limits.h.
const coreRestartsMax = 5;
const coreCalmMs = 60_000; // of client/kiosk/daemon.c
// A timer may sleep with the machine while the core's time goes on: short naps.
const tickPauseMsMax = 30_000;

const nothing = new Uint8Array(0);
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Runner {
  #door: Door | null = null;
  #link: Link;
  #tickAt: number | null = null;
  #timer: number | null = null;
  #failures = 0;
  #failedAt = -Infinity;
  #over = false;

  constructor(private readonly around: Surroundings) {
    this.#link = around.link({
      up: (id) => this.#step(event.linkUp, id, nothing),
      bytes: (id, bytes) => this.#step(event.linkBytes, id, bytes),
      down: (id, reason) => this.#step(event.linkDown, id, encoder.encode(reason)),
    });
  }

  /** A core that fails while it starts is not tried again: what its files say will be the same. */
  async start(): Promise<void> {
    try {
      const door = await this.around.openCore(this.around.now());
      if (this.#over) return door.close();
      this.#door = door;
    } catch (error) {
      // Taken away while it opened, with its files: that is no failure.
      if (this.#over) return;
      this.#over = true;
      return this.around.gaveUp(wordsOf(error));
    }
    this.around.running(true);
    this.#step(event.tick, 0, nothing);
  }

  call(page: number, bytes: Uint8Array): void {
    this.#step(event.call, page, bytes);
  }
  /** The page is hidden and may never be shown again: everything is sealed now. */
  hidden(): void {
    this.#step(event.stop, 0, nothing);
  }
  shown(): void {
    this.#step(event.tick, 0, nothing);
  }
  /** Seals and lets go of everything; nothing comes any more. */
  stop(): void {
    this.hidden();
    this.#over = true;
    this.#end();
  }

  #end(): void {
    if (this.#timer !== null) this.around.cancel(this.#timer);
    this.#timer = this.#tickAt = null;
    this.#link.drop();
    const door = this.#door;
    this.#door = null;
    try {
      door?.close();
    } catch {
      // A core that trapped cannot tidy up; its memory goes with it.
    }
  }

  // What the failed core had said is durable, so a new one takes over.
  #restart(why: string): void {
    this.#end();
    if (this.#over) return;
    // Answers in between prove nothing: pages ask as soon as they are let in, and the line fails it again.
    const { mono } = this.around.now();
    this.#failures = mono - this.#failedAt < coreCalmMs ? this.#failures + 1 : 1;
    this.#failedAt = mono;
    this.around.running(false);
    if (this.#failures <= coreRestartsMax) return void this.start();
    this.#over = true;
    this.around.gaveUp(why);
  }

  #step(kind: number, id: number, bytes: Uint8Array): void {
    if (!this.#door) return;
    let actions: Action[];
    try {
      actions = this.#door.step(kind, id, bytes, this.around.now());
    } catch (error) {
      return this.#restart(wordsOf(error));
    }
    for (const one of actions) this.#run(one);
  }

  #run(one: Action): void {
    switch (one.kind) {
      case action.reply:
        return this.around.reply(one.id, one.bytes);
      case action.changed:
        return this.around.changed(one.bytes);
      case action.linkOpen:
        return this.#link.open(one.id, decoder.decode(one.bytes));
      case action.linkSend:
        return this.#link.send(one.id, one.bytes);
      case action.linkClose:
        return this.#link.close(one.id);
      case action.tickAt:
        this.#tickAt = one.at;
        return this.#arm();
      default:
        throw new Error(`the core asked for something unknown (${one.kind})`);
    }
  }

  #arm(): void {
    if (this.#timer !== null) this.around.cancel(this.#timer);
    const wait = Math.max(0, (this.#tickAt ?? 0) - this.around.now().mono);
    this.#timer = this.around.later(() => this.#tick(), Math.min(wait, tickPauseMsMax));
  }

  #tick(): void {
    this.#timer = null;
    if (this.#tickAt === null) return;
    if (this.#tickAt > this.around.now().mono) return this.#arm();
    this.#tickAt = null;
    this.#step(event.tick, 0, nothing);
  }
}
