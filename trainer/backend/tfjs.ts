/**
 * tfjs is an optional peer dependency: whoever only runs models does not install it. It is loaded
 * here, on demand, and its types are all that the rest of the trainer imports.
 */
import { createRequire } from 'node:module';
import type * as core from '@tensorflow/tfjs-core';
import { locateAll } from './packages.ts';

export type Tf = typeof core;
export type { DataId, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/** What every backend needs; `wasm` and `cpu` need no more. */
export const TFJS_PACKAGES = [
  '@tensorflow/tfjs-core@4.22',
  '@tensorflow/tfjs-backend-cpu@4.22',
  '@tensorflow/tfjs-backend-wasm@4.22',
];

/** Loads one of tfjs's packages. All share one engine. @throws MissingPackageError */
export function loadTfjs<Module>(name: string): Module {
  return require(resolveTfjs(name)) as Module;
}

/** Where a package's files lie. @throws MissingPackageError */
export function resolveTfjs(name: string): string {
  return locateAll('Training', [name], TFJS_PACKAGES)[0];
}
