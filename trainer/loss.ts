/**
 * The soft-routing loss over all exits, with its gradient. Logits are few (exits x texts x
 * classes), so it is computed in doubles here rather than by the backend, and every backend
 * shares it.
 *
 * Text by text: loss = sum_i (lambda / L + (1 - lambda) pi_i) CE_i, where pi_i is the soft
 * probability of leaving at exit i: e_i = sigmoid(kappa * margin_i), pi_i = e_i prod_{j<i}
 * (1 - e_j), and the last exit takes the rest. Margins come from the policy's own score:
 *   entropy-fraction: (1 - H_i / ln C) - tau_i
 *   entropy-plateau:  tau_i - (H_{i-1} - H_i) / H_{i-1}, and exit 1 never stops
 */

export interface LossOptions {
  /** 1: the plain mean over exits; 0: routing alone. */
  lambda: number;
  score: 'entropy-fraction' | 'entropy-plateau';
  /** Steepness of the soft stop. */
  kappa: number;
  /** Threshold of each exit [L]; the last is not used. */
  tau: readonly number[];
  /** Whether the gradient also flows through pi, or pi counts as a constant. */
  throughRouting: boolean;
  /** Share of the target spread over all classes. */
  labelSmoothing: number;
  /** [C], averaging about 1 over the texts; undefined: all 1. */
  classWeights?: readonly number[] | undefined;
  /** Weight of earlier exits' mean cross-entropy against the last exit's softmax (held constant). */
  distillation: number;
}

export const PLAIN_MEAN: LossOptions = {
  lambda: 1,
  score: 'entropy-fraction',
  kappa: 10,
  tau: [],
  throughRouting: false,
  labelSmoothing: 0,
  distillation: 0,
};

export interface LossResult {
  /** Mean over the texts. */
  loss: number;
  /** d loss / d logits, each [texts * C]. */
  gradients: Float32Array[];
  /** Texts that each exit labels rightly [L]; the lowest label wins a tie. */
  correct: number[];
  /** Mean cross-entropy of each exit [L], smoothing and class weights included. */
  crossEntropy: number[];
  /** Mean pi of each exit [L]. */
  routing: number[];
}

/** What the logits should have been. */
export interface Targets {
  /** [texts] class indices. */
  labels: Int32Array;
  /** [texts] soft labels, each [classes]; one that is undefined leaves the class, smoothed. */
  shares?: readonly (readonly number[] | undefined)[];
  /** [texts] factors on each text's loss; 1 where absent. */
  weights?: ArrayLike<number>;
}

/** Logits [L] of [texts * classes] and targets [texts] to the loss and its gradient. */
export function routedLoss(
  logits: readonly Float32Array[],
  { labels, shares, weights }: Targets,
  classes: number,
  options: LossOptions,
): LossResult {
  const exits = logits.length;
  const texts = labels.length;
  const result: LossResult = {
    loss: 0,
    gradients: logits.map((exit) => new Float32Array(exit.length)),
    correct: new Array(exits).fill(0),
    crossEntropy: new Array(exits).fill(0),
    routing: new Array(exits).fill(0),
  };
  for (let t = 0; t < texts; t++) {
    const label = labels[t];
    if (!(label >= 0 && label < classes)) throw new RangeError(`label ${label} of ${classes} classes`);
    const softmaxes = logits.map((exit) => softmax(exit.subarray(t * classes, (t + 1) * classes)));
    const target = shares?.[t] ?? smoothTarget(label, classes, options.labelSmoothing);
    const weight = ((options.classWeights?.[label] ?? 1) * (weights?.[t] ?? 1)) / texts;
    const losses = softmaxes.map(({ logs }) => crossEntropy(target, logs));
    const route = routing(
      softmaxes.map(({ entropy }) => entropy),
      classes,
      options,
    );
    // d loss / d H_i, which reaches the logits through the entropies.
    const throughEntropy =
      options.lambda < 1 && options.throughRouting
        ? route.backward(losses.map((loss) => loss * weight * (1 - options.lambda)))
        : undefined;
    const last = softmaxes[exits - 1];
    softmaxes.forEach((exit, i) => {
      const share = weight * (options.lambda / exits + (1 - options.lambda) * route.shares[i]);
      const gradient = result.gradients[i];
      for (let c = 0; c < classes; c++) {
        gradient[t * classes + c] = share * (exit.values[c] - target[c]);
        if (throughEntropy)
          gradient[t * classes + c] -= throughEntropy[i] * exit.values[c] * (exit.logs[c] + exit.entropy);
      }
      result.loss += share * losses[i];
      result.crossEntropy[i] += losses[i] * weight;
      result.routing[i] += route.shares[i] / texts;
      if (exit.best === label) result.correct[i]++;
      if (options.distillation > 0 && i < exits - 1) {
        const pull = (options.distillation * (weights?.[t] ?? 1)) / (texts * (exits - 1));
        result.loss += pull * crossEntropy(last.values, exit.logs);
        for (let c = 0; c < classes; c++)
          gradient[t * classes + c] += pull * (exit.values[c] - last.values[c]);
      }
    });
  }
  return result;
}

interface Softmax {
  values: number[];
  /** Their natural logarithms. */
  logs: number[];
  /** In nats. */
  entropy: number;
  /** The lowest label whose logit is the largest. */
  best: number;
}

function softmax(logits: Float32Array): Softmax {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[best]);
  const logSum = Math.log(sum);
  const logs = Array.from(logits, (logit) => logit - logits[best] - logSum);
  const values = logs.map(Math.exp);
  return { values, logs, entropy: Math.max(0, crossEntropy(values, logs)), best };
}

function crossEntropy(target: readonly number[], logs: number[]): number {
  let sum = 0;
  for (let c = 0; c < logs.length; c++) if (target[c] !== 0) sum -= target[c] * logs[c];
  return sum;
}

function smoothTarget(label: number, classes: number, smoothing: number): number[] {
  const target = new Array<number>(classes).fill(smoothing / classes);
  target[label] += 1 - smoothing;
  return target;
}

interface Routing {
  /** pi_i [L] */
  shares: number[];
  /** From d loss / d pi_i to d loss / d H_i. */
  backward(dshares: number[]): number[];
}

/** Below this an entropy counts as 0, where the fractional reduction is 0 by definition. */
const NO_ENTROPY = 1e-12;

function routing(entropies: number[], classes: number, options: LossOptions): Routing {
  const last = entropies.length - 1;
  const prior = Math.log(classes);
  const plateau = options.score === 'entropy-plateau';
  const stops = entropies.map((entropy, i) => {
    if (i === last) return 1;
    const tau = options.tau[i] ?? 0.5;
    if (!plateau) return sigmoid(options.kappa * (1 - (prior > 0 ? entropy / prior : 0) - tau));
    if (i === 0) return 0;
    const before = entropies[i - 1];
    return sigmoid(options.kappa * (tau - (before > NO_ENTROPY ? (before - entropy) / before : 0)));
  });
  // reach[i] is the chance to come as far as exit i.
  const reach: number[] = [];
  let rest = 1;
  for (const stop of stops) {
    reach.push(rest);
    rest *= 1 - stop;
  }
  const shares = stops.map((stop, i) => stop * reach[i]);

  const backward = (dshares: number[]) => {
    const dentropies = new Array<number>(entropies.length).fill(0);
    // tail: what later exits cost on average, given that exit i was passed.
    let tail = dshares[last];
    for (let i = last - 1; i >= 0; i--) {
      const dstop = reach[i] * (dshares[i] - tail);
      const dmargin = dstop * options.kappa * stops[i] * (1 - stops[i]);
      if (!plateau) dentropies[i] -= prior > 0 ? dmargin / prior : 0;
      else if (i > 0 && entropies[i - 1] > NO_ENTROPY) {
        const before = entropies[i - 1];
        dentropies[i] += dmargin / before;
        dentropies[i - 1] -= (dmargin * entropies[i]) / (before * before);
      }
      tail = stops[i] * dshares[i] + (1 - stops[i]) * tail;
    }
    return dentropies;
  };
  return { shares, backward };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
