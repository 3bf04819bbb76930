/**
 * The differentiable operations that the encoder is made of. Two implementations give the same
 * numbers: plain.ts in tfjs operations, which reads like the arithmetic and runs on any backend,
 * and kernels.ts on the wasm backend's memory. M = texts x width rows of tokens.
 */
import type { Tensor } from '../backend/tfjs.ts';
import type { Drop } from '../random.ts';

/** One batch as tensors: int32, disposed by whoever made it. */
export interface BatchTensors {
  /** Texts in the batch. */
  size: number;
  /** Tokens a text, padding included; a multiple of 8. */
  width: number;
  /** [M] */
  ids: Tensor;
  /** [size], each at least 1 */
  lengths: Tensor;
  /** [M] row of `segment` for each token; not looked at in models for single texts */
  segments: Tensor;
}

export interface EmbeddingVariables {
  /** [V, e] */
  rows: Tensor;
  /** [e, d]; absent when rows are d wide already */
  projection: Tensor | undefined;
  /** [n, d] */
  position: Tensor;
  /** [4, d]: A, B, A and shared, B and shared; absent in models for single texts */
  segment: Tensor | undefined;
}

export interface BinaryVariables {
  /** [J, K] latent; the layer uses their signs */
  weight: Tensor;
  /** [J] */
  gain: Tensor;
  /** [J] */
  bias: Tensor;
}

export interface FloatVariables {
  /** [J, K] */
  weight: Tensor;
  /** [J] */
  bias: Tensor;
}

export interface RecurrentVariables {
  /** [3u, e]: reset, update, new */
  input: Tensor;
  /** [3u, u] */
  state: Tensor;
  /** [3u] */
  bias: Tensor;
}

export interface NormVariables {
  /** [d] */
  gamma: Tensor;
  /** [d] */
  beta: Tensor;
}

export interface Operations {
  /** [M, d]: rows of the ids (projected), plus position, plus segment. */
  embed(variables: EmbeddingVariables, batch: BatchTensors): Tensor;
  /** [M, d]: LayerNorm of x, or of x + dropout(residual). */
  norm(x: Tensor, residual: Tensor | undefined, variables: NormVariables, drop: Drop | undefined): Tensor;
  /** x with dropped elements zero and the others divided by the share that is kept. */
  dropout(x: Tensor, drop: Drop): Tensor;
  /** [M, J]: alpha_j (sign(W)_j . sign(x - theta)) + b_j, alpha_j = g_j mean |W_j|; threshold [K]. */
  binaryLinear(x: Tensor, threshold: Tensor, variables: BinaryVariables): Tensor;
  /** [M, J]: x W^T + b. */
  linear(x: Tensor, variables: FloatVariables): Tensor;
  /**
   * [M, 3d] from qkv [M, 3d] and scale [heads]: s_h sign(q), sign(k), and v as it is, so that attention's scores
   * are s_h / sqrt(e) times what a popcount gives.
   */
  signScores(qkv: Tensor, scale: Tensor): Tensor;
  /** [M, d] from qkv [M, 3d] (q of all heads, k, v): softmax attention over each text's own tokens. */
  attention(qkv: Tensor, batch: BatchTensors, heads: number): Tensor;
  /** [M, d] from hidden [M, 2f]: gate of [h >= 0] in {0,1} times value of sign(h). */
  binarySlfn(hidden: Tensor, gate: BinaryVariables, value: BinaryVariables): Tensor;
  /** [M, d] from hidden [M, 2f]: gate of sigmoid(h) times value of tanh(h). */
  floatSlfn(hidden: Tensor, gate: FloatVariables, value: FloatVariables): Tensor;
  /**
   * [M, d] from gates [M, 2d], which the forget gate and the value each have half of:
   * h_t = v_t + f_t (h_(t-1) - v_t) over each text's tokens, f the hard sigmoid of its half, clamp(g / 4 + 1/2, 0, 1);
   * channels with BACKWARD_CHANNEL from the last token on. 0 on padding.
   */
  lightRecurrence(gates: Tensor, batch: BatchTensors): Tensor;
  /** [size, d]: the mean over each text's tokens. */
  pool(x: Tensor, batch: BatchTensors): Tensor;
  /** [size, C]: pooled W^T + b. */
  head(pooled: Tensor, variables: FloatVariables): Tensor;
  /** [M, e]: rows of the ids, nothing added. */
  lookup(rows: Tensor, batch: BatchTensors): Tensor;
  /**
   * [size, 2u]: the largest and the mean of the states of a gated recurrent unit over each text's
   * tokens x [M, e], from the first on or, with `backwards`, from the last. See backend/kernel/recurrent.ts.
   */
  recurrent(x: Tensor, variables: RecurrentVariables, batch: BatchTensors, backwards: boolean): Tensor;
  /** Frees what was kept for backward passes; to be called when the gradients are there. */
  release(): void;
}
