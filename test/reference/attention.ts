/** x + attention(x), normed: x is [tokens, d]. */
import type { BlockParts } from '../../host/model-file/parts.ts';
import { add, affine, type Bits, layerNorm, type Matrix, mismatches, thresholdBits } from './layers.ts';
import { chain, exp, f, largest, sum4 } from './single.ts';

export function attention(block: BlockParts, heads: number, x: Matrix): Matrix {
  const width = x[0].length;
  const headWidth = width / heads;
  const bits = x.map((row) => thresholdBits(row, block.attentionThreshold));
  const context = x.map(() => new Float32Array(width));
  for (let head = 0; head < heads; head++) {
    const start = head * 3 * headWidth;
    const q = project(block, bits, start, headWidth);
    const k = project(block, bits, start + headWidth, headWidth);
    const v = project(block, bits, start + 2 * headWidth, headWidth);
    q.forEach((query, i) => {
      context[i].set(attend(query, k, v), head * headWidth);
    });
  }
  return x.map((row, i) => {
    const contextBits = thresholdBits(context[i], block.contextThreshold);
    const { bits: weights, scale, offset } = block.output;
    const y = row.map((_, j) => affine(mismatches(weights, j, contextBits), scale[j], offset[j]));
    return layerNorm(add(row, y), block.attentionNorm);
  });
}

/** `width` rows of qkv from `start` on: [tokens, width]. */
function project(block: BlockParts, input: Bits[], start: number, width: number): Matrix {
  const { bits, scale, offset } = block.qkv;
  return input.map((row) =>
    Float32Array.from({ length: width }, (_, c) => {
      const j = start + c;
      return affine(mismatches(bits, j, row), scale[j], offset[j]);
    }),
  );
}

/** The context of one query: [e] */
function attend(query: Float32Array, keys: Matrix, values: Matrix): Float32Array {
  const scores = keys.map((key) => chain(query.map((q, c) => f(q * key[c]))));
  const most = largest(scores);
  const weights = scores.map((score) => exp(f(score - most)));
  const share = f(1 / sum4(weights));
  return query.map((_, c) => f(chain(weights.map((weight, j) => f(weight * values[j][c]))) * share));
}
