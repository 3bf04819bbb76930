/** exp and ln of docs/arithmetic.md: the same polynomials and the same roundings in every build. */
import {
  EXP_0,
  EXP_1,
  EXP_2,
  EXP_3,
  EXP_4,
  EXP_5,
  EXP_LEAST,
  EXP_LOG2E,
  EXP_ROUNDER,
  LN_0,
  LN_1,
  LN_2,
  LN_3,
  LN_MOST,
  LN_OF_2,
} from './polynomials';

/** e^x for x <= 0; what is below EXP_LEAST, and NaN, counts as EXP_LEAST. */
export function exp(x: f32): f32 {
  return power((x > <f32>EXP_LEAST ? x : <f32>EXP_LEAST) * <f32>EXP_LOG2E, <f32>EXP_ROUNDER);
}

/**
 * 2^(z + k), for rounder = EXP_ROUNDER + k: the integer that the sum of z and the rounder holds in its low
 * bits becomes the exponent.
 */
export function power(z: f32, rounder: f32): f32 {
  const t = z + rounder;
  const r = z - (t - rounder);
  let p = <f32>EXP_5 * r + <f32>EXP_4;
  p = p * r + <f32>EXP_3;
  p = p * r + <f32>EXP_2;
  p = p * r + <f32>EXP_1;
  p = p * r + <f32>EXP_0;
  return reinterpret<f32>(reinterpret<i32>(p) + (reinterpret<i32>(t) << 23));
}

/** power of four lanes. */
export function power4(z: v128, rounder: v128): v128 {
  const t = f32x4.add(z, rounder);
  const r = f32x4.sub(z, f32x4.sub(t, rounder));
  let p = f32x4.add(f32x4.mul(f32x4.splat(<f32>EXP_5), r), f32x4.splat(<f32>EXP_4));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>EXP_3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>EXP_2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>EXP_1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>EXP_0));
  return i32x4.add(p, i32x4.shl(t, 23));
}

/** ln x for finite x >= 1; any other x gives some number, never a trap. */
export function ln(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  let k = (bits >> 23) - 127;
  let m = reinterpret<f32>((bits & 0x7fffff) | 0x3f800000);
  if (m > <f32>LN_MOST) {
    m = m * <f32>0.5;
    k = k + 1;
  }
  const u = (m - <f32>1) / (m + <f32>1);
  const v = u * u;
  let p = <f32>LN_3 * v + <f32>LN_2;
  p = p * v + <f32>LN_1;
  p = p * v + <f32>LN_0;
  return <f32>k * <f32>LN_OF_2 + u * <f32>2 * p;
}
