// functions.mjs: a function of TypeScript or of a script has at most 70 lines, by the compiler's own tree. Those of C are held to it by size.mjs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runRule, sourceFiles } from '../lib.mjs';

const functionLinesMax = 70;

// The compiler of the web faces, whichever tree is looked at.
const faces = fileURLToPath(new URL('../../../shared/ui/package.json', import.meta.url));

async function compiler() {
  const known = createRequire(faces);
  const at = (name) => import(pathToFileURL(known.resolve(`typescript/unstable/${name}`)).href);
  try {
    const [{ API }, { SyntaxKind }] = [await at('sync'), await at('ast')];
    return { API, SyntaxKind };
  } catch (error) {
    console.error(`functions: the TypeScript compiler is not there (${error.code ?? error.message}): run npm ci in shared/ui`);
    process.exit(1);
  }
}

const { API, SyntaxKind } = await compiler();
const kinds = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction', 'MethodDeclaration', 'Constructor', 'GetAccessor', 'SetAccessor'];
const functionKinds = new Set(kinds.map((kind) => SyntaxKind[kind]));

// Files are parsed and nothing more: what they import is another matter.
const options = { noLib: true, noResolve: true, allowJs: true, noEmit: true, allowImportingTsExtensions: true, types: [] };

// `look(program)` with every file in it.
function parsed(files, look) {
  const work = mkdtempSync(join(tmpdir(), 'tutti-functions-'));
  const config = join(work, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files }));
  const api = new API({});
  try {
    look(api.updateSnapshot({ openProjects: [config] }).getProjects()[0].program);
  } finally {
    api.close();
    rmSync(work, { recursive: true });
  }
}

// Of each function where it begins and how many lines it has; those within it are its own lines too.
function functionsOf(source) {
  const found = [];
  const lineOf = (at) => source.text.slice(0, at).split('\n').length;
  const visit = (node) => {
    if (functionKinds.has(node.kind)) {
      const line = lineOf(node.getStart(source));
      found.push({ line, lines: lineOf(node.end) - line + 1, name: node.name?.text ?? node.parent?.name?.text });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

runRule('functions', (root, report) => {
  const files = sourceFiles(root, /\.(ts|tsx|mjs)$/);
  parsed(files.map((path) => resolve(root, path)), (program) => {
    for (const path of files) {
      const source = program.getSourceFile(resolve(root, path));
      if (!source) report(path, 1, 'the compiler cannot read it');
      for (const { line, lines, name } of source ? functionsOf(source) : []) {
        if (lines > functionLinesMax) report(path, line, `${name ?? 'a function'} has ${lines} lines; ${functionLinesMax} are the most`);
      }
    }
  });
});
