// types.mjs: TypeScript has no `any`, and no way around the compiler.
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

const around = /(:\s*any\b|\bas\s+any\b|<any\b|\bany\[\]|@ts-ignore|@ts-nocheck)/;

runRule('types', (root, report) => {
  for (const path of sourceFiles(root, /\.tsx?$/)) {
    linesOf(root, path).forEach((text, index) => {
      const found = around.exec(text);
      if (found && !/^\s*(\/\/|\*)/.test(text)) report(path, index + 1, `"${found[0].trim()}" goes around the type checker`);
    });
  }
});
