/**
 * Softmax of binary scores. A query and a key are signs, so a score falls by one step with each bit in which they
 * differ, and what follows from the largest score is one of e + 1 weights: a table, the same for all queries of a
 * head, in place of a power for each score.
 *
 *   powers i16[e + 1]    │ 2^bits │ 2^(bits - step) │ 2^(bits - 2 step) │ ...       rounded
 *
 *   counts u16[4, stride] of differing bits         weights as in softmax.ts, where context.ts reads them
 *   q0 │ key 0 │ key 1 │ ... │
 *   q1 │ key 0 │ key 1 │ ... │
 */
import { Part } from '../abi';
import { EXP_ROUNDER } from './polynomials';
import { mark } from './profile';
import { weightOf } from './softmax';

/** Queries whose weights are found at a time. */
const QUERIES: i32 = 4;

/**
 * The table of a head that is `width` wide.
 * @param step the binary logarithm of e to what one bit stands for
 * @param bits the largest weight is 2^bits
 */
export function layPowers(step: f32, width: i32, bits: i32, powers: usize): void {
  const rounder = <f32>EXP_ROUNDER + <f32>bits;
  for (let k = 0; k <= width; k++) store<u16>(powers + (k << 1), weightOf(-k, step, rounder));
  mark(Part.Softmax);
}

/**
 * Weights of four queries.
 * @param stride of counts, a multiple of 8
 * @param shares f32[4], written: 1 / the sum of each query's weights
 */
export function weighSigns(
  counts: usize,
  stride: i32,
  keyCount: i32,
  powers: usize,
  weights: usize,
  shares: usize,
): void {
  for (let query = 0; query < QUERIES; query++) {
    const nearest = powers - (leastOf(counts, keyCount) << 1);
    const sum = weighOne(counts, keyCount, nearest, weights + query * (ASC_FEATURE_SIMD ? 4 : 2));
    store<f32>(shares + (query << 2), <f32>1 / <f32>sum);
    counts += stride << 1;
  }
  mark(Part.Softmax);
}

/** The least of `length` counts. */
function leastOf(counts: usize, length: i32): i32 {
  let least: i32 = i16.MAX_VALUE;
  let at = counts;
  if (ASC_FEATURE_SIMD) {
    let lanes = i16x8.splat(i16.MAX_VALUE);
    for (const end = counts + ((length & -8) << 1); at < end; at += 16) {
      lanes = i16x8.min_s(lanes, v128.load(at));
    }
    lanes = i16x8.min_s(lanes, i16x8.shuffle(lanes, lanes, 4, 5, 6, 7, 0, 1, 2, 3));
    lanes = i16x8.min_s(lanes, i16x8.shuffle(lanes, lanes, 2, 3, 0, 1, 6, 7, 4, 5));
    least = min<i32>(i16x8.extract_lane_s(lanes, 0), i16x8.extract_lane_s(lanes, 1));
  }
  for (const end = counts + (length << 1); at < end; at += 2) least = min<i32>(least, load<u16>(at));
  return least;
}

/** Writes one query's weights and returns their sum. `nearest` is where a count of 0 would be in the table. */
function weighOne(counts: usize, keyCount: i32, nearest: usize, weights: usize): i32 {
  let sum = 0;
  const end = counts + (keyCount << 1);
  if (ASC_FEATURE_SIMD) {
    for (const endOfPairs = counts + ((keyCount & -2) << 1); counts < endOfPairs; counts += 4) {
      const first = weightAt(counts, nearest);
      const second = weightAt(counts + 2, nearest);
      sum += first + second;
      store<i32>(weights, first | (second << 16));
      weights += 16;
    }
    if (counts < end) {
      // An odd last key has a neighbour whose weight is 0.
      const last = weightAt(counts, nearest);
      sum += last;
      store<i32>(weights, last);
    }
  } else {
    for (; counts < end; counts += 2) {
      const weight = weightAt(counts, nearest);
      sum += weight;
      store<i16>(weights, weight);
      weights += 8;
    }
  }
  return sum;
}

function weightAt(count: usize, nearest: usize): i32 {
  return load<u16>(nearest + ((<usize>load<u16>(count)) << 1));
}
