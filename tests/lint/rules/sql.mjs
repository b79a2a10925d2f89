// sql.mjs: SQL stands only in files named *_sql.c; elsewhere a string literal that reads like a statement is a finding.
import { linesOf, runRule, sourceFiles } from '../lib.mjs';

const statement = new RegExp(
  '"\\s*(SELECT\\s|INSERT\\s+(INTO|OR)\\b|REPLACE\\s+INTO\\b|UPDATE\\s+\\w+\\s+SET\\b|DELETE\\s+FROM\\b|WITH\\s+\\w+\\s*(\\(|AS\\b)|' +
    '(CREATE|DROP)\\s+(TEMP\\s+|UNIQUE\\s+)?(TABLE|INDEX|TRIGGER|VIEW)\\b|ALTER\\s+TABLE\\b|PRAGMA\\s|ATTACH\\s|VACUUM\\b|' +
    'BEGIN( IMMEDIATE| EXCLUSIVE)?"|COMMIT"|ROLLBACK\\b|SAVEPOINT\\s)',
);

runRule('sql', (root, report) => {
  for (const path of sourceFiles(root, /^(shared|proto|client|server)\/.*\.(c|h|def)$/)) {
    if (path.endsWith('_sql.c')) continue;
    linesOf(root, path).forEach((text, index) => {
      if (statement.test(text)) report(path, index + 1, `SQL outside a *_sql.c file: ${text.trim().slice(0, 60)}`);
    });
  }
});
