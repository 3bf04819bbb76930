/**
 * Chooses the kernel that counts mismatches, and says why:
 * - scalar build: 64-bit words; there is nothing else in plain Wasm 1.0.
 * - SIMD build: pair lookup, a third faster than popcount on x86 under V8, where i8x16.popcnt is ten
 *   instructions. Where it is one (arm64), popcount is faster.
 * - relaxed build: its own lookup, faster again, beside both of these.
 * - an odd token, which has no neighbour: carry-save addition beside the pair lookup, and the relaxed
 *   build's lookup for one.
 * A host measures which is fastest where it runs and says so by `chooseKernel`. All are exact, so the
 * choice changes no result, and all SIMD kernels read the same layout.
 */
import { Kernel, Part } from '../abi';
import { BLOCK_ROWS, layLanes } from './lanes';
import { CARRY_SAVE_ROWS, mismatchesCarrySave } from './mismatches-carry-save';
import { mismatchesPairLookup, packPairs, preparePairLookup } from './mismatches-pair-lookup';
import { mismatchesPopcount } from './mismatches-popcount';
import {
  LONE_ROWS,
  mismatchesLoneLookup,
  mismatchesRelaxedLookup,
  packTables,
  prepareRelaxedLookup,
} from './mismatches-relaxed-lookup';
import { mismatchesScalar } from './mismatches-scalar';
import { mark } from './profile';

/** Bytes that packing makes of one byte of input. */
export const PACKED_BYTES_A_BYTE: i32 = ASC_FEATURE_RELAXED_SIMD ? 16 : ASC_FEATURE_SIMD ? 2 : 0;

/** The one in use; the build's best on x86 until a host chooses. */
let chosen: i32 = ASC_FEATURE_RELAXED_SIMD
  ? Kernel.RelaxedLookup
  : ASC_FEATURE_SIMD
    ? Kernel.PairLookup
    : Kernel.Scalar;

/** Once, before anything else here is called. */
export function prepareKernel(): void {
  if (ASC_FEATURE_SIMD) preparePairLookup();
  if (ASC_FEATURE_RELAXED_SIMD) prepareRelaxedLookup();
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
    case Kernel.RelaxedLookup:
      return ASC_FEATURE_RELAXED_SIMD;
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
    if (ASC_FEATURE_RELAXED_SIMD) {
      if (chosen == Kernel.RelaxedLookup) packTables(input, bytes, tokens & -2, packed);
    }
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
    if (chosen == Kernel.Popcount) {
      mismatchesPopcount(weights, rows, input, bytes, tokens, counts, rows);
    } else {
      const paired = tokens & -2;
      if (paired > 0) countPairs(weights, rows, input, packed, bytes, paired, counts);
      if (paired < tokens) {
        countLone(weights, rows, input + paired * bytes, bytes, counts + ((paired * rows) << 1));
      }
    }
  } else {
    mismatchesScalar(weights, rows, input, bytes, tokens, counts);
  }
  mark(Part.Products);
}

function countPairs(
  weights: usize,
  rows: i32,
  input: usize,
  packed: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (chosen == Kernel.RelaxedLookup) {
      mismatchesRelaxedLookup(weights, rows, packed, bytes, tokens, counts, rows);
      return;
    }
  }
  const wide = rows & -(2 * BLOCK_ROWS);
  if (wide > 0) mismatchesPairLookup(weights, wide, packed, bytes, tokens, counts, rows);
  if (wide < rows) {
    const rest = weights + wide * bytes;
    mismatchesPopcount(rest, rows - wide, input, bytes, tokens, counts + (wide << 1), rows);
  }
}

function countLone(weights: usize, rows: i32, input: usize, bytes: i32, counts: usize): void {
  let counted = 0;
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (chosen == Kernel.RelaxedLookup) {
      counted = rows & -LONE_ROWS;
      if (counted > 0) mismatchesLoneLookup(weights, counted, input, bytes, counts);
    }
  }
  const wide = (rows - counted) & -CARRY_SAVE_ROWS;
  if (wide > 0) {
    mismatchesCarrySave(weights + counted * bytes, wide, input, bytes, counts + (counted << 1));
    counted += wide;
  }
  if (counted < rows) {
    const rest = weights + counted * bytes;
    mismatchesPopcount(rest, rows - counted, input, bytes, 1, counts + (counted << 1), rows);
  }
}
