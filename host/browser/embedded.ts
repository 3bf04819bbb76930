/**
 * The host for browsers with the core within: for pages that may fetch nothing, and for bundles of one
 * file. The same calls as `beexformer/browser`.
 */
import relaxed from 'core.relaxed.wasm';
import scalar from 'core.scalar.wasm';
import simd from 'core.simd.wasm';
import { type LoadOptions, loadWith } from './load.ts';
import type { Model } from './model.ts';
import type { ModelSource } from './source.ts';

/** As `load` of `beexformer/browser`; no request is made for the core. */
export function load(source: ModelSource, options?: LoadOptions): Promise<Model> {
  return loadWith({ relaxed, simd, scalar }, source, options);
}

export * from './exports.ts';
