// opening.mjs: the first line of a file (the second below #!) is a comment that says what the file is.
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

const openings = [
  [/\.(c|h|def|css)$/, /^\/\*\s*\S.{9,}/],
  [/\.(ts|tsx|mjs|js)$/, /^\/[/*]\s*\S.{9,}/],
  [/(\.sh|\.cmake|CMakeLists\.txt|^\.ci\/run)$/, /^#\s*\S.{9,}/],
];

runRule('opening', (root, report) => {
  for (const path of sourceFiles(root, /./)) {
    const opening = openings.find(([name]) => name.test(path));
    if (!opening) continue;
    const lines = linesOf(root, path);
    const line = lines[0].startsWith('#!') ? 1 : 0;
    if (!opening[1].test(lines[line] ?? '')) report(path, line + 1, 'the file does not open with a comment that says what it is');
  }
});
