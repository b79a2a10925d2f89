// words.mjs: what never belongs in the tree: notes to self, traces of how it was made, paths of one machine, private keys.
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

const forbidden = [
  [/\b(TODO|FIXME|XXX)\b/, 'an unfinished thought; finish it or leave it out'],
  [/(?<!user[- ])(?<!User-)\bagents?\b/i, 'the project speaks of the product alone'],
  [/\b(claude|anthropic|openai|chatgpt|copilot|language model|the design notes?)\b/i, 'the project speaks of the product alone'],
  [/\.\.\/shared\/(design|spikes)|\.\.\/shared\b(?=\s|$|\/?["'`) ])/, 'a path out of the tree'],
  [/(^|[\s"'`(=:])\/(home\/\w|root\/\w|work\/\w|Users\/\w)/, "an absolute path of somebody's machine"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
];

// This rule and its self-test must be able to name what they forbid; locks and licences are not our words.
const exempt = /^(tests\/lint\/|LICENSE$|\.gitignore$)|package-lock\.json$/;

runRule('words', (root, report) => {
  for (const path of sourceFiles(root, /./)) {
    if (exempt.test(path)) continue;
    linesOf(root, path).forEach((text, index) => {
      for (const [pattern, why] of forbidden) {
        const found = pattern.exec(text);
        if (found) report(path, index + 1, `"${found[0].trim()}": ${why}`);
      }
    });
  }
});
