/**
 * tfjs is an optional peer dependency: whoever only runs models does not install it. It is loaded
 * here, on demand, and its types are all that the rest of the trainer imports.
 */
import { createRequire } from 'node:module';
import type * as core from '@tensorflow/tfjs-core';

export type Tf = typeof core;
export type { DataId, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/** Says how to get tfjs; thrown when a package of it cannot be found. */
export class MissingTfjs extends Error {
  constructor(missing: string) {
    super(
      `Training needs ${missing}, which is not installed. Install it with:\n` +
        '  npm install @tensorflow/tfjs-core@4.22 @tensorflow/tfjs-backend-cpu@4.22 @tensorflow/tfjs-backend-wasm@4.22',
    );
    this.name = 'MissingTfjs';
  }
}

/** Loads one of tfjs's packages. All share one copy of tfjs-core. */
export function loadTfjs<Module>(name: string): Module {
  try {
    return require(name) as Module;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') throw new MissingTfjs(name);
    throw cause;
  }
}

/** Where a package's files lie. */
export function resolveTfjs(name: string): string {
  return require.resolve(name);
}
