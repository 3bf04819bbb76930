/** AssemblyScript: every kernel by itself, and the float32 peer, for kernels.ts to time beside each other. */
export { layLanes } from '../../../assembly/kernel/lanes';
export {
  mismatchesPairLookup,
  packPairs,
  preparePairLookup,
} from '../../../assembly/kernel/mismatches-pair-lookup';
export { mismatchesPopcount } from '../../../assembly/kernel/mismatches-popcount';
export { mismatchesScalar } from '../../../assembly/kernel/mismatches-scalar';
export { multiplyFloats } from '../peers/f32.as';
export { layBitPlanes, mismatchesBitPlanes, prepareBitPlanes } from './mismatches-bit-planes.as';

/** First byte that the bench may use. */
export function freePointer(): usize {
  return (__heap_base + 63) & ~63;
}
