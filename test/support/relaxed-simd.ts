/**
 * Lets this process compile the relaxed build: V8 takes relaxed SIMD without being asked from Node 22 on,
 * and in Node 20 behind a flag, which is set here before any module is compiled.
 */
import { setFlagsFromString } from 'node:v8';

export const RELAXED_SIMD_FLAG = '--experimental-wasm-relaxed-simd';

/** () -> v128: i8x16.relaxed_swizzle of two zeros. */
const NEEDS_RELAXED_SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 253, 128, 2, 11],
);

export const takesRelaxedSimd = () => WebAssembly.validate(NEEDS_RELAXED_SIMD);

/** Whether the flag has to be given to a process of this Node. */
export const needsFlag = !takesRelaxedSimd();

if (needsFlag) setFlagsFromString(RELAXED_SIMD_FLAG);
