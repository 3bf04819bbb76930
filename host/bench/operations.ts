/**
 * Counts of arithmetic: what a model does, said apart from how long it takes. Operations are never
 * called latency; `measure.ts` has that.
 *
 * One float operation is a multiplication with the addition that goes with it, or either alone. One
 * binary operation is the same on one bit: an exclusive or and a count. 64 binary ones, one machine
 * word, count as one float operation in `total`. Attention's products of integers count like floats.
 * Rounding, compares (a limit to [0, 1] is two), bit packing and table look-ups of the tokenizer are not counted.
 *
 * With n tokens, d hidden, f SLFN, h heads, C classes, g segments (docs/arithmetic.md has the steps):
 *
 *   norm       5 d a token: sum, difference, sum of squares, scaling, gamma and beta
 *   embedding  n (2 + [g = 2]) d   rows of token, position and segment, each scaled and added
 *              + n norm
 *   block      3 n d               thresholds subtracted before q k v, output and SLFN
 *              + 3 n d             scale and offset of q, the keys' scale in it, those of the context
 *              + n d + 2 n d       scale and offset of output, gate and value
 *              + 2 n n d           scores and their weighted sum of values, over all heads
 *              + n n h (2 + exp)   softmax: difference, exp, sum
 *              + n d               its division
 *              + n d               product of the two SLFN branches
 *              + 2 n d + 2 n norm  residuals and norms
 *     binary   n (3 d d + d d + 2 f d + 2 d f)   qkv, output, hidden, gate and value
 *   recurrence, in each block of a model that has it
 *              n d + 2 n d         threshold subtracted; scale and offset of forget gate and value
 *              + 2 n d             v + f (h - v): difference, product with its addition
 *              + n d + n norm      residual and norm
 *     binary   n 2 d d             forget gate and value
 *   binary scores, in each block of a model that has them
 *              - n n d - 2 n d     scores; scale and offset of q, the keys' scale in it
 *              - n n h exp         and in place of a power for each score
 *              + (d + h) (1 + exp) a table of them for each head
 *     binary   n n d               scores
 *   exit       n d + d             mean of the tokens
 *              + C d + C           logits
 *              + C (4 + exp) + ln  softmax and entropy
 *
 * exp and ln are polynomials; with their range reduction they count as 10 operations each.
 */
import type { Dimensions } from '../model-file/parts.ts';

const NORM = 5;
const EXP = 10;
const LN = 10;
/** Bits in the machine word that one float operation is set against. */
const WORD_BITS = 64;

export interface Operations {
  float: number;
  binary: number;
  /** float + binary / 64 */
  total: number;
}

export interface ExitOperations extends Operations {
  /** Counted from 1. */
  exit: number;
}

/** What it takes to reach each exit, from the embedding on, for an input of this many tokens. */
export function operations(dimensions: Dimensions, tokens: number): ExitOperations[] {
  const { hidden: d, slfn: f, heads: h, classes, segments, blocks } = dimensions;
  const { recurrence = 0, binaryScores = 0 } = dimensions;
  const n = tokens;
  const embedding = n * (2 + (segments === 2 ? 1 : 0)) * d + n * NORM * d;
  const thresholds = 3 * n * d;
  const affine = (6 - 2 * binaryScores) * n * d;
  const powers = binaryScores ? (d + h) * (1 + EXP) : n * n * h * EXP;
  const attention = (2 - binaryScores) * n * n * d + n * n * h * 2 + powers + n * d;
  const product = n * d;
  const residuals = 2 * n * d + 2 * n * NORM * d;
  const scan = recurrence * (n * (1 + 2 + 2 + 1) * d + n * NORM * d);
  const block = thresholds + affine + attention + product + residuals + scan;
  const binary = n * (4 * d * d + 4 * d * f + recurrence * 2 * d * d + binaryScores * n * d);
  const exit = n * d + d + classes * d + classes + classes * (4 + EXP) + LN;
  return Array.from({ length: blocks }, (_, i) => {
    const depth = i + 1;
    return { exit: depth, ...together(embedding + depth * (block + exit), depth * binary) };
  });
}

function together(float: number, binary: number): Operations {
  return { float, binary, total: float + binary / WORD_BITS };
}

export interface OperationsSummary {
  /** Mean over the inputs, had each gone through every block. */
  full: Operations;
  /** Mean over the inputs, each up to the exit it took. */
  mean: Operations;
  /** Fraction of the total that early exits saved: 1 - mean / full. */
  reduction: number;
}

/** Mean operations of inputs, given how many tokens each had and at which exit, from 1, it left. */
export function summarizeOperations(
  dimensions: Dimensions,
  inputs: Iterable<{ tokens: number; exit: number }>,
): OperationsSummary {
  const byTokens = new Map<number, ExitOperations[]>();
  const full = { float: 0, binary: 0 };
  const taken = { float: 0, binary: 0 };
  let count = 0;
  for (const { tokens, exit } of inputs) {
    let perExit = byTokens.get(tokens);
    if (!perExit) {
      perExit = operations(dimensions, tokens);
      byTokens.set(tokens, perExit);
    }
    add(full, perExit[dimensions.blocks - 1]);
    add(taken, perExit[exit - 1]);
    count++;
  }
  if (count === 0) throw new RangeError('operations of no inputs at all have no mean');
  const mean = together(taken.float / count, taken.binary / count);
  const most = together(full.float / count, full.binary / count);
  return { full: most, mean, reduction: 1 - mean.total / most.total };
}

function add(sum: { float: number; binary: number }, { float, binary }: Operations): void {
  sum.float += float;
  sum.binary += binary;
}
