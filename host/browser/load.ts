/** Loads a model from whatever a page has; it can be used once its first block is in. */
import { Status } from '../../assembly/abi.ts';
import { Core, CoreError, sentence } from '../core.ts';
import { Arrival, type Progress } from './arrival.ts';
import { type Cores, coreModule } from './cores.ts';
import { Model } from './model.ts';
import { type ModelSource, openSource } from './source.ts';

export interface LoadOptions {
  /** Stops the load; after it has resolved, the rest of the stream. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /**
   * Digest of the whole file, such as `sha384-...`. Nothing is used before all of it has been checked, so
   * `load` then waits for the file's end.
   */
  integrity?: string;
  /** Where the core's builds are; those beside this module unless given. */
  cores?: Cores;
}

/**
 * Resolves when the first block and its exit are in.
 * @throws ModelFileError for bytes that are no sound model, Error where a fetch fails or the digest
 *   differs, the signal's reason
 */
export async function loadWith(
  defaults: Cores,
  source: ModelSource,
  { signal, cores = defaults, ...options }: LoadOptions = {},
): Promise<Model> {
  signal?.throwIfAborted();
  const opening = openSource(source, signal);
  // Model and core come side by side; a failure of the first is heard where it is awaited.
  opening.catch(() => {});
  const { module, build } = await coreModule(cores);
  const arrival = new Arrival(Core.instantiate(module), options);
  const whole = arrival.read(opening, signal);
  whole.catch(() => {});
  while (!arrival.isOpen && arrival.isComing) await arrival.news();
  if (!arrival.isOpen) await whole;
  if (arrival.progress.blocks === 0) throw new CoreError(Status.NoBlocks, sentence(Status.NoBlocks));
  return new Model(arrival, build, whole);
}
