/** x + attention(x), normed: x is [tokens, d]. Keys and values stay counts of mismatches: integers. */
import { EXP_LOG2E, POWER_LEAST } from '../../assembly/kernel/polynomials.ts';
import type { BinaryLinear, BlockParts, ScoreParts } from '../../host/model-file/parts.ts';
import { add, affine, type Bits, layerNorm, type Matrix, mismatches, thresholdBits } from './layers.ts';
import { f, largest, nearest, power } from './single.ts';

/** Rows of numbers that are integers. */
type Integers = number[][];

/** Sums stay within 32 bits, and factors within 16. */
const MOST_SUM = 2 ** 31 - 1;
const MOST_FACTOR = 2 ** 15 - 1;
/** A query whose largest value is not above this counts as zero. */
const LEAST = f(1e-30);

export function attention(block: BlockParts, heads: number, x: Matrix): Matrix {
  const width = x[0].length;
  const headWidth = width / heads;
  const bits = x.map((row) => thresholdBits(row, block.attentionThreshold));
  const context = x.map(() => new Float32Array(width));
  for (let head = 0; head < heads; head++) {
    const queryRow = head * 3 * headWidth;
    const keyRow = queryRow + headWidth;
    const valueRow = keyRow + headWidth;
    const queries = countRows(block, bits, queryRow, headWidth);
    const keys = countRows(block, bits, keyRow, headWidth);
    const values = countRows(block, bits, valueRow, headWidth);
    const scaledRow = block.scores ? head * headWidth : valueRow;
    queries.forEach((query, i) => {
      const weights = block.scores
        ? signWeights(block.scores, head, query, keys, width)
        : realWeights(block.qkv, queryRow, query, keys, width);
      context[i].set(
        mean(weights, values).map((mis, c) =>
          affine(mis, block.qkv.scale[scaledRow + c], block.qkv.offset[scaledRow + c]),
        ),
        head * headWidth,
      );
    });
  }
  return x.map((row, i) => {
    const contextBits = thresholdBits(context[i], block.contextThreshold);
    const { bits: weights, scale, offset } = block.output;
    const y = row.map((_, j) => affine(mismatches(weights, j, contextBits), scale[j], offset[j]));
    return layerNorm(add(row, y), block.attentionNorm);
  });
}

/** Mismatches of `width` rows of qkv from `start` on: [tokens, width]. */
function countRows(block: BlockParts, input: Bits[], start: number, width: number): Integers {
  return input.map((row) =>
    Array.from({ length: width }, (_, c) => mismatches(block.qkv.bits, start + c, row)),
  );
}

/** Weights of the keys for a query whose rows' mismatches are `counts`, from q . k. */
function realWeights(
  { scale, offset }: BinaryLinear,
  queryRow: number,
  counts: number[],
  keys: Integers,
  d: number,
): number[] {
  const query = counts.map((mis, c) => {
    const q = affine(mis, scale[queryRow + c], offset[queryRow + c]);
    return f(q * scale[queryRow + counts.length + c]);
  });
  const { rounded, step } = round(query, Math.min(MOST_FACTOR, Math.floor(MOST_SUM / (d * query.length))));
  const scores = keys.map((key) => dot(rounded, key));
  return softmax(scores, step, d);
}

/** The same from their signs: the score is how many agree. */
function signWeights(
  { limit, step }: ScoreParts,
  head: number,
  counts: number[],
  keys: Integers,
  d: number,
): number[] {
  const ofQuery = 2 * head * counts.length;
  const ofKey = ofQuery + counts.length;
  const query = counts.map((mis, c) => mis <= limit[ofQuery + c]);
  const scores = keys.map((key) => query.filter((sign, c) => sign === key[c] <= limit[ofKey + c]).length);
  return softmax(scores, step[head], d);
}

/** Weights of scores that are integers: powers of two, rounded. */
function softmax(scores: number[], step: number, d: number): number[] {
  const most = Math.max(...scores);
  const bits = Math.min(14, Math.clz32(d * scores.length) - 1);
  return scores.map((score) => nearest(power(atLeast(POWER_LEAST, f(f(score - most) * step)), bits)));
}

/** Weighted means of the values' counts, [e]. */
function mean(weights: number[], values: Integers): number[] {
  const share = f(1 / f(weights.reduce((sum, weight) => sum + weight, 0)));
  return values[0].map((_, c) => {
    const sum = dot(
      weights,
      values.map((value) => value[c]),
    );
    return f(f(sum) * share);
  });
}

/** The query in integers of at most `most`, and the binary logarithm of e to what 1 of them stands for. */
function round(query: number[], most: number): { rounded: number[]; step: number } {
  const greatest = Math.max(0, largest(query.map(Math.abs)));
  if (!(greatest > LEAST)) return { rounded: query.map((value) => roundedBy(value, 0, most)), step: 0 };
  const factor = f(most / greatest);
  return {
    rounded: query.map((value) => roundedBy(value, factor, most)),
    step: f(f(greatest / most) * f(EXP_LOG2E)),
  };
}

function roundedBy(value: number, factor: number, most: number): number {
  return nearest(atLeast(-most, f(value * factor)));
}

/** What is no number counts as the least. */
function atLeast(least: number, x: number): number {
  return Number.isNaN(x) ? least : Math.max(least, x);
}

/** Exact: every sum is below 2^31. */
function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
