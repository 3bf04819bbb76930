/** What a training run is told: the shape of the model and the recipe. Everything that changes the result. */

import type { ClassWeighting } from './class-weights.ts';

export interface Shape {
  /** d */
  hidden: number;
  /** f */
  slfn: number;
  /** L */
  blocks: number;
  /** h */
  heads: number;
  /** n, the most tokens of one input */
  tokens: number;
  /** Whether every block begins with a light recurrence. */
  lightRecurrence?: boolean;
  /** Whether attention scores are of the signs of queries and keys. */
  binaryScores?: boolean;
}

/** Heads are 32 channels wide in all three: the kernels like it, and accuracy did not mind. */
export const PRESETS = {
  micro: { hidden: 128, slfn: 256, blocks: 4, heads: 4, tokens: 32 },
  small: { hidden: 192, slfn: 384, blocks: 6, heads: 6, tokens: 64 },
  base: { hidden: 256, slfn: 512, blocks: 6, heads: 8, tokens: 128 },
} as const satisfies Record<string, Shape>;

export type PresetName = keyof typeof PRESETS;

export interface Recipe {
  seed: number;
  /** Train the float32 twin instead of the binarized model. */
  twin: boolean;
  /** Train a recurrent teacher, which labels texts for models to come and is never packed. */
  recurrent: boolean;
  /** Pieces of the vocabulary, special tokens included. */
  vocabularySize: number;
  /** Noise in the first embedding rows, as a share of their spread; see initial-rows.ts. */
  rowNoise: number;
  /** Factor on the learning rate of the embedding's rows: each is seen in few of the steps. */
  rowRate: number;
  batchSize: number;
  epochs: number;
  /** Passes over weakly labelled sentences before the task, where there are any. */
  warmStartEpochs: number;
  /** Peak of the learning rate while warm-starting. */
  warmStartRate: number;
  /** Times that the task's own texts are mixed into the warm start's. */
  mixTask: number;
  /** What a sentence under its review's rating counts for beside one that somebody labelled. */
  reviewWeight: number;
  /** Passes over the task after the embedding was signed, with its rows held. */
  settleEpochs: number;
  /** Last share of the task's steps whose weights are averaged; 0 takes the last step's. */
  averageShare: number;
  learningRate: number;
  /** Learning rate of the settling passes. */
  settleRate: number;
  /** Share of the steps over which the rate rises to its peak. */
  warmUp: number;
  weightDecay: number;
  /** Gradients are scaled down to this global L2 norm. */
  clipNorm: number;
  dropout: number;
  tokenDropout: number;
  /** The same two while warm-starting: there is more text there, and less to learn by heart. */
  warmStartDropout: number;
  warmStartTokenDropout: number;
  labelSmoothing: number;
  /** `balanced` weighs the loss of a text by how rare its class is in what is being learned. */
  classWeights: ClassWeighting;
  /** Soft-routing loss: 1 is the plain mean over exits (DESIGN of the loss: trainer/loss.ts). */
  lambda: number;
  /** Sharpness of the soft stop. */
  kappa: number;
  /** Score at which the soft stop is even. */
  tau: number;
  /** Weight with which earlier exits learn from the last one. */
  distillation: number;
  /** Scale and shift exits to the held-out part at the end; see exit-scaling.ts. */
  exitScaling: boolean;
}

export const DEFAULT_RECIPE: Recipe = {
  seed: 1,
  twin: false,
  recurrent: false,
  vocabularySize: 8192,
  rowNoise: 0.5,
  rowRate: 1,
  batchSize: 32,
  epochs: 3,
  warmStartEpochs: 1,
  warmStartRate: 1e-3,
  mixTask: 0,
  reviewWeight: 1,
  settleEpochs: 0.25,
  averageShare: 0,
  learningRate: 1e-3,
  settleRate: 3e-4,
  warmUp: 0.05,
  weightDecay: 0.01,
  clipNorm: 1,
  dropout: 0.1,
  tokenDropout: 0.1,
  warmStartDropout: 0.2,
  warmStartTokenDropout: 0.1,
  labelSmoothing: 0.05,
  classWeights: 'none',
  lambda: 0.5,
  kappa: 8,
  tau: 0.7,
  distillation: 0,
  exitScaling: false,
};

/** Whether what is trained stays in floats: there is nothing to sign, calibrate or pack at its end. */
export function isFloat({ twin, recurrent }: Pick<Recipe, 'twin' | 'recurrent'>): boolean {
  return twin || recurrent;
}

/** Names the first field that can't be trained with. @throws RangeError */
export function checkSettings(shape: Shape, recipe: Recipe): void {
  const need = (ok: boolean, field: string, rule: string): void => {
    if (!ok) throw new RangeError(`${field} must be ${rule}`);
  };
  need(!(recipe.recurrent && recipe.twin), 'recurrent', 'without a twin: a teacher has none');
  need(!(recipe.recurrent && shape.lightRecurrence), 'lightRecurrence', 'left out of a recurrent teacher');
  need(!(isFloat(recipe) && shape.binaryScores), 'binaryScores', 'left out of twins and recurrent teachers');
  need(!recipe.recurrent || shape.blocks === 1, 'blocks', '1 for a recurrent teacher');
  const whole = (value: number): boolean => Number.isInteger(value) && value > 0;
  need(
    whole(shape.hidden) && shape.hidden % 64 === 0 && shape.hidden <= 1024,
    'hidden',
    'a multiple of 64 up to 1024',
  );
  need(
    whole(shape.slfn) && shape.slfn % 64 === 0 && shape.slfn <= 4096,
    'slfn',
    'a multiple of 64 up to 4096',
  );
  need(whole(shape.blocks) && shape.blocks <= 64, 'blocks', 'a whole number from 1 to 64');
  need(
    whole(shape.heads) && shape.hidden % shape.heads === 0 && (shape.hidden / shape.heads) % 16 === 0,
    'heads',
    'a divisor of hidden that leaves heads of a multiple of 16 channels',
  );
  need(
    whole(shape.tokens) && shape.tokens % 8 === 0 && shape.tokens <= 1024,
    'tokens',
    'a multiple of 8 up to 1024',
  );
  need(whole(recipe.batchSize), 'batch size', 'a whole number above 0');
  need(
    whole(recipe.vocabularySize) && recipe.vocabularySize >= 64,
    'vocabulary size',
    'a whole number from 64 up',
  );
  need(recipe.epochs > 0, 'epochs', 'above 0');
  need(recipe.warmStartEpochs >= 0 && recipe.settleEpochs >= 0, 'warm-start and settle epochs', '0 or more');
  const rates = [recipe.learningRate, recipe.warmStartRate, recipe.settleRate];
  need(
    rates.every((rate) => rate > 0),
    'learning rates',
    'above 0',
  );
  need(recipe.mixTask >= 0 && Number.isInteger(recipe.mixTask), 'mix-task', 'a whole number from 0 up');
  need(recipe.reviewWeight > 0 && recipe.reviewWeight <= 1, 'review-weight', 'above 0 and at most 1');
  const share = (value: number): boolean => value >= 0 && value < 1;
  need(recipe.averageShare >= 0 && recipe.averageShare <= 1, 'average share', 'from 0 to 1');
  need(share(recipe.dropout), 'dropout', 'at least 0 and below 1');
  need(share(recipe.tokenDropout), 'token dropout', 'at least 0 and below 1');
  need(share(recipe.warmStartDropout), 'warm-start dropout', 'at least 0 and below 1');
  need(share(recipe.warmStartTokenDropout), 'warm-start token dropout', 'at least 0 and below 1');
  need(share(recipe.labelSmoothing), 'label smoothing', 'at least 0 and below 1');
  need(recipe.lambda >= 0 && recipe.lambda <= 1, 'lambda', 'from 0 to 1');
}
