/**
 * Chooses the kernel that counts mismatches, and says why:
 * - scalar build: 64-bit words; there is nothing else in plain Wasm 1.0.
 * - SIMD and relaxed build: pair lookup, one and a half times as fast as popcount on x86 under V8, where i8x16.popcnt
 *   is ten instructions. Where it is one (arm64), popcount is faster.
 * - an odd token, which has no neighbour: popcount.
 * A host measures which is fastest where it runs and says so by `chooseKernel`. All are exact, so the
 * choice changes no result, and all SIMD kernels read the same layout.
 */
import { Kernel, Part } from '../abi';
import { layLanes } from './lanes';
import { mismatchesPairLookup, packPairs, preparePairLookup } from './mismatches-pair-lookup';
import { mismatchesPopcount } from './mismatches-popcount';
import { mismatchesScalar } from './mismatches-scalar';
import { mark } from './profile';

/** Bytes that packing makes of one byte of input. */
export const PACKED_BYTES_A_BYTE: i32 = ASC_FEATURE_SIMD ? 2 : 0;

/** The one in use; the build's best on x86 until a host chooses. */
let chosen: i32 = ASC_FEATURE_SIMD ? Kernel.PairLookup : Kernel.Scalar;

/** Once, before anything else here is called. */
export function prepareKernel(): void {
  if (ASC_FEATURE_SIMD) preparePairLookup();
}

/** Whether this build has the kernel; if so, what follows uses it. */
export function chooseKernel(kernel: i32): bool {
  if (!hasKernel(kernel)) return false;
  chosen = kernel;
  return true;
}

function hasKernel(kernel: i32): bool {
  switch (kernel) {
    case Kernel.Scalar:
      return !ASC_FEATURE_SIMD;
    case Kernel.Popcount:
    case Kernel.PairLookup:
      return ASC_FEATURE_SIMD;
  }
  return false;
}

/** Lays weights [rows, bytes] out in place as this build's kernels want them; see layLanes. */
export function layWeights(weights: usize, rows: i32, bytes: i32, scratch: usize): void {
  if (ASC_FEATURE_SIMD) layLanes(weights, rows, bytes, scratch);
}

/**
 * Readies input [tokens, bytes] for `mismatches`: call it once, then any number of weights may meet it.
 * @param packed PACKED_BYTES_A_BYTE * tokens * bytes bytes
 */
export function packInput(input: usize, bytes: i32, tokens: i32, packed: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (chosen == Kernel.PairLookup) packPairs(input, bytes, tokens & -2, packed);
  }
  mark(Part.Bits);
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
    const paired = chosen == Kernel.PairLookup ? tokens & -2 : 0;
    const countsOfRest = counts + ((paired * rows) << 1);
    mismatchesPairLookup(weights, rows, packed, bytes, paired, counts, rows);
    mismatchesPopcount(weights, rows, input + paired * bytes, bytes, tokens - paired, countsOfRest, rows);
  } else {
    mismatchesScalar(weights, rows, input, bytes, tokens, counts);
  }
  mark(Part.Products);
}
