/** A model in training: variables, one step, logits, and all that a checkpoint must hold. */
import { SEGMENT_ROWS } from '../assembly/format.ts';
import type { Backend } from './backend/index.ts';
import type { Tensor, Variable } from './backend/tfjs.ts';
import { checkConfig, initialValues, type ModelConfig, variableShapes } from './layers/config.ts';
import { type DropAt, forward } from './layers/encoder.ts';
import { kernelOperations } from './layers/kernels.ts';
import type { BatchTensors } from './layers/operations.ts';
import { plainOperations } from './layers/plain.ts';
import { forwardRecurrent, recurrentShapes } from './layers/recurrent.ts';
import { type LossOptions, type LossResult, PLAIN_MEAN, routedLoss } from './loss.ts';
import { assignValues, createOptimizer, OPTIMIZER_DEFAULTS, type OptimizerOptions } from './optimizer.ts';
import { createRandom, hashKey } from './random.ts';

export type { ModelConfig } from './layers/config.ts';

/** Texts padded to one width. */
export interface Batch {
  /** Texts in the batch. */
  size: number;
  /** Tokens a text, padding included; a multiple of 8, at most the model's tokens. */
  width: number;
  /** [size * width]; what lies beyond a text's length counts for nothing */
  ids: Int32Array;
  /** [size], each at least 1 */
  lengths: Int32Array;
  /** [size * width] rows of the segment's embedding, each below SEGMENT_ROWS; absent for single texts */
  segments?: Int32Array | undefined;
  /** [size]; not needed for logits */
  labels: Int32Array;
  /** [size] soft labels, each [C] or undefined; absent where every text has its class alone */
  shares?: readonly (readonly number[] | undefined)[];
  /** [size] what each counts for in the loss; absent where all count alike */
  weights?: Float64Array;
}

/** What may change from step to step; the rest has the defaults of loss.ts and optimizer.ts. */
export type Hyper = Partial<OptimizerOptions> & { loss?: Partial<LossOptions>; dropout?: boolean };

export interface StepResult {
  loss: number;
  /** Texts that each exit labelled rightly [L], with dropout on. */
  correct: number[];
  /** Mean cross-entropy of each exit [L]. */
  crossEntropy: number[];
  /** Mean soft probability of leaving at each exit [L]. */
  routing: number[];
  /** Of the gradient, before clipping; 0 where clipping is off. */
  gradientNorm: number;
}

export interface Model {
  readonly config: ModelConfig;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Optimizer steps taken so far; they also fix the dropout of the next one. */
  readonly steps: number;
  trainStep(batch: Batch, hyper?: Hyper): StepResult;
  /** Loss and the gradient of every variable, changing nothing. */
  gradients(batch: Batch, hyper?: Hyper): { loss: number; gradients: Map<string, Float32Array> };
  /** Logits [size * C] of every exit, without dropout. */
  logits(batch: Omit<Batch, 'labels' | 'shares' | 'weights'>): Float32Array[];
  /** All variables by name. */
  export(): Record<string, Float32Array>;
  /** Sets the variables that are given, all of a model's or some (such as pretrained rows). */
  import(values: Record<string, Float32Array>): void;
  /** The optimizer's moments, under `name/mean` and `name/square`. */
  exportOptimizer(): Record<string, Float32Array>;
  importOptimizer(state: Record<string, Float32Array>, steps: number): void;
  dispose(): void;
}

/** A fresh model; the seed fixes first weights and all dropout. Throws RangeError on bad shapes. */
export function createModel(backend: Backend, config: ModelConfig, seed: number): Model {
  checkConfig(config);
  backend.activate();
  const { tf } = backend;
  const operations = backend.memory
    ? kernelOperations(tf, backend.memory, config.ablation)
    : plainOperations(tf, config.ablation);
  const random = createRandom(seed);
  const variables = new Map<string, Variable>();
  for (const [name, initial] of config.recurrent ? recurrentShapes(config) : variableShapes(config)) {
    const values = initialValues(initial, random);
    variables.set(
      name,
      tf.tidy(() => tf.variable(tf.tensor(values, initial.shape))),
    );
  }
  const optimizer = createOptimizer(backend, variables);
  const names = [...variables.keys()];
  const none: DropAt = () => undefined;
  const logitsOf = (tensors: BatchTensors, dropAt: DropAt): Tensor[] =>
    config.recurrent
      ? forwardRecurrent(operations, { tf, config }, variables, tensors, dropAt)
      : forward(operations, config, variables, tensors, dropAt);

  /** The loss's parts, and the gradients, which the caller disposes. */
  const differentiate = (batch: Batch, hyper: Hyper) => {
    checkBatch(batch, config);
    const options = { ...PLAIN_MEAN, ...hyper.loss };
    const dropAt: DropAt =
      hyper.dropout === false
        ? none
        : (site, rate) => (rate > 0 ? { rate, key: hashKey(seed, optimizer.steps, site) } : undefined);
    let parts: LossResult | undefined;
    const { value, grads } = withBatch(backend, batch, (tensors) =>
      tf.variableGrads(() => {
        const logits = logitsOf(tensors, dropAt);
        const routed = tf.customGrad((...args) => {
          const exits = args.slice(0, -1) as unknown as Tensor[];
          const values = exits.map((exit) => exit.dataSync() as Float32Array);
          parts = routedLoss(values, batch, config.classes, options);
          const { loss, gradients } = parts;
          return {
            value: tf.scalar(loss),
            gradFunc: (dy: Tensor) => exits.map((exit, i) => tf.mul(dy, tf.tensor(gradients[i], exit.shape))),
          };
        });
        return routed(...logits) as never;
      }, [...variables.values()]),
    );
    operations.release();
    value.dispose();
    const gradients = new Map(names.map((name) => [name, grads[variables.get(name)!.name]]));
    return { parts: parts!, gradients };
  };

  return {
    config,
    variables,
    get steps() {
      return optimizer.steps;
    },
    trainStep(batch, hyper = {}) {
      backend.activate();
      const { parts, gradients } = differentiate(batch, hyper);
      const gradientNorm = optimizer.apply(gradients, { ...OPTIMIZER_DEFAULTS, ...hyper });
      for (const gradient of gradients.values()) gradient.dispose();
      const { loss, correct, crossEntropy, routing } = parts;
      return { loss, correct, crossEntropy, routing, gradientNorm };
    },
    gradients(batch, hyper = {}) {
      backend.activate();
      const { parts, gradients } = differentiate(batch, hyper);
      const values = new Map<string, Float32Array>();
      for (const [name, gradient] of gradients) {
        values.set(name, gradient.dataSync().slice() as Float32Array);
        gradient.dispose();
      }
      return { loss: parts.loss, gradients: values };
    },
    logits(batch) {
      backend.activate();
      checkBatch(batch, config);
      return tf.tidy(() =>
        withBatch(backend, batch, (tensors) =>
          logitsOf(tensors, none).map((exit) => exit.dataSync().slice() as Float32Array),
        ),
      ) as Float32Array[];
    },
    export() {
      backend.activate();
      return Object.fromEntries(
        [...variables].map(([name, v]) => [name, v.dataSync().slice() as Float32Array]),
      );
    },
    import(values) {
      backend.activate();
      for (const [name, given] of Object.entries(values)) {
        const variable = variables.get(name);
        if (!variable) throw new RangeError(`The model has no variable ${name}`);
        assignValues(backend, variable, given, name);
      }
    },
    exportOptimizer() {
      backend.activate();
      return optimizer.export();
    },
    importOptimizer(state, steps) {
      backend.activate();
      optimizer.import(state, steps);
    },
    dispose() {
      optimizer.dispose();
      for (const variable of variables.values()) variable.dispose();
    },
  };
}

/** Kernels index memory by these numbers, so they are checked first. */
function checkBatch(
  { size, width, ids, lengths, segments }: Omit<Batch, 'labels'>,
  config: ModelConfig,
): void {
  const { tokens, vocabulary } = config;
  if (width % 8 !== 0 || width < 8) throw new RangeError(`a batch ${width} tokens wide: not a multiple of 8`);
  if (width > tokens) throw new RangeError(`a batch ${width} tokens wide for a model of ${tokens}`);
  if (ids.length !== size * width || lengths.length !== size || (segments && segments.length !== ids.length))
    throw new RangeError('a batch whose arrays do not fit its size and width');
  for (const id of ids)
    if (!(id >= 0 && id < vocabulary)) throw new RangeError(`token ${id} of ${vocabulary}`);
  for (const row of segments ?? [])
    if (!(row >= 0 && row < SEGMENT_ROWS)) throw new RangeError(`segment row ${row} of ${SEGMENT_ROWS}`);
  for (const length of lengths)
    if (!(length >= 1 && length <= width)) throw new RangeError(`a text of ${length} tokens in ${width}`);
}

/** Runs `use` with the batch as tensors, and disposes them afterwards. */
function withBatch<Result>(
  { tf }: Backend,
  { size, width, ids, lengths, segments }: Omit<Batch, 'labels'>,
  use: (tensors: BatchTensors) => Result,
): Result {
  const tensors = {
    ids: tf.tensor1d(ids, 'int32'),
    lengths: tf.tensor1d(lengths, 'int32'),
    segments: tf.tensor1d(segments ?? new Int32Array(size * width), 'int32'),
  };
  try {
    return use({ size, width, ...tensors });
  } finally {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
}
