// wasm_report.mjs: fails when the module asks its host for anything not on the list, then prints its size raw and compressed.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const [modulePath, importsPath] = process.argv.slice(2);
const bytes = readFileSync(modulePath);
const allowed = new Set(
  readFileSync(importsPath, 'utf8').split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== ''),
);
const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map((entry) => `${entry.module}.${entry.name}`);
const strangers = imports.filter((name) => !allowed.has(name));
if (strangers.length > 0) {
  console.error(`wasm: ${modulePath} imports what the browser does not offer: ${strangers.join(', ')} (see ${importsPath})`);
  process.exit(1);
}
const kilobytes = (n) => `${(n / 1000).toFixed(1)} kB`;
console.log(
  `wasm: ${imports.length} imports, ${kilobytes(bytes.length)} raw, ${kilobytes(gzipSync(bytes, { level: 9 }).length)} gzip, ` +
    `${kilobytes(brotliCompressSync(bytes).length)} brotli`,
);
