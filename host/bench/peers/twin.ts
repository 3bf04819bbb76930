/**
 * The float32 twin as weights: the same architecture with real numbers, for peers that run nothing else.
 * Random ones will do: how long a product takes does not depend on them.
 *
 *   x = norm(token[id] + position)                             no segments: a pair is one text here
 *   block   f v = x Wfv + b;     x = norm(x + h), h_t = v_t + hardSigmoid(f_t) (h_(t-1) - v_t), where it has one
 *           q k v = x Wqkv + b;  x = norm(x + softmax(q k / sqrt(e)) v Wo + b)
 *           g t = x Wh + b;      x = norm(x + (sigmoid(g) Wg + b) * (tanh(t) Wv + b))
 *   exit    logits = mean(x) W + b, after every block
 *
 * hardSigmoid(y) is y / 4 + 1/2, limited to [0, 1]. Peers that run whole tensors get h by doubling spans (Hillis and
 * Steele 1986), in log2 n steps instead of n: with f of a span the product of its forget gates, and h what it makes of
 * nothing before it, h_t = h_t + f_t h_(t-span), then f_t = f_t f_(t-span), then the span is twice as long.
 */
import { BACKWARD_CHANNEL } from '../../../assembly/format.ts';
import type { Dimensions } from '../../model-file/parts.ts';

/** y = x weight + bias */
export interface DenseWeights {
  inputs: number;
  outputs: number;
  /** [inputs, outputs] */
  weight: Float32Array;
  /** [outputs] */
  bias: Float32Array;
}

export interface NormWeights {
  /** [d] */
  gamma: Float32Array;
  /** [d] */
  beta: Float32Array;
}

/** For each channel, whether its recurrence goes from the first token to the last. [d] */
export function forwardChannels(hidden: number): boolean[] {
  return Array.from({ length: hidden }, (_, channel) => (channel & BACKWARD_CHANNEL) === 0);
}

export interface TwinRecurrence {
  /** The forget gate's d, then the value's. */
  gates: DenseWeights;
  norm: NormWeights;
}

export interface TwinBlock {
  recurrence?: TwinRecurrence;
  qkv: DenseWeights;
  output: DenseWeights;
  attentionNorm: NormWeights;
  /** The sigmoid branch's f, then the tanh branch's. */
  hidden: DenseWeights;
  gate: DenseWeights;
  value: DenseWeights;
  slfnNorm: NormWeights;
}

export interface TwinWeights {
  /** [V, d] */
  tokens: Float32Array;
  /** [n, d] */
  positions: Float32Array;
  norm: NormWeights;
  blocks: TwinBlock[];
  exits: DenseWeights[];
}

/** The same for the same dimensions. */
export function randomTwin(dimensions: Dimensions): TwinWeights {
  const { hidden: d, slfn: f, blocks, classes, tokens, vocabulary, recurrence = 0 } = dimensions;
  let state = 1;
  /** Uniform in [-reach, reach). */
  const floats = (length: number, reach: number) =>
    Float32Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return reach * (state / 2 ** 31 - 1);
    });
  const dense = (inputs: number, outputs: number): DenseWeights => ({
    inputs,
    outputs,
    weight: floats(inputs * outputs, Math.sqrt(3 / inputs)),
    bias: floats(outputs, 0.1),
  });
  const norm = (): NormWeights => ({ gamma: floats(d, 0.1).map((x) => 1 + x), beta: floats(d, 0.1) });
  return {
    tokens: floats(vocabulary * d, 1),
    positions: floats(tokens * d, 0.1),
    norm: norm(),
    blocks: Array.from({ length: blocks }, () => ({
      ...(recurrence === 1 ? { recurrence: { gates: dense(d, 2 * d), norm: norm() } } : {}),
      qkv: dense(d, 3 * d),
      output: dense(d, d),
      attentionNorm: norm(),
      hidden: dense(d, 2 * f),
      gate: dense(f, d),
      value: dense(f, d),
      slfnNorm: norm(),
    })),
    exits: Array.from({ length: blocks }, () => dense(d, classes)),
  };
}
