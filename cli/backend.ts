/** Which backend a training computes on, and the line that says so. */
import { chooseFastest } from '../trainer/backend/auto.ts';
import { type Backend, type BackendName, chooseBackend } from '../trainer/backend/index.ts';
import type { ModelConfig } from '../trainer/model.ts';
import { note } from './output.ts';

/** `auto` is the fastest that works here. */
export type BackendChoice = BackendName | 'auto';

/** @param config of the model that is to be trained, for which the fastest is sought */
export async function startBackend(choice: BackendChoice, config: ModelConfig): Promise<Backend> {
  if (choice !== 'auto') {
    const backend = await chooseBackend(choice);
    if (backend.device !== undefined) note(`computing on ${backend.name} (${backend.device})`);
    return backend;
  }
  const { backend, why } = await chooseFastest(config);
  note(`computing on ${backend.name} (${why})`);
  return backend;
}
