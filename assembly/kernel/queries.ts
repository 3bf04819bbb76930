/**
 * Queries as integers of 16 bits. A score is q . k, and k is a count of mismatches times a scale, plus an
 * offset. The scale goes into the query; the offset adds the same to all scores of a query, which softmax
 * takes off again. What is left of k is the count, and a query rounded to 16 bits meets it exactly.
 *
 * Four queries are laid side by side, as scores.ts reads them:
 *
 *   SIMD [e/2, 4, 2]   │ q0: channels 0 1 │ q1: 0 1 │ q2: 0 1 │ q3: 0 1 │ q0: channels 2 3 │ ...
 *   scalar [e, 4]      │ q0 q1 q2 q3 of channel 0 │ of channel 1 │ ...
 */
import { Part } from '../abi';
import { affine1, affine4, highCounts, lowCounts } from './affine';
import { larger, largestLane } from './largest';
import { EXP_LOG2E } from './polynomials';
import { mark } from './profile';
import { nearest, nearest8 } from './round';

/** Queries side by side. */
export const QUERY_STEP: i32 = 4;
/** A query whose largest value is not above this counts as zero, lest its reciprocal be infinite. */
const LEAST: f32 = 1e-30;

/** The largest value of a rounded query: no sum of `width` products with counts up to d leaves 32 bits. */
export function queryMost(hidden: i32, width: i32): i32 {
  return min<i32>(i16.MAX_VALUE, i32.MAX_VALUE / (hidden * width));
}

/**
 * @param counts u16[tokens, width], of the queries
 * @param tokens a multiple of QUERY_STEP
 * @param scale f32[width] of the queries, as `offset`; `keyScale` f32[width] of the keys
 * @param row f32[width], to work in
 * @param queries i16[tokens / 4, ...] as drawn
 * @param steps f32[tokens]: the binary logarithm of e to what 1 in a rounded query stands for
 */
export function roundQueries(
  counts: usize,
  width: i32,
  tokens: i32,
  scale: usize,
  offset: usize,
  keyScale: usize,
  most: i32,
  row: usize,
  queries: usize,
  steps: usize,
): void {
  const limit = <f32>most;
  for (let token = 0; token < tokens; token++) {
    const largest = scaleQuery(counts, width, scale, offset, keyScale, row);
    const isZero = !(largest > LEAST);
    roundQuery(row, width, isZero ? 0 : limit / largest, limit, placeOf(queries, width, token));
    store<f32>(steps, isZero ? 0 : (largest / limit) * <f32>EXP_LOG2E);
    counts += width << 1;
    steps += 4;
  }
  mark(Part.Queries);
}

/** Where a query's first channel is. */
function placeOf(queries: usize, width: i32, token: i32): usize {
  const four = queries + (token & -QUERY_STEP) * (width << 1);
  return four + (token & (QUERY_STEP - 1)) * (ASC_FEATURE_SIMD ? 4 : 2);
}

/** row = (counts * scale + offset) * keyScale; returns the largest absolute value. */
function scaleQuery(
  counts: usize,
  width: i32,
  scale: usize,
  offset: usize,
  keyScale: usize,
  row: usize,
): f32 {
  if (ASC_FEATURE_SIMD) {
    let largest = f32x4.splat(0);
    for (let channel = 0; channel < width << 2; channel += 32) {
      const eight = v128.load(counts);
      const low = affine4(lowCounts(eight), scale + channel, offset + channel);
      const high = affine4(highCounts(eight), scale + channel + 16, offset + channel + 16);
      const scaledLow = f32x4.mul(low, v128.load(keyScale + channel));
      const scaledHigh = f32x4.mul(high, v128.load(keyScale + channel, 16));
      v128.store(row + channel, scaledLow);
      v128.store(row + channel, scaledHigh, 16);
      largest = f32x4.pmax(f32x4.pmax(largest, f32x4.abs(scaledLow)), f32x4.abs(scaledHigh));
      counts += 16;
    }
    return largestLane(largest);
  } else {
    let largest: f32 = 0;
    for (let i = 0; i < width; i++) {
      const scaled = affine1(counts, i, scale, offset) * load<f32>(keyScale + (i << 2));
      store<f32>(row + (i << 2), scaled);
      largest = larger(largest, abs<f32>(scaled));
    }
    return largest;
  }
}

/** query = row * factor, rounded; what is no number counts as -limit. */
function roundQuery(row: usize, width: i32, factor: f32, limit: f32, query: usize): void {
  const end = row + (width << 2);
  if (ASC_FEATURE_SIMD) {
    const factors = f32x4.splat(factor);
    const least = f32x4.splat(-limit);
    for (; row < end; row += 32) {
      const low = f32x4.pmax(least, f32x4.mul(v128.load(row), factors));
      const high = f32x4.pmax(least, f32x4.mul(v128.load(row, 16), factors));
      const pairs = nearest8(low, high);
      v128.store32_lane(query, pairs, 0, 0);
      v128.store32_lane(query, pairs, 1, 16);
      v128.store32_lane(query, pairs, 2, 32);
      v128.store32_lane(query, pairs, 3, 48);
      query += QUERY_STEP << 4;
    }
  } else {
    for (; row < end; row += 4) {
      store<i16>(query, nearest(larger(-limit, load<f32>(row) * factor)));
      query += QUERY_STEP << 1;
    }
  }
}
