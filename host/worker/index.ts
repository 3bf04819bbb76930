/**
 * A model in a worker, used as one in the page is.
 *
 *   import { loadInWorker } from 'beexformer/browser/worker';
 *   const model = await loadInWorker('/models/sst2.beex');
 *   (await model.classify('a film to fall in love with')).label;
 */
import type { LoadOptions } from '../browser/load.ts';
import type { AsyncModel } from '../browser/model.ts';
import type { ModelSource } from '../browser/source.ts';
import { WorkerModel } from './model.ts';

export interface WorkerLoadOptions extends LoadOptions {
  /** One that runs `beexformer/browser/worker-script`; a worker of the model's own unless given. */
  worker?: Worker;
  /** Whether the source's buffer is handed over instead of copied: the page then has it no more. */
  transfer?: boolean;
}

/**
 * Resolves when the first block and its exit are in. The worker fetches addresses itself; streams and
 * responses are handed over to it.
 * @throws as `load`; errors carry the worker's stack
 */
export function loadInWorker(source: ModelSource, options: WorkerLoadOptions = {}): Promise<AsyncModel> {
  const own = options.worker
    ? undefined
    : // Written out, so that bundlers see which file is the worker's.
      new Worker(new URL('./worker-script.js', import.meta.url), { type: 'module' });
  return WorkerModel.load((options.worker ?? own)!, own, source, options);
}

export { CoreError } from '../core-error.ts';
export { ModelFileError } from '../model-file/error.ts';
export { PolicyError } from '../policy.ts';
export type { AsyncModel };
