/**
 * Scores of queries: integer products of rounded queries and the keys' counts, exact in 32 bits, so that the
 * order of summation is free.
 *
 *   queries, see queries.ts    keys u16[n, e], counts as they come     scores i32[SCORE_STEP / 4, n, 4]
 *                              key 0 │ c0 c1 ... ce-1 │                key 0 │ q0 q1 q2 q3 │
 *                              key 1 │ c0 c1 ... ce-1 │                key 1 │ q0 q1 q2 q3 │
 *
 * SIMD: 8 queries x 4 keys. Lanes are queries: two channels of a key meet the same two of four queries at once,
 * and no lanes are added up at the end.
 */
import { Part } from '../abi';
import { mark } from './profile';
import { QUERY_STEP } from './queries';

/** Queries whose scores are found at once: groups of QUERY_STEP, one behind the other. */
export const SCORE_STEP: i32 = ASC_FEATURE_SIMD ? 2 * QUERY_STEP : QUERY_STEP;

/**
 * @param queries SCORE_STEP of them
 * @param width e, a multiple of 8
 * @param keyCount in memory, of keys and of scores, up to a multiple of 4
 */
export function score(queries: usize, keys: usize, width: i32, keyCount: i32, scores: usize): void {
  const row = width << 1;
  const end = scores + (keyCount << 4);
  if (ASC_FEATURE_SIMD) {
    const others = scoresOf(1, scores, keyCount) - scores;
    for (; scores < end; scores += 64) {
      tile8x4(queries, queries + (row << 2), keys, row, scores, scores + others);
      keys += row << 2;
    }
  } else {
    for (; scores < end; scores += 16) {
      scoreKey(queries, keys, row, scores);
      keys += row;
    }
  }
  mark(Part.Scores);
}

/** Where the scores of a group of queries are. */
export function scoresOf(group: i32, scores: usize, keyCount: i32): usize {
  return scores + group * (((keyCount + 3) & -4) << 4);
}

/**
 * As in other tiles, the branch that is never taken keeps V8 from loading too much at once. What it asks must
 * change from round to round: V8 unrolls the loop, and drops from the copy what the original has answered.
 */
function tile8x4(query: usize, other: usize, key0: usize, row: i32, scores: usize, others: usize): void {
  let key1 = key0 + row;
  let key2 = key1 + row;
  let key3 = key2 + row;
  let sum00 = i32x4.splat(0);
  let sum01 = i32x4.splat(0);
  let sum02 = i32x4.splat(0);
  let sum03 = i32x4.splat(0);
  let sum10 = i32x4.splat(0);
  let sum11 = i32x4.splat(0);
  let sum12 = i32x4.splat(0);
  let sum13 = i32x4.splat(0);
  for (let left = row; left > 0; left -= 8) {
    let four = v128.load(query);
    let next = v128.load(other);
    let pair = v128.load32_splat(key0);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(four, pair));
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(next, pair));
    pair = v128.load32_splat(key1);
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(four, pair));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(next, pair));
    pair = v128.load32_splat(key2);
    sum02 = i32x4.add(sum02, i32x4.dot_i16x8_s(four, pair));
    sum12 = i32x4.add(sum12, i32x4.dot_i16x8_s(next, pair));
    pair = v128.load32_splat(key3);
    sum03 = i32x4.add(sum03, i32x4.dot_i16x8_s(four, pair));
    sum13 = i32x4.add(sum13, i32x4.dot_i16x8_s(next, pair));
    if (left < 0) break;
    four = v128.load(query, 16);
    next = v128.load(other, 16);
    pair = v128.load32_splat(key0, 4);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(four, pair));
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(next, pair));
    pair = v128.load32_splat(key1, 4);
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(four, pair));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(next, pair));
    pair = v128.load32_splat(key2, 4);
    sum02 = i32x4.add(sum02, i32x4.dot_i16x8_s(four, pair));
    sum12 = i32x4.add(sum12, i32x4.dot_i16x8_s(next, pair));
    pair = v128.load32_splat(key3, 4);
    sum03 = i32x4.add(sum03, i32x4.dot_i16x8_s(four, pair));
    sum13 = i32x4.add(sum13, i32x4.dot_i16x8_s(next, pair));
    query += 32;
    other += 32;
    key0 += 8;
    key1 += 8;
    key2 += 8;
    key3 += 8;
  }
  v128.store(scores, sum00);
  v128.store(scores, sum01, 16);
  v128.store(scores, sum02, 32);
  v128.store(scores, sum03, 48);
  v128.store(others, sum10);
  v128.store(others, sum11, 16);
  v128.store(others, sum12, 32);
  v128.store(others, sum13, 48);
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
