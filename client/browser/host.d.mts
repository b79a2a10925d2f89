// host.d.mts: the types of host.mjs, for the worker and the self-test.

/** What the browser opens for a file of its own: every operation is synchronous. */
export interface AccessHandle {
  read(bytes: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  getSize(): number;
  close(): void;
}
/** Milliseconds: since 1970, and since this worker began. */
export interface Now {
  wall: number;
  mono: number;
}
export interface Action {
  kind: number;
  id: number;
  at: number;
  bytes: Uint8Array<ArrayBuffer>;
}
/** After a failed step or a thrown error the door is spent. */
export interface Door {
  open(boot: Uint8Array, now: Now, hub: string): void;
  step(kind: number, id: number, bytes: Uint8Array, now: Now): Action[];
  close(): void;
}
export type Report = (what: string, error: unknown) => void;

export class FilePool {
  constructor(handles: readonly AccessHandle[]);
  exists(name: string): boolean;
  open(name: string, create: boolean): number;
  remove(name: string): void;
  replace(name: string, content: Uint8Array): void;
  read(file: number, bytes: Uint8Array, offset: number): number;
  write(file: number, bytes: Uint8Array, offset: number): number;
  truncate(file: number, size: number): void;
  flush(file: number): void;
  size(file: number): number;
}
export function openDoor(module: WebAssembly.Module, handles: readonly AccessHandle[], report: Report): Promise<Door>;
export function openSlots(directory: FileSystemDirectoryHandle, folderName?: string): Promise<AccessHandle[]>;
