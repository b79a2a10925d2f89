// count.mjs: counts single tests in ctest's JUnit file: cmocka's lines within a program, or the program itself when it prints none.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
const cases = readFileSync(process.argv[2], 'utf8').match(/<testcase[\s\S]*?<\/testcase>|<testcase[^>]*\/>/g) ?? [];
for (const one of cases) {
  const ok = (one.match(/\[\s+OK \]/g) ?? []).length;
  const bad = new Set([...one.matchAll(/\[\s+(?:FAILED|ERROR)\s+\] (?!\w+: )(?:\d+ )?(\w[^\n]*)/g)].map((m) => m[1].trim()));
  const badProgram = /status="fail"/.test(one) || /<failure/.test(one);
  passed += ok > 0 || badProgram ? ok : 1;
  // A program that failed without a failed test died, leaked or timed out: that is one failure.
  failed += badProgram ? Math.max(1, bad.size) : 0;
}
console.log(`layer_passed=${passed}; layer_failed=${failed}`);
