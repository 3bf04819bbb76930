/**
 * Fits each exit's logits to texts that nothing was trained on: z' = a z + b, one scale an exit and one shift a class
 * (vector scaling with a single temperature: Guo et al. 2017, "On Calibration of Modern Neural Networks", section
 * 4.2). An exit that leans towards a class, as one does that learned phrases and is asked for sentences, leans no
 * more. It is folded into the exit's weights, so that a model is none the larger or slower for it.
 */
import { balancedWeights, type ClassWeighting } from './class-weights.ts';
import type { Example } from './data/batches.ts';
import { exitLogits } from './forward.ts';
import type { Model } from './model.ts';

export interface Scaling {
  /** a */
  scale: number;
  /** b, [C] */
  shift: number[];
}

/** Pulls towards a = 1 and b = 0 with the weight of one text, so that few texts don't decide alone. */
const PRIOR = 1;
const MOST_STEPS = 2000;
const TOLERANCE = 1e-7;

/**
 * Least mean cross-entropy, by gradient descent: the problem is convex.
 * @param logits [N * C] of texts of these labels
 * @param classWeights [C] what a text of each class counts for
 */
export function fitScaling(
  logits: Float32Array,
  labels: readonly number[],
  classWeights: readonly number[],
): Scaling {
  const classes = classWeights.length;
  const N = labels.length;
  if (N === 0) throw new RangeError('exits are scaled to texts, and there are none');
  // In units of the logits' spread all parameters are about as steep.
  const spread = Math.sqrt(logits.reduce((sum, z) => sum + z * z, 0) / logits.length) || 1;
  let at: Scaling = { scale: 1, shift: new Array<number>(classes).fill(0) };
  let here = lossAt(at);
  for (let step = 0, rate = 1; step < MOST_STEPS && rate > TOLERANCE; step++) {
    const { scale, shift } = here.gradient;
    const next: Scaling = {
      scale: at.scale - (rate * scale) / spread ** 2,
      shift: at.shift.map((b, c) => b - rate * shift[c]),
    };
    const there = lossAt(next);
    const isLower = there.loss < here.loss;
    rate = isLower ? rate * 1.2 : rate / 2;
    if (isLower) [at, here] = [next, there];
  }
  return at;

  function lossAt({ scale, shift }: Scaling): { loss: number; gradient: Scaling } {
    let loss = (PRIOR / 2) * ((scale - 1) ** 2 + shift.reduce((sum, b) => sum + b * b, 0));
    const gradient: Scaling = { scale: PRIOR * (scale - 1), shift: shift.map((b) => PRIOR * b) };
    for (let i = 0; i < N; i++) {
      const z = logits.subarray(i * classes, (i + 1) * classes);
      const own = Array.from(z, (value, c) => scale * value + shift[c]);
      const most = Math.max(...own);
      const total = own.reduce((sum, value) => sum + Math.exp(value - most), 0);
      const weight = classWeights[labels[i]];
      loss += weight * (Math.log(total) + most - own[labels[i]]);
      for (let c = 0; c < classes; c++) {
        const error = weight * (Math.exp(own[c] - most) / total - (c === labels[i] ? 1 : 0));
        gradient.shift[c] += error;
        gradient.scale += error * z[c];
      }
    }
    gradient.scale /= N;
    return { loss: loss / N, gradient: { ...gradient, shift: gradient.shift.map((g) => g / N) } };
  }
}

/** Scales every exit of a model to these examples, in place. Classes are weighed as in training: it would undo that else. */
export function scaleExits(model: Model, examples: readonly Example[], weighting: ClassWeighting): void {
  const { classes } = model.config;
  const labels = examples.map(({ label }) => label);
  const classWeights =
    weighting === 'balanced' ? balancedWeights(labels, classes) : new Array<number>(classes).fill(1);
  const weights = model.export();
  exitLogits(model, examples).forEach((logits, exit) => {
    const { scale, shift } = fitScaling(logits, labels, classWeights);
    const [weight, bias] = ['weight', 'bias'].map((part) => `exit${exit}.${part}`);
    model.import({
      [weight]: weights[weight].map((w) => scale * w),
      [bias]: weights[bias].map((b, c) => scale * b + shift[c]),
    });
  });
}
