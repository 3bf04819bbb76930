/**
 * A model file's contents as plain typed arrays: what the writer takes and the reader gives.
 * Shapes are in brackets; d hidden, f SLFN, L blocks, h heads, C classes, n tokens, V vocabulary.
 */
import type { PolicyKind, RowKind } from '../../assembly/format.ts';

export interface Dimensions {
  hidden: number;
  slfn: number;
  blocks: number;
  heads: number;
  classes: number;
  tokens: number;
  /** Special tokens included: 4 more than there are pieces. */
  vocabulary: number;
  /** 1 for single texts, 2 for pairs. */
  segments: number;
  /** 1 where every block begins with a light recurrence; 0 or absent: none does. */
  recurrence?: number;
  /** 1 where attention scores are of the signs of queries and keys; 0 or absent: they are of real ones. */
  binaryScores?: number;
}

/**
 * A binarized linear layer as the core runs it: y_j = scale_j * mis_j + offset_j, where mis_j is
 * the number of bits in which row j and the input differ.
 * For inputs in {-1,+1}: scale = -2 alpha, offset = b + alpha K.
 * For inputs in {0,1}: scale = -alpha, offset = b + alpha popcount(row).
 */
export interface BinaryLinear {
  /** [J, K/8] row by row, bit k % 8 of byte k / 8 is weight k; 1 is +1, 0 is -1. */
  bits: Uint8Array;
  /** [J] */
  scale: Float32Array;
  /** [J] */
  offset: Float32Array;
}

export interface Norm {
  /** [d] */
  gamma: Float32Array;
  /** [d] */
  beta: Float32Array;
}

/** A light recurrence: h_t = v_t + f_t (h_(t-1) - v_t), then x = norm(x + h). See docs/arithmetic.md. */
export interface RecurrenceParts {
  /** [d] theta of its input. */
  threshold: Float32Array;
  /** [2d, d]: rows of the forget gate, f = the nearest of [0, 1] to y, then rows of the value, v = y. */
  gates: BinaryLinear;
  norm: Norm;
}

/** Signs of queries and keys, and what a score is made of: see docs/arithmetic.md. */
export interface ScoreParts {
  /** [2d] for each head of its rows of q, then of k: a sign is +1 when mis <= limit; -1 is never, d is always. */
  limit: Int16Array;
  /** [h] the binary logarithm of e to what one bit of a score stands for. */
  step: Float32Array;
}

export interface BlockParts {
  /** Only where dimensions.recurrence is 1. */
  recurrence?: RecurrenceParts;
  /** [d] theta of the input of q, k and v. */
  attentionThreshold: Float32Array;
  /**
   * [3d, d]: for each head its rows of q, then of k, then of v. q carries 1/sqrt(d/h). Where scores are binary,
   * scale and offset are [d], of the rows of v.
   */
  qkv: BinaryLinear;
  /** Only where dimensions.binaryScores is 1. */
  scores?: ScoreParts;
  /** [d] theta of the attention's context. */
  contextThreshold: Float32Array;
  /** [d, d] */
  output: BinaryLinear;
  attentionNorm: Norm;
  /** [d] theta of the SLFN's input. */
  slfnThreshold: Float32Array;
  /** [2f, d/8] f rows of the sigmoid branch, then f rows of the tanh branch. */
  hiddenBits: Uint8Array;
  /** [2f] hidden bit j is 1 when mis_j <= hiddenLimit[j]; -1 is never, K is always. */
  hiddenLimit: Int16Array;
  /** [d, f] sigmoid branch, inputs in {0,1}. */
  gate: BinaryLinear;
  /** [d, f] tanh branch, inputs in {-1,+1}. */
  value: BinaryLinear;
  slfnNorm: Norm;
}

export interface ExitParts {
  /** [C, d] */
  weight: Float32Array;
  /** [C] */
  bias: Float32Array;
}

/** Rows of signed bytes with one scale each: row r, channel c is scale[r] * values[r * d + c]. */
export interface Int8Rows {
  scale: Float32Array;
  values: Int8Array;
}

/** Token rows; scales are kept as IEEE half floats. */
export type TokenRows =
  | { kind: RowKind.Bits /** [V] half-float bits */; scale: Uint16Array /** [V, d/8] */; bits: Uint8Array }
  | { kind: RowKind.Int8 /** [V] half-float bits */; scale: Uint16Array /** [V, d] */; values: Int8Array };

export interface EmbeddingParts {
  tokens: TokenRows;
  /** [n, d] */
  positions: Int8Rows;
  /** [4, d]: A, B, A and shared, B and shared; only where dimensions.segments is 2 */
  segments?: Int8Rows;
  norm: Norm;
}

/** A policy with its per-exit thresholds, under the name by which a user picks it. */
export interface OperatingPoint {
  /** At most 24 bytes of UTF-8. */
  name: string;
  kind: PolicyKind;
  /** Depth of `fixed`, patience of `patience`, otherwise 0. */
  parameter: number;
  /** [L] */
  thresholds: Float32Array;
}

/** Free-form facts about the model: data, recipe, figures. Kept as JSON. */
export type Card = Record<string, unknown>;

export interface ModelParts {
  dimensions: Dimensions;
  /** Bits of Normalizer. */
  normalizer: number;
  /** The first is what `load` uses unless told otherwise. */
  policies: OperatingPoint[];
  labels: string[];
  /** Pieces without the special tokens, in byte order; "##x" goes on within a word. */
  pieces: string[];
  /**
   * Tokens whose rows come behind exit 1, so that texts without them can be answered earlier: ascending, no
   * special ones among them. None, and a file without a Rare section, unless given.
   */
  rareTokens?: Uint32Array;
  embedding: EmbeddingParts;
  blocks: BlockParts[];
  exits: ExitParts[];
  card: Card;
}

/** What a file that can only tokenize holds. */
export type VocabularyParts = Pick<ModelParts, 'normalizer' | 'pieces'> & {
  tokens: number;
  segments: number;
};
