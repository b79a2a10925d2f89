// lockfile.mjs: a package lock pins by hash and names no host, so that any registry can serve it.
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

runRule('lockfile', (root, report) => {
  for (const path of sourceFiles(root, /(^|\/)package-lock\.json$/)) {
    linesOf(root, path).forEach((text, index) => {
      if (/"resolved"\s*:\s*"https?:/.test(text)) report(path, index + 1, 'names the host a package came from; remove "resolved"');
    });
  }
  for (const path of sourceFiles(root, /(^|\/)\.npmrc$/)) {
    linesOf(root, path).forEach((text, index) => {
      if (/^\s*(@\w+:)?registry\s*=|_auth/.test(text)) report(path, index + 1, 'names a registry or a credential');
    });
  }
});
