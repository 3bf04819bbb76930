/** `node build.mjs`; the page, with model.beex beside it, is this folder. */
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

await build({
  entryPoints: [here('main.js')],
  outdir: here('bundle'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
});
// esbuild leaves `new URL('./core.simd.wasm', import.meta.url)` as it is: the core goes beside the bundle.
for (const name of ['core.relaxed.wasm', 'core.simd.wasm', 'core.scalar.wasm']) {
  await cp(fileURLToPath(import.meta.resolve(`beexformer/${name}`)), here(`bundle/${name}`));
}
