/** Runs a training with progress on standard error; Ctrl-C leaves a checkpoint that can be resumed. */
import type { Backend } from '../trainer/backend/index.ts';
import type { ModelConfig } from '../trainer/model.ts';
import { type RunResult, type TrainingData, train } from '../trainer/run.ts';
import type { Recipe, Shape } from '../trainer/settings.ts';
import { type BackendChoice, startBackend } from './backend.ts';
import { note, percent } from './output.ts';
import { createProgress } from './progress.ts';

/** What a shell gives a program that an interrupt ended. */
export const INTERRUPTED = 130;

export interface TrainingOptions {
  folder: string;
  data: TrainingData;
  shape: Shape;
  recipe: Recipe;
  backend: BackendChoice;
  resume?: boolean;
  checkpointEvery?: number;
}

export async function runTraining(options: TrainingOptions): Promise<RunResult & { backend: Backend }> {
  const { folder, data, shape, recipe, resume, checkpointEvery } = options;
  const progress = createProgress();
  const interrupt = new AbortController();
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
    progress.end();
    note('stopping after this step (once more to stop at once)');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  let metrics = '';
  try {
    const backend = await startBackend(options.backend, configOf(options));
    const result = await train(folder, data, shape, recipe, {
      backend,
      resume,
      checkpointEvery,
      signal: interrupt.signal,
      onPhase: progress.phase,
      onMetrics(_stage, _step, scores) {
        metrics = `  held out ${scores.map((score) => percent(score)).join(' ')}`;
      },
      onStep({ loss, accuracy }, done, total) {
        const exits = accuracy.map((share) => percent(share)).join(' ');
        progress.update(done, total, `loss ${loss.toFixed(3)}  exits ${exits}${metrics}`);
      },
    });
    progress.end();
    if (!result.finished) note(`stopped; go on with: beex train --resume ${folder}`);
    return { ...result, backend };
  } finally {
    progress.end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** The model to come, before its vocabulary is known: what backends are compared by. */
function configOf({ data: { dataset }, shape, recipe }: TrainingOptions): ModelConfig {
  const { dropout, twin, recurrent, vocabularySize } = recipe;
  return {
    ...shape,
    classes: dataset.labels.length,
    vocabulary: vocabularySize,
    segments: dataset.pair ? 2 : 1,
    rowWidth: shape.hidden,
    twin,
    recurrent,
    dropout: { embedding: dropout, block: dropout, exit: dropout },
  };
}
