/**
 * From floats to the nearest integer, ties to even, for magnitudes below 2^22: after 1.5 * 2^23 has been
 * added, the integer stands in the low bits. No instruction that traps, and the same in every build.
 */
import { EXP_ROUNDER } from './polynomials';

/** The bits of EXP_ROUNDER. */
const ROUNDER_BITS: i32 = 0x4b400000;

export function nearest(x: f32): i32 {
  return reinterpret<i32>(x + <f32>EXP_ROUNDER) - ROUNDER_BITS;
}

export function nearest4(x: v128): v128 {
  return i32x4.sub(f32x4.add(x, f32x4.splat(<f32>EXP_ROUNDER)), i32x4.splat(ROUNDER_BITS));
}

/** i16 of eight floats in two vectors. */
export function nearest8(low: v128, high: v128): v128 {
  return i16x8.narrow_i32x4_s(nearest4(low), nearest4(high));
}
