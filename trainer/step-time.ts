/** What a training step of a model's shape costs on a backend: how backends are compared. */
import type { Backend } from './backend/index.ts';
import { type Batch, createModel, type ModelConfig } from './model.ts';
import { createRandom } from './random.ts';

/** Steps measured, after those that warm up: the first compile and allocate. */
export interface StepTimeOptions {
  /** Texts a step, each of the model's full length, so that every token is work. */
  texts: number;
  warmUp: number;
  steps: number;
}

/** Median milliseconds of a step on random tokens. */
export function stepTime(
  backend: Backend,
  config: ModelConfig,
  { texts, warmUp, steps }: StepTimeOptions,
): number {
  const model = createModel(backend, config, 1);
  const times: number[] = [];
  for (let step = 0; step < warmUp + steps; step++) {
    const batch = randomTexts(config, texts, step);
    const start = performance.now();
    model.trainStep(batch);
    if (step >= warmUp) times.push(performance.now() - start);
  }
  model.dispose();
  return times.sort((a, b) => a - b)[times.length >> 1];
}

function randomTexts({ tokens, vocabulary, classes }: ModelConfig, size: number, seed: number): Batch {
  const random = createRandom(seed);
  return {
    size,
    width: tokens,
    ids: Int32Array.from({ length: size * tokens }, () => random.below(vocabulary)),
    lengths: new Int32Array(size).fill(tokens),
    labels: Int32Array.from({ length: size }, () => random.below(classes)),
  };
}
