/** The shape of a model in training and the names of its variables. */
import { SEGMENT_ROWS } from '../../assembly/format.ts';
import type { Tensor } from '../backend/tfjs.ts';
import type { Random } from '../random.ts';
import type { BinaryVariables, FloatVariables } from './operations.ts';

export interface DropoutRates {
  /** After the embedding's norm. */
  embedding: number;
  /** On what a block's two halves add to the residual stream. */
  block: number;
  /** On the pooled vector before an exit's head. */
  exit: number;
}

export interface ModelConfig {
  /** d, a multiple of 64 */
  hidden: number;
  /** f, a multiple of 64 */
  slfn: number;
  /** L */
  blocks: number;
  /** h */
  heads: number;
  /** C */
  classes: number;
  /** n, the most tokens of a text */
  tokens: number;
  /** V, special tokens included */
  vocabulary: number;
  /** 1 for single texts, 2 for pairs */
  segments: 1 | 2;
  /** e, a multiple of 4; where it differs from d, rows pass through a learned projection */
  rowWidth: number;
  /** Float weights and activations of the same shapes: what claims are measured against. */
  twin: boolean;
  /** Every block begins with a light recurrence. */
  lightRecurrence?: boolean;
  /** Attention scores are of the signs of queries and keys, with one learned scale a head. */
  binaryScores?: boolean;
  /** A recurrent teacher in place of the encoder: one exit, `hidden` units a direction; see recurrent.ts. */
  recurrent?: boolean;
  /** Nothing of the binarized model is ablated unless given. */
  ablation?: Ablation | undefined;
  dropout: DropoutRates;
}

/** What an ablation does in place of a part of the arithmetic. Only for comparison: it has no packed form. */
export type Ablation =
  /** dF/du of a sign is 1, not 2 - 2|u|, where |u| < 1: the clipped straight-through estimator. */
  | 'clipped-surrogate'
  /** No gradient reaches latent weights through alpha, only through their signs. */
  | 'constant-magnitude'
  /** The gate's bits are {-1,+1}, as the value's are. */
  | 'signed-gate'
  /** Two binarized layers, d to 2f to d, which have as many weights as the SLFN. */
  | 'plain-feed-forward';

/** s of binary scores at first. */
const SCORE_SCALE = 1;

/** How a variable starts. */
export interface Initial {
  shape: number[];
  /** Standard deviation of a normal, or a constant. */
  deviation?: number;
  constant?: number;
}

/** Refuses shapes that the core cannot run. Throws RangeError. */
export function checkConfig(config: ModelConfig): void {
  const { hidden, slfn, heads, rowWidth, blocks, classes } = config;
  const rules: [boolean, string][] = [
    [hidden % 64 === 0 && hidden > 0, `hidden is ${hidden}; it must be a multiple of 64`],
    [slfn % 64 === 0 && slfn > 0, `slfn is ${slfn}; it must be a multiple of 64`],
    [hidden % (16 * heads) === 0, `${hidden} hidden by ${heads} heads: a head must be a multiple of 16`],
    [rowWidth % 4 === 0 && rowWidth > 0, `rowWidth is ${rowWidth}; it must be a multiple of 4`],
    [blocks >= 1, 'a model needs at least one block'],
    [classes >= 1, 'a model needs at least one class'],
  ];
  for (const [holds, message] of rules) if (!holds) throw new RangeError(message);
}

/** Every variable of a model by name, in a fixed order. Matrices are [outputs, inputs]. */
export function variableShapes(config: ModelConfig): Map<string, Initial> {
  const { hidden: d, slfn: f, rowWidth: e } = config;
  const all = new Map<string, Initial>();
  const norm = (name: string) => {
    all.set(`${name}.gamma`, { shape: [d], constant: 1 });
    all.set(`${name}.beta`, { shape: [d], constant: 0 });
  };
  const threshold = (name: string, inputs = d) => {
    if (!config.twin) all.set(`${name}.threshold`, { shape: [inputs], constant: 0 });
  };
  const linear = (name: string, outputs: number, inputs: number) => {
    all.set(`${name}.weight`, { shape: [outputs, inputs], deviation: 1 / Math.sqrt(inputs) });
    if (!config.twin) all.set(`${name}.gain`, { shape: [outputs], constant: 1 });
    all.set(`${name}.bias`, { shape: [outputs], constant: 0 });
  };
  all.set('embedding.rows', { shape: [config.vocabulary, e], deviation: 0.5 });
  if (e !== d) all.set('embedding.projection', { shape: [e, d], deviation: 1 / Math.sqrt(e) });
  all.set('embedding.position', { shape: [config.tokens, d], deviation: 0.02 });
  // About as wide as token rows: which tokens are shared should show in the signs from the first step on.
  if (config.segments === 2) all.set('embedding.segment', { shape: [SEGMENT_ROWS, d], deviation: 0.25 });
  norm('embedding.norm');
  for (let i = 0; i < config.blocks; i++) {
    if (config.lightRecurrence) {
      threshold(`block${i}.recurrence`);
      linear(`block${i}.recurrence`, 2 * d, d);
      norm(`block${i}.recurrenceNorm`);
    }
    threshold(`block${i}.attention`);
    linear(`block${i}.qkv`, 3 * d, d);
    if (config.binaryScores)
      all.set(`block${i}.scores.scale`, { shape: [config.heads], constant: SCORE_SCALE });
    threshold(`block${i}.context`);
    linear(`block${i}.output`, d, d);
    norm(`block${i}.attentionNorm`);
    threshold(`block${i}.slfn`);
    linear(`block${i}.hidden`, 2 * f, d);
    if (config.ablation === 'plain-feed-forward') {
      threshold(`block${i}.hidden`, 2 * f);
      linear(`block${i}.feedForward`, d, 2 * f);
    } else {
      linear(`block${i}.gate`, d, f);
      linear(`block${i}.value`, d, f);
    }
    norm(`block${i}.slfnNorm`);
    all.set(`exit${i}.weight`, { shape: [config.classes, d], deviation: 1 / Math.sqrt(d) });
    all.set(`exit${i}.bias`, { shape: [config.classes], constant: 0 });
  }
  return all;
}

/** A variable's first values; consumes the stream, so the order of calls counts. */
export function initialValues({ shape, deviation, constant }: Initial, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((n, size) => n * size, 1));
  if (deviation === undefined) return values.fill(constant ?? 0);
  for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
  return values;
}

/** Latent weights of binarized layers and float matrices: what weight decay acts on. */
export function isMatrix(name: string): boolean {
  return name.endsWith('.weight') || name === 'embedding.projection';
}

/** Latent weights of binarized layers: what a limit on latent magnitudes acts on. */
export function isLatent(name: string): boolean {
  return name.startsWith('block') && name.endsWith('.weight');
}

export type Variables = ReadonlyMap<string, Tensor>;

/** The variable of this name; a missing one is an error of the caller. */
export function variable(variables: Variables, name: string): Tensor {
  const found = variables.get(name);
  if (!found) throw new Error(`No variable ${name}`);
  return found;
}

export function binaryVariables(variables: Variables, name: string): BinaryVariables {
  return { ...floatVariables(variables, name), gain: variable(variables, `${name}.gain`) };
}

export function floatVariables(variables: Variables, name: string): FloatVariables {
  return { weight: variable(variables, `${name}.weight`), bias: variable(variables, `${name}.bias`) };
}
