// node_test.d.ts: the few names of Node that the unit tests use.
declare module 'node:test' {
  export function test(name: string, run: () => void | Promise<void>): void;
  export function after(run: () => void): void;
}
declare module 'node:child_process' {
  export function execFileSync(file: string, args: readonly string[], options?: { stdio: 'inherit' }): void;
}
declare module 'node:fs' {
  export function readdirSync(folder: string): string[];
  export function readFileSync(file: string, encoding: 'utf8'): string;
  export function readFileSync(file: string, encoding: null): ArrayLike<number>;
  export function mkdtempSync(prefix: string): string;
  export function rmSync(path: string, options: { recursive: boolean; force: boolean }): void;
}
declare module 'node:process' {
  export function cwd(): string;
  export const env: Readonly<Record<string, string | undefined>>;
}
declare module 'node:assert/strict' {
  interface Assert {
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    ok(value: unknown, message?: string): void;
    throws(run: () => unknown, message: RegExp): void;
    rejects(promise: Promise<unknown>, check: (error: unknown) => boolean): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}
