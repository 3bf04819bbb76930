/**
 * Optimizes Wasm files in place, whose targets leave it to this: node tools/optimize.mjs FILE...
 *
 * asc inlines by limits of its own, which make larger files that are no faster. In the SIMD builds wasm-opt must inline
 * what takes or gives vectors, since V8 up to Node 22 inlines no function of Wasm: limits below these cost 15 % there.
 * The flash build is Wasm 1.0, and is inlined by a C compiler or not at all.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const FLASH = ['-O3', '-Os', '--mvp-features'];
const SIMD = [
  ...['-Os', '-O3', '-Os', '--always-inline-max-function-size=20', '--flexible-inline-max-function-size=50'],
  ...['--enable-simd', '--enable-relaxed-simd', '--enable-bulk-memory', '--enable-bulk-memory-opt'],
  ...['--enable-sign-ext', '--enable-mutable-globals', '--enable-nontrapping-float-to-int'],
];

const { resolve } = createRequire(import.meta.url);
const wasmOpt = path.join(path.dirname(resolve('binaryen/package.json')), 'bin/wasm-opt');
for (const file of process.argv.slice(2)) {
  const options = path.basename(file).includes('flash') ? FLASH : SIMD;
  execFileSync(process.execPath, [wasmOpt, ...options, file, '-o', file], { stdio: 'inherit' });
}
