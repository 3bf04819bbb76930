/** AssemblyScript: the kernels by themselves, exported for kernels.test.ts to hold against each other. */
import { power4 } from '../../assembly/kernel/exponential';
import { EXP_ROUNDER } from '../../assembly/kernel/polynomials';

export { exp, ln, power } from '../../assembly/kernel/exponential';
export { halfToFloat } from '../../assembly/kernel/half';
export { layLanes } from '../../assembly/kernel/lanes';
export {
  mismatchesPairLookup,
  packPairs,
  preparePairLookup,
} from '../../assembly/kernel/mismatches-pair-lookup';
export { mismatchesPlain } from '../../assembly/kernel/mismatches-plain';
export { mismatchesPopcount } from '../../assembly/kernel/mismatches-popcount';
export { mismatchesScalar } from '../../assembly/kernel/mismatches-scalar';
export { addStates } from '../../assembly/kernel/scan';
export { layPowers, weighSigns } from '../../assembly/kernel/sign-scores';

/** power of one lane of four. */
export function powerOfLane(z: f32, rounder: f32): f32 {
  return f32x4.extract_lane(power4(f32x4.splat(z), f32x4.splat(rounder)), 2);
}

/** First byte that the test may use. */
export function freePointer(): usize {
  return (__heap_base + 15) & ~15;
}
