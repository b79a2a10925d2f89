// worker_types.d.ts: what workers have beyond the pages' library of types.
interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<import('./host.mjs').AccessHandle>;
}
