/**
 * Chooses the kernel that counts mismatches, and says why:
 * - scalar build: 64-bit words; there is nothing else in plain Wasm 1.0.
 * - SIMD build: pair lookup, a quarter faster than popcount on x86 under V8, where i8x16.popcnt is ten
 *   instructions. Where it is one (arm64), popcount is faster: the host may say so by `chooseKernel`.
 * All are exact, so the choice changes no result, and both SIMD kernels read the same layout.
 */
import { Kernel } from '../abi';
import { BLOCK_ROWS, layLanes } from './lanes';
import { mismatchesPairLookup, packPairs, preparePairLookup } from './mismatches-pair-lookup';
import { mismatchesPopcount } from './mismatches-popcount';
import { mismatchesScalar } from './mismatches-scalar';

/** Bytes that packing makes of one byte of input. */
export const PACKED_BYTES_A_BYTE: i32 = ASC_FEATURE_SIMD ? 2 : 0;

let pairLookup: bool = true;

/** Once, before anything else here is called. */
export function prepareKernel(): void {
  if (ASC_FEATURE_SIMD) preparePairLookup();
}

/** Whether this build has the kernel; if so, what follows uses it. */
export function chooseKernel(kernel: i32): bool {
  if (!ASC_FEATURE_SIMD) return kernel == Kernel.Scalar;
  if (kernel != Kernel.PairLookup && kernel != Kernel.Popcount) return false;
  pairLookup = kernel == Kernel.PairLookup;
  return true;
}

/** Lays weights [rows, bytes] out in place as this build's kernels want them; see layLanes. */
export function layWeights(weights: usize, rows: i32, bytes: i32, scratch: usize): void {
  if (ASC_FEATURE_SIMD) layLanes(weights, rows, bytes, scratch);
}

/**
 * Readies input [tokens, bytes] for `mismatches`: call it once, then any number of weights may meet it.
 * Where `tokens` is odd the buffers have room for one more.
 * @param packed PACKED_BYTES_A_BYTE * tokens * bytes bytes
 */
export function packInput(input: usize, bytes: i32, tokens: i32, packed: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (pairLookup) packPairs(input, bytes, even(tokens), packed);
  }
}

/**
 * counts: u16[tokens, rows] of weights [rows, bytes], laid out by layWeights, against input
 * [tokens, bytes], readied by packInput. `rows` is a multiple of 16, `bytes` of 8.
 */
export function mismatches(
  weights: usize,
  rows: i32,
  input: usize,
  packed: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
): void {
  if (ASC_FEATURE_SIMD) {
    // What does not fill the pair lookup's 2 blocks is left to the other kernel.
    const paired = pairLookup ? rows & -(2 * BLOCK_ROWS) : 0;
    if (paired > 0) mismatchesPairLookup(weights, paired, packed, bytes, even(tokens), counts, rows);
    if (paired < rows) {
      const rest = weights + paired * bytes;
      mismatchesPopcount(rest, rows - paired, input, bytes, tokens, counts + (paired << 1), rows);
    }
  } else {
    mismatchesScalar(weights, rows, input, bytes, tokens, counts);
  }
}

function even(tokens: i32): i32 {
  return (tokens + 1) & -2;
}
