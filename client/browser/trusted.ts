// trusted.ts: the addresses of our own scripts, as Trusted Types asks for them where a browser has them: no other script can be started.

interface Policy {
  createScriptURL(name: string): string;
}
interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

const ours: ReadonlySet<string> = new Set(['worker.js', 'sw.js', 'selftest_worker.js']);
const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const rules: Policy = {
  createScriptURL: (name) => {
    if (!ours.has(name)) throw new TypeError('not a script of Tutti');
    return name;
  },
};
// A kiosk's page starts no script of its own and has no such policy.
let policy: Policy | null = null;

/** What the browser takes for the name; it says "string" because the types of browsers still do. */
export function ownScript(name: string): string {
  policy ??= factory ? factory.createPolicy('tutti', rules) : rules;
  return policy.createScriptURL(name);
}
