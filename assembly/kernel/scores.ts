/**
 * Scores of four queries: integer products of rounded queries and the keys' counts, exact in 32 bits, so
 * that the order of summation is free.
 *
 *   queries, see queries.ts    keys u16[n, e], counts as they come     scores i32[n, 4]
 *                              key 0 │ c0 c1 ... ce-1 │                key 0 │ q0 q1 q2 q3 │
 *                              key 1 │ c0 c1 ... ce-1 │                key 1 │ q0 q1 q2 q3 │
 *
 * SIMD: 4 queries x 2 keys, 8 accumulators along the channels; at the end their lanes are added up.
 */
import { Part } from '../abi';
import { mark } from './profile';

/** @param width e, a multiple of 8. Memory up to an even number of keys is read and written. */
export function score(queries: usize, keys: usize, width: i32, keyCount: i32, scores: usize): void {
  const row = width << 1;
  const end = scores + (keyCount << 4);
  if (ASC_FEATURE_SIMD) {
    for (; scores < end; scores += 32) {
      tile4x2(queries, keys, row, scores);
      keys += row << 1;
    }
  } else {
    for (; scores < end; scores += 16) {
      scoreKey(queries, keys, row, scores);
      keys += row;
    }
  }
  mark(Part.Scores);
}

function tile4x2(query: usize, key0: usize, row: i32, scores: usize): void {
  let key1 = key0 + row;
  const end = key1;
  let sum00 = i32x4.splat(0);
  let sum01 = i32x4.splat(0);
  let sum10 = i32x4.splat(0);
  let sum11 = i32x4.splat(0);
  let sum20 = i32x4.splat(0);
  let sum21 = i32x4.splat(0);
  let sum30 = i32x4.splat(0);
  let sum31 = i32x4.splat(0);
  for (; key0 < end; key0 += 16) {
    const a = v128.load(key0);
    const b = v128.load(key1);
    let q = v128.load(query);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(q, a));
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(q, b));
    q = v128.load(query, 16);
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(q, a));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(q, b));
    q = v128.load(query, 32);
    sum20 = i32x4.add(sum20, i32x4.dot_i16x8_s(q, a));
    sum21 = i32x4.add(sum21, i32x4.dot_i16x8_s(q, b));
    q = v128.load(query, 48);
    sum30 = i32x4.add(sum30, i32x4.dot_i16x8_s(q, a));
    sum31 = i32x4.add(sum31, i32x4.dot_i16x8_s(q, b));
    query += 64;
    key1 += 16;
  }
  v128.store(scores, sumsOf(sum00, sum10, sum20, sum30));
  v128.store(scores, sumsOf(sum01, sum11, sum21, sum31), 16);
}

/** The sum of each vector's lanes, in the lane of its place. */
function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

function scoreKey(query: usize, key: usize, row: i32, scores: usize): void {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const end = key + row;
  for (; key < end; key += 2) {
    const count = <i32>load<u16>(key);
    sum0 += <i32>load<i16>(query) * count;
    sum1 += <i32>load<i16>(query, 2) * count;
    sum2 += <i32>load<i16>(query, 4) * count;
    sum3 += <i32>load<i16>(query, 6) * count;
    query += 8;
  }
  store<i32>(scores, sum0);
  store<i32>(scores, sum1, 4);
  store<i32>(scores, sum2, 8);
  store<i32>(scores, sum3, 12);
}
