/**
 * The host for browsers: pages, workers, service workers, extensions. The core is a file beside this one.
 *
 *   import { load } from 'beexformer/browser';
 *   const model = await load('/models/sst2.beex');
 *   (await model.classify('a film to fall in love with')).label;
 */
import { type LoadOptions, loadWith } from './load.ts';
import type { Model } from './model.ts';
import type { ModelSource } from './source.ts';

// Written out, so that bundlers see which files to bring along.
const CORES = {
  relaxed: new URL('./core.relaxed.wasm', import.meta.url),
  simd: new URL('./core.simd.wasm', import.meta.url),
  scalar: new URL('./core.scalar.wasm', import.meta.url),
};

/**
 * Loads a model from an address, a response, a stream, a file or bytes. Resolves when its first block is
 * in: `classify` then waits for just the blocks that it needs.
 * @throws ModelFileError for bytes that are no sound model, Error where a fetch fails or the digest
 *   differs, the signal's reason
 */
export function load(source: ModelSource, options?: LoadOptions): Promise<Model> {
  return loadWith(CORES, source, options);
}

export * from './exports.ts';
