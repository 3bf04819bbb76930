/**
 * Bundles the browser host into dist/browser, each entry one module, with the core's builds beside them:
 *
 *   index.js ── new URL('./core.simd.wasm') ──► core.relaxed.wasm, core.simd.wasm, core.scalar.wasm
 *   embedded.js       the same with the cores within
 *   worker.js ── new URL('./worker-script.js') ──► worker-script.js ──► the cores
 */
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The core's builds that a browser chooses from. */
export const CORES = ['relaxed', 'simd', 'scalar'].map((build) => `core.${build}.wasm`);

/** Builds into `outdir`. */
export async function buildBrowser(outdir = `${root}dist/browser`) {
  await mkdir(outdir, { recursive: true });
  await Promise.all(CORES.map((name) => cp(`${root}build/${name}`, `${outdir}/${name}`)));
  await build({
    entryPoints: {
      index: `${root}host/browser/index.ts`,
      embedded: `${root}host/browser/embedded.ts`,
      worker: `${root}host/worker/index.ts`,
      'worker-script': `${root}host/worker/script.ts`,
    },
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    loader: { '.wasm': 'binary' },
    alias: Object.fromEntries(CORES.map((name) => [name, `${root}build/${name}`])),
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildBrowser();
