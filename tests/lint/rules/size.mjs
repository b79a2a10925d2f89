// size.mjs: a C function has at most 70 lines, a source file at most 600.
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

const functionLinesMax = 70;
const fileLinesMax = 600;

// In our format a definition opens with a line at column zero that ends in "{" and closes with a lone "}"; aggregates close with "};".
function functions(lines) {
  const found = [];
  let start = -1;
  lines.forEach((text, index) => {
    const opens = /^[A-Za-z_}].*[^=]\{$/.test(text) && !/^(struct|union|enum|typedef|extern "C")\b[^()]*\{$/.test(text) && !/=\s*\{$/.test(text);
    if (opens && start < 0) start = signatureStart(lines, index);
    if (/^\}/.test(text) && start >= 0) {
      if (text === '}') found.push({ start, lines: index - start + 1 });
      start = -1;
    }
  });
  return found;
}

function signatureStart(lines, index) {
  let start = index;
  while (start > 0 && /^\s/.test(lines[start])) start -= 1;
  return start;
}

runRule('size', (root, report) => {
  for (const path of sourceFiles(root, /\.(c|h|def|ts|tsx|mjs|css|sh|cmake)$/)) {
    const lines = linesOf(root, path);
    const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
    if (count > fileLinesMax) report(path, 1, `${count} lines; ${fileLinesMax} are the most a file may have`);
    if (!/\.(c|h)$/.test(path)) continue;
    for (const one of functions(lines)) {
      if (one.lines > functionLinesMax) report(path, one.start + 1, `a function of ${one.lines} lines; ${functionLinesMax} are the most`);
    }
  }
});
