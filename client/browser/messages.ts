// messages.ts: what a page and its worker say to each other, beside the calls, which travel through a port of their own.

export type ToWorker =
  | { say: 'dial'; port: MessagePort }
  /** Take the core over from the tab that has it. */
  | { say: 'take' }
  | { say: 'hidden' }
  | { say: 'shown' }
  | { say: 'offline' };

/** Why no core runs in this tab, or that one does. */
export type FromWorker =
  | { state: 'opening' }
  | { state: 'open' }
  /** Another tab or window of this browser has it. */
  | { state: 'elsewhere' }
  /** This browser cannot keep data safely, and why. */
  | { state: 'unfit'; missing: Missing }
  /** The files cannot be opened, in the core's words. */
  | { state: 'failed'; why: string };

export type Missing = 'secure' | 'wasm' | 'locks' | 'workers' | 'files' | 'private';
