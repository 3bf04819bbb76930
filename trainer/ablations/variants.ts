/** What is compared: the model as it is, and the same with one part done in another way. */
import type { ModelConfig } from '../layers/config.ts';
import type { Recipe } from '../settings.ts';

export interface Variant {
  name: string;
  /** What it does, and in place of what. */
  what: string;
  config?: Pick<ModelConfig, 'ablation' | 'lightRecurrence' | 'binaryScores'> | Pick<ModelConfig, 'twin'>;
  recipe?: Partial<Recipe>;
  /** Variables whose names end so keep their first values. */
  frozen?: string;
  /** Rows are signed before training and held, rather than signed after it. */
  signedFirst?: boolean;
}

/** The first is what the others are set against; `rows-5` and `light-recurrence` add something to it. */
export const VARIANTS = [
  { name: 'all', what: 'all parts as they are' },
  { name: 'no-thresholds', what: 'theta stays at 0', frozen: '.threshold' },
  { name: 'no-gains', what: 'g stays at 1, so alpha is the mean magnitude', frozen: '.gain' },
  {
    name: 'constant-magnitude',
    what: 'no gradient through alpha, signs alone',
    config: { ablation: 'constant-magnitude' },
  },
  {
    name: 'clipped-surrogate',
    what: 'dF/du = 1 for |u| < 1, not 2 - 2|u|',
    config: { ablation: 'clipped-surrogate' },
  },
  { name: 'signed-gate', what: 'a gate of {-1,+1}, not {0,1}', config: { ablation: 'signed-gate' } },
  {
    name: 'plain-feed-forward',
    what: 'd to 2f to d without a gate, as many bytes as the SLFN',
    config: { ablation: 'plain-feed-forward' },
  },
  { name: 'signed-first', what: 'rows signed before training, not after', signedFirst: true },
  {
    name: 'lambda-0.5',
    what: 'soft routing for half of the loss, not the plain mean',
    recipe: { lambda: 0.5 },
  },
  { name: 'lambda-0', what: 'soft routing alone', recipe: { lambda: 0 } },
  { name: 'twin', what: 'float32 weights, activations and rows', config: { twin: true } },
  { name: 'rows-5', what: 'rows learn five times as fast as the rest', recipe: { rowRate: 5 } },
  {
    name: 'light-recurrence',
    what: 'every block begins with a light recurrence',
    config: { lightRecurrence: true },
  },
  {
    name: 'binary-scores',
    what: 'scores of the signs of queries and keys',
    config: { binaryScores: true },
  },
] as const satisfies readonly Variant[];

export type VariantName = (typeof VARIANTS)[number]['name'];
