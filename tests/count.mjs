// count.mjs: counts single tests in ctest's JUnit file: cmocka's lines within a program, or the program itself when it prints none.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
const cases = readFileSync(process.argv[2], 'utf8').match(/<testcase[\s\S]*?<\/testcase>|<testcase[^>]*\/>/g) ?? [];
for (const one of cases) {
  const good = (one.match(/\[ {7}OK \] /g) ?? []).length;
  const bad = new Set([...one.matchAll(/\[ {2}FAILED {2}\] (\w+)\s*$/gm)].map((found) => found[1]));
  const ran = /status="run"/.test(one) && !/<failure/.test(one);
  passed += good > 0 || !ran ? good : 1;
  // A program that failed without a failed test died, leaked, timed out or was never built: that is one failure.
  failed += ran ? 0 : Math.max(1, bad.size);
}
console.log(`layer_passed=${passed}; layer_failed=${failed}`);
