/**
 * Softmax of four queries' scores, but for the division: weights are integers, e^(score - largest) times
 * a power of two, rounded, in the place of the scores. They are laid as context.ts reads them:
 *
 *   scores i32[n, 4]              SIMD weights i16[n/2, 4, 2], two keys side by side
 *   key 0 │ q0 q1 q2 q3 │         keys 0 1 │ q0: k0 k1 │ q1: k0 k1 │ q2: k0 k1 │ q3: k0 k1 │
 *   key 1 │ q0 q1 q2 q3 │         scalar weights i16[n, 4]
 */
import { Part } from '../abi';
import { power, power4 } from './exponential';
import { larger } from './largest';
import { EXP_ROUNDER, POWER_LEAST } from './polynomials';
import { mark } from './profile';
import { nearest, nearest4 } from './round';

/** The largest weight is 2 to this: no sum of `tokens` weights times counts up to d leaves 32 bits. */
export function weightBits(hidden: i32, tokens: i32): i32 {
  return min(14, clz(hidden * tokens) - 1);
}

/**
 * @param bits the largest weight is 2^bits
 * @param steps f32[4]: the binary logarithm of e to what 1 in a score of each query stands for
 * @param shares f32[4], written: 1 / the sum of each query's weights
 */
export function weigh(scores: usize, keyCount: i32, bits: i32, steps: usize, shares: usize): void {
  const rounder = <f32>EXP_ROUNDER + <f32>bits;
  if (ASC_FEATURE_SIMD) {
    weigh4(scores, keyCount, f32x4.splat(rounder), v128.load(steps), shares);
  } else {
    weighOneByOne(scores, keyCount, rounder, steps, shares);
  }
  mark(Part.Softmax);
}

/** Lanes are queries. */
function weigh4(scores: usize, keyCount: i32, rounder: v128, steps: v128, shares: usize): void {
  const end = scores + (keyCount << 4);
  let largest = v128.load(scores);
  for (let at = scores; at < end; at += 16) largest = i32x4.max_s(largest, v128.load(at));
  let sums = i32x4.splat(0);
  let weights = scores;
  const endOfPairs = scores + ((keyCount & -2) << 4);
  for (; scores < endOfPairs; scores += 32) {
    const first = weights4(i32x4.sub(v128.load(scores), largest), steps, rounder);
    const second = weights4(i32x4.sub(v128.load(scores, 16), largest), steps, rounder);
    sums = i32x4.add(sums, i32x4.add(first, second));
    v128.store(weights, v128.or(first, i32x4.shl(second, 16)));
    weights += 16;
  }
  if (scores < end) {
    // An odd last key has a neighbour whose weight is 0.
    const last = weights4(i32x4.sub(v128.load(scores), largest), steps, rounder);
    sums = i32x4.add(sums, last);
    v128.store(weights, last);
  }
  v128.store(shares, f32x4.div(f32x4.splat(1), f32x4.convert_i32x4_s(sums)));
}

function weights4(below: v128, steps: v128, rounder: v128): v128 {
  const z = f32x4.mul(f32x4.convert_i32x4_s(below), steps);
  return nearest4(power4(f32x4.pmax(f32x4.splat(<f32>POWER_LEAST), z), rounder));
}

function weighOneByOne(scores: usize, keyCount: i32, rounder: f32, steps: usize, shares: usize): void {
  const end = scores + (keyCount << 4);
  let largest0 = i32.MIN_VALUE;
  let largest1 = i32.MIN_VALUE;
  let largest2 = i32.MIN_VALUE;
  let largest3 = i32.MIN_VALUE;
  for (let at = scores; at < end; at += 16) {
    largest0 = max(largest0, load<i32>(at));
    largest1 = max(largest1, load<i32>(at, 4));
    largest2 = max(largest2, load<i32>(at, 8));
    largest3 = max(largest3, load<i32>(at, 12));
  }
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let weights = scores;
  for (let at = scores; at < end; at += 16) {
    // A key's weights fall on scores that have been read: all of its own are read first.
    const weight0 = weightOf(load<i32>(at) - largest0, load<f32>(steps), rounder);
    const weight1 = weightOf(load<i32>(at, 4) - largest1, load<f32>(steps, 4), rounder);
    const weight2 = weightOf(load<i32>(at, 8) - largest2, load<f32>(steps, 8), rounder);
    const weight3 = weightOf(load<i32>(at, 12) - largest3, load<f32>(steps, 12), rounder);
    store<i16>(weights, weight0);
    store<i16>(weights, weight1, 2);
    store<i16>(weights, weight2, 4);
    store<i16>(weights, weight3, 6);
    sum0 += weight0;
    sum1 += weight1;
    sum2 += weight2;
    sum3 += weight3;
    weights += 8;
  }
  store<f32>(shares, <f32>1 / <f32>sum0);
  store<f32>(shares, <f32>1 / <f32>sum1, 4);
  store<f32>(shares, <f32>1 / <f32>sum2, 8);
  store<f32>(shares, <f32>1 / <f32>sum3, 12);
}

/** The weight of a score that is `below` the largest, so not above 0. */
export function weightOf(below: i32, step: f32, rounder: f32): i32 {
  return nearest(power(larger(<f32>POWER_LEAST, <f32>below * step), rounder));
}
