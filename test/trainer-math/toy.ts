/** Small models and made-up batches for the tests of the trainer's arithmetic. */
import { SEGMENT_ROWS } from '../../assembly/format.ts';
import type { Batch, Hyper, ModelConfig } from '../../trainer/model.ts';
import { createRandom } from '../../trainer/random.ts';

export const SMALL: ModelConfig = {
  hidden: 64,
  slfn: 64,
  blocks: 2,
  heads: 2,
  classes: 3,
  tokens: 24,
  vocabulary: 60,
  segments: 2,
  rowWidth: 36,
  twin: false,
  dropout: { embedding: 0.1, block: 0.2, exit: 0.1 },
};

/** A loss of which every term counts. */
export const ROUTED: Hyper = {
  loss: {
    lambda: 0.3,
    kappa: 5,
    tau: [0.4, 0.4],
    throughRouting: true,
    labelSmoothing: 0.1,
    distillation: 0.2,
  },
};

/** A batch of random tokens, lengths, segments and labels. */
export function randomBatch(config: ModelConfig, seed: number, size = 5, width = 16): Batch {
  const random = createRandom(seed);
  return {
    size,
    width,
    ids: Int32Array.from({ length: size * width }, () => random.below(config.vocabulary)),
    lengths: Int32Array.from({ length: size }, () => 1 + random.below(width)),
    segments: Int32Array.from({ length: size * width }, () => random.below(SEGMENT_ROWS)),
    labels: Int32Array.from({ length: size }, () => random.below(config.classes)),
  };
}

/** |a - b| / |b| in the Euclidean norm; 0 where both are zero. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}

export function euclidean(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
