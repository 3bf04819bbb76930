/** What blocks are made of: bits, binarized linear layers, LayerNorm. A matrix is an array of rows. */
import { NORM_EPSILON } from '../../assembly/format.ts';
import type { Norm } from '../../host/model-file/parts.ts';
import { f, sum4 } from './single.ts';

export type Matrix = Float32Array[];
/** One 0 or 1 an element. */
export type Bits = Uint8Array;

/** sign(x - theta) as a bit: 1 is +1, and 0 counts as positive. */
export function thresholdBits(x: Float32Array, theta: Float32Array): Bits {
  return Uint8Array.from(x, (value, i) => (value >= theta[i] ? 1 : 0));
}

/** In how many bits row `row` of `weights` [rows, K/8] and the input [K] differ. */
export function mismatches(weights: Uint8Array, row: number, input: Bits): number {
  const bytes = input.length / 8;
  let count = 0;
  for (let k = 0; k < input.length; k++) {
    const weight = (weights[row * bytes + (k >> 3)] >> (k & 7)) & 1;
    count += weight ^ input[k];
  }
  return count;
}

export function affine(mis: number, scale: number, offset: number): number {
  return f(f(mis * scale) + offset);
}

export function add(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => f(value + b[i]));
}

export function layerNorm(x: Float32Array, { gamma, beta }: Norm): Float32Array {
  const share = f(1 / x.length);
  const mean = f(sum4(x) * share);
  const centred = x.map((value) => f(value - mean));
  const variance = f(sum4(centred.map((c) => f(c * c))) * share);
  const w = f(1 / f(Math.sqrt(f(variance + f(NORM_EPSILON)))));
  return centred.map((c, i) => f(f(f(c * w) * gamma[i]) + beta[i]));
}
