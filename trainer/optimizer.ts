/**
 * AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization"): decay on matrices
 * alone, gradients clipped by their global norm, one learning rate for all times a factor for
 * each group of variables. In place by kernel where there are kernels, otherwise by tfjs.
 */
import type { Backend } from './backend/index.ts';
import type { Tensor, Variable } from './backend/tfjs.ts';
import { isLatent, isMatrix } from './layers/config.ts';

export interface OptimizerOptions {
  /** Of this step; see `learningRateAt`. */
  learningRate: number;
  /** Decoupled: matrices shrink by learningRate * weightDecay a step. */
  weightDecay: number;
  /** Whether the embedding's rows decay too. */
  decayRows: boolean;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** The gradient is scaled down to this norm; 0: never. */
  clipNorm: number;
  /** Latent weights stay within plus and minus this over sqrt(K); 0: no limit. */
  latentLimit: number;
  /** Factor on the learning rate by the longest prefix of a variable's name; 0 freezes. */
  rates: Record<string, number>;
}

export const OPTIMIZER_DEFAULTS: OptimizerOptions = {
  learningRate: 1e-3,
  weightDecay: 0.01,
  decayRows: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: 1,
  latentLimit: 0,
  rates: {},
};

/** Linear warm-up to `peak` over the first `warmup` steps, then a half cosine to 0 at `total`.
 * `step` counts from 0. */
export function learningRateAt(step: number, total: number, warmup: number, peak: number): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
}

export interface Optimizer {
  /** Steps taken. */
  readonly steps: number;
  /** Changes the variables in place; returns the gradient's norm before clipping. */
  apply(gradients: ReadonlyMap<string, Tensor>, options: OptimizerOptions): number;
  /** Both moments of every variable, under `name/mean` and `name/square`. */
  export(): Record<string, Float32Array>;
  import(state: Record<string, Float32Array>, steps: number): void;
  dispose(): void;
}

/** The numbers of one variable's update. */
interface Update {
  rate: number;
  epsilon: number;
  decay: number;
  shrink: number;
  limit: number;
}

type Slot = { variable: Variable; mean: Variable; square: Variable };

/** An optimizer of these variables, which stay the caller's. */
export function createOptimizer(backend: Backend, variables: ReadonlyMap<string, Variable>): Optimizer {
  const { tf } = backend;
  backend.activate();
  const slots = new Map<string, Slot>();
  for (const [name, variable] of variables) {
    const zeros = () => tf.tidy(() => tf.variable(tf.zeros(variable.shape)));
    slots.set(name, { variable, mean: zeros(), square: zeros() });
  }
  const update = backend.memory ? kernelUpdate(backend) : plainUpdate(backend);
  const norm = backend.memory ? kernelNorm(backend) : plainNorm(backend);
  let steps = 0;

  return {
    get steps() {
      return steps;
    },
    apply(gradients, options) {
      steps++;
      const total = options.clipNorm > 0 ? norm([...gradients.values()]) : 0;
      const shrink = total > options.clipNorm && total > 0 ? options.clipNorm / total : 1;
      const corrected = Math.sqrt(1 - options.beta2 ** steps);
      for (const [name, gradient] of gradients) {
        const slot = slots.get(name);
        if (!slot) throw new Error(`No variable ${name}`);
        const factor = factorOf(name, options.rates);
        if (factor === 0) continue;
        const rate = options.learningRate * factor;
        const decays = isMatrix(name) || (options.decayRows && name === 'embedding.rows');
        update(slot, gradient, options, {
          rate: (rate * corrected) / (1 - options.beta1 ** steps),
          epsilon: options.epsilon * corrected,
          decay: decays ? 1 - rate * options.weightDecay : 1,
          shrink,
          limit: isLatent(name) ? options.latentLimit / Math.sqrt(slot.variable.shape[1]!) : 0,
        });
      }
      return total;
    },
    export() {
      const state: Record<string, Float32Array> = {};
      for (const [name, { mean, square }] of slots) {
        state[`${name}/mean`] = mean.dataSync().slice() as Float32Array;
        state[`${name}/square`] = square.dataSync().slice() as Float32Array;
      }
      return state;
    },
    import(state, at) {
      for (const [name, { mean, square }] of slots) {
        assignValues(backend, mean, state[`${name}/mean`], `${name}/mean`);
        assignValues(backend, square, state[`${name}/square`], `${name}/square`);
      }
      steps = at;
    },
    dispose() {
      for (const { mean, square } of slots.values()) {
        mean.dispose();
        square.dispose();
      }
    },
  };
}

/** Sets a variable from plain numbers; names it in the error when they are missing or too few. */
export function assignValues(
  { tf }: Backend,
  variable: Variable,
  values: Float32Array | undefined,
  name: string,
): void {
  if (values?.length !== variable.size)
    throw new RangeError(`${name} has ${values?.length ?? 'no'} values, the model ${variable.size}`);
  tf.tidy(() => variable.assign(tf.tensor(values.slice(), variable.shape)));
}

function factorOf(name: string, rates: Record<string, number>): number {
  let longest = -1;
  let factor = 1;
  for (const [prefix, rate] of Object.entries(rates)) {
    if (name.startsWith(prefix) && prefix.length > longest) {
      longest = prefix.length;
      factor = rate;
    }
  }
  return factor;
}

type ApplyUpdate = (slot: Slot, gradient: Tensor, options: OptimizerOptions, update: Update) => void;

function kernelUpdate({ memory }: Backend): ApplyUpdate {
  const { kernels, address } = memory!;
  return ({ variable, mean, square }, gradient, { beta1, beta2 }, { rate, epsilon, decay, shrink, limit }) =>
    kernels.adamw(
      address(variable),
      address(gradient),
      address(mean),
      address(square),
      variable.size,
      rate,
      beta1,
      beta2,
      epsilon,
      decay,
      shrink,
      limit,
    );
}

function plainUpdate({ tf }: Backend): ApplyUpdate {
  return ({ variable, mean, square }, gradient, { beta1, beta2 }, { rate, epsilon, decay, shrink, limit }) =>
    tf.tidy(() => {
      const g = tf.mul(gradient, shrink);
      mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1)));
      square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2)));
      const move = tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(square), epsilon));
      const next = tf.sub(tf.mul(variable, decay), move);
      variable.assign(limit > 0 ? tf.clipByValue(next, -limit, limit) : next);
    });
}

function kernelNorm({ memory }: Backend): (gradients: Tensor[]) => number {
  const { kernels, address } = memory!;
  return (gradients) =>
    Math.sqrt(gradients.reduce((sum, g) => sum + kernels.sumOfSquares(address(g), g.size), 0));
}

function plainNorm({ tf }: Backend): (gradients: Tensor[]) => number {
  // Summed before it is read: each read makes a GPU wait.
  return (gradients) => {
    const squares = () => gradients.map((g) => tf.sum(tf.square(g))).reduce((a, b) => tf.add(a, b));
    return Math.sqrt(tf.tidy(() => squares().dataSync()[0]));
  };
}
