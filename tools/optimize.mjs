/**
 * Optimizes Wasm files in place: node tools/optimize.mjs FILE...
 *
 * The SIMD builds' targets leave it to this: asc inlines by limits of its own, which make the core larger, gzipped by
 * 4 %, and no faster. wasm-opt must inline what takes or gives vectors, since V8 up to Node 22 inlines no function of
 * Wasm; limits below these cost 15 % there.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const OPTIONS = [
  ...['-Os', '-O3', '-Os'],
  '--always-inline-max-function-size=20',
  '--flexible-inline-max-function-size=60',
  ...['simd', 'relaxed-simd', 'bulk-memory', 'bulk-memory-opt', 'sign-ext', 'mutable-globals'],
  'nontrapping-float-to-int',
].map((option) => (option.startsWith('-') ? option : `--enable-${option}`));

const { resolve } = createRequire(import.meta.url);
const wasmOpt = path.join(path.dirname(resolve('binaryen/package.json')), 'bin/wasm-opt');
for (const file of process.argv.slice(2)) {
  execFileSync(process.execPath, [wasmOpt, ...OPTIONS, file, '-o', file], { stdio: 'inherit' });
}
