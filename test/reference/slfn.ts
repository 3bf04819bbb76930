/** x + SLFN(x), normed: x is [tokens, d]. */
import type { BlockParts } from '../../host/model-file/parts.ts';
import { affine, layerNorm, type Matrix, mismatches, thresholdBits } from './layers.ts';
import { f } from './single.ts';

export function slfn(block: BlockParts, x: Matrix): Matrix {
  const { gate, value } = block;
  return x.map((row) => {
    const input = thresholdBits(row, block.slfnThreshold);
    const hidden = Uint8Array.from(block.hiddenLimit, (limit, j) =>
      mismatches(block.hiddenBits, j, input) <= limit ? 1 : 0,
    );
    const sigmoidBits = hidden.subarray(0, hidden.length / 2);
    const tanhBits = hidden.subarray(hidden.length / 2);
    const sum = row.map((residual, j) => {
      const g = affine(mismatches(gate.bits, j, sigmoidBits), gate.scale[j], gate.offset[j]);
      const t = affine(mismatches(value.bits, j, tanhBits), value.scale[j], value.offset[j]);
      return f(residual + f(g * t));
    });
    return layerNorm(sum, block.slfnNorm);
  });
}
