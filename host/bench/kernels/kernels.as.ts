/** AssemblyScript: every kernel by itself, and the float32 peer, for kernels.ts to time beside each other. */
export { layLanes } from '../../../assembly/kernel/lanes';
export { mismatchesCarrySave } from '../../../assembly/kernel/mismatches-carry-save';
export {
  mismatchesPairLookup,
  packPairs,
  preparePairLookup,
} from '../../../assembly/kernel/mismatches-pair-lookup';
export { mismatchesPopcount } from '../../../assembly/kernel/mismatches-popcount';
export { mismatchesScalar } from '../../../assembly/kernel/mismatches-scalar';
export { multiplyFloats } from '../peers/f32.as';
export { layBitPlanes, mismatchesBitPlanes, prepareBitPlanes } from './mismatches-bit-planes.as';
import * as relaxed from '../../../assembly/kernel/mismatches-relaxed-lookup';

/** First byte that the bench may use. */
export function freePointer(): usize {
  return (__heap_base + 63) & ~63;
}

/** Whether what follows does anything. */
export function hasRelaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}

export function prepareRelaxedLookup(): void {
  if (ASC_FEATURE_RELAXED_SIMD) relaxed.prepareRelaxedLookup();
}

export function packTables(input: usize, bytes: i32, tokens: i32, packed: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) relaxed.packTables(input, bytes, tokens, packed);
}

export function mismatchesRelaxedLookup(
  weights: usize,
  rows: i32,
  packed: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
  stride: i32,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    relaxed.mismatchesRelaxedLookup(weights, rows, packed, bytes, tokens, counts, stride);
  }
}

export function mismatchesLoneLookup(
  weights: usize,
  rows: i32,
  input: usize,
  bytes: i32,
  counts: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) relaxed.mismatchesLoneLookup(weights, rows, input, bytes, counts);
}
