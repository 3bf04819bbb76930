/**
 * Attention of four query rows over all keys of one head, down to the context's bits.
 *
 *   queries [e, 4]   keys [e, N]                scores [4, N]          values [n, e]
 *   c │ q0 q1 q2 q3│ c │ k0 k1 k2 ... kN-1 │ -> i │ s0 s1 ... sN-1 │   j │ v0 v1 ... ve-1 │
 *
 *   scores: for 8 keys at a time, lanes are keys, a chain over c for each of 4 rows: 8 accumulators
 *   context: for 8 channels at a time, lanes are channels, a chain over j for each of 4 rows: 8 again
 *
 * N is the number of keys rounded up to a multiple of 8. Keys beyond the last token hold anything: they
 * are left out of the largest score, weigh 0 in the sum, and the chain over j stops before them.
 */
import { Part } from '../abi';
import { atLeastBits8 } from './bits';
import { exp, exp4 } from './exponential';
import { mark } from './profile';
import { sum } from './sum';

/** Query rows a call. */
export const QUERY_STEP: i32 = 4;
/** Keys are padded to a multiple of this. */
export const KEY_STEP: i32 = 8;

/**
 * @param keyCount keys that count; at most `padded`
 * @param padded N
 * @param theta f32[e] of the context's bits
 * @param bits e/8 bytes for each of the four rows, rows `stride` bytes apart
 */
export function attend(
  queries: usize,
  keys: usize,
  values: usize,
  width: i32,
  keyCount: i32,
  padded: i32,
  scores: usize,
  theta: usize,
  bits: usize,
  stride: i32,
): void {
  const line = padded << 2;
  const scores1 = scores + line;
  const scores2 = scores1 + line;
  const scores3 = scores2 + line;
  score(queries, keys, width, padded, scores);
  mark(Part.Scores);
  const share0 = weigh(scores, keyCount, padded);
  const share1 = weigh(scores1, keyCount, padded);
  const share2 = weigh(scores2, keyCount, padded);
  const share3 = weigh(scores3, keyCount, padded);
  mark(Part.Softmax);
  if (ASC_FEATURE_SIMD) {
    mix4(scores, line, values, width, keyCount, share0, share1, share2, share3, theta, bits, stride);
  } else {
    mix(scores, values, width, keyCount, share0, theta, bits);
    mix(scores1, values, width, keyCount, share1, theta, bits + stride);
    mix(scores2, values, width, keyCount, share2, theta, bits + stride * 2);
    mix(scores3, values, width, keyCount, share3, theta, bits + stride * 3);
  }
  mark(Part.Context);
}

/** scores [4, N] = queries . keys, a chain over the head's channels. */
function score(queries: usize, keys: usize, width: i32, padded: i32, scores: usize): void {
  const line = padded << 2;
  const end = queries + (width << 4);
  if (ASC_FEATURE_SIMD) {
    const endOfLine = scores + line;
    for (; scores < endOfLine; scores += 32) {
      let row0a = f32x4.splat(0);
      let row0b = f32x4.splat(0);
      let row1a = f32x4.splat(0);
      let row1b = f32x4.splat(0);
      let row2a = f32x4.splat(0);
      let row2b = f32x4.splat(0);
      let row3a = f32x4.splat(0);
      let row3b = f32x4.splat(0);
      let key = keys;
      for (let query = queries; query < end; query += 16) {
        const a = v128.load(key);
        const b = v128.load(key, 16);
        let q = v128.load32_splat(query);
        row0a = f32x4.add(row0a, f32x4.mul(q, a));
        row0b = f32x4.add(row0b, f32x4.mul(q, b));
        q = v128.load32_splat(query, 4);
        row1a = f32x4.add(row1a, f32x4.mul(q, a));
        row1b = f32x4.add(row1b, f32x4.mul(q, b));
        q = v128.load32_splat(query, 8);
        row2a = f32x4.add(row2a, f32x4.mul(q, a));
        row2b = f32x4.add(row2b, f32x4.mul(q, b));
        q = v128.load32_splat(query, 12);
        row3a = f32x4.add(row3a, f32x4.mul(q, a));
        row3b = f32x4.add(row3b, f32x4.mul(q, b));
        key += line;
      }
      v128.store(scores, row0a);
      v128.store(scores, row0b, 16);
      const scores1 = scores + line;
      v128.store(scores1, row1a);
      v128.store(scores1, row1b, 16);
      const scores2 = scores1 + line;
      v128.store(scores2, row2a);
      v128.store(scores2, row2b, 16);
      const scores3 = scores2 + line;
      v128.store(scores3, row3a);
      v128.store(scores3, row3b, 16);
      keys += 32;
    }
  } else {
    for (let column = 0; column < line; column += 4) {
      let row0: f32 = 0;
      let row1: f32 = 0;
      let row2: f32 = 0;
      let row3: f32 = 0;
      let key = keys + column;
      for (let query = queries; query < end; query += 16) {
        const k = load<f32>(key);
        row0 += load<f32>(query) * k;
        row1 += load<f32>(query, 4) * k;
        row2 += load<f32>(query, 8) * k;
        row3 += load<f32>(query, 12) * k;
        key += line;
      }
      const to = scores + column;
      store<f32>(to, row0);
      store<f32>(to + line, row1);
      store<f32>(to + line * 2, row2);
      store<f32>(to + line * 3, row3);
    }
  }
}

/** Turns a line of scores into exp(score - largest), 0 for padding; returns 1 / their sum4. */
function weigh(scores: usize, keyCount: i32, padded: i32): f32 {
  const end = scores + (padded << 2);
  const padding = scores + (keyCount << 2);
  for (let at = padding; at < end; at += 4) store<f32>(at, -Infinity);
  if (ASC_FEATURE_SIMD) {
    // A NaN is never larger, so the order in which lanes meet can't matter.
    let largest4 = f32x4.splat(-Infinity);
    for (let at = scores; at < end; at += 16) largest4 = f32x4.pmax(largest4, v128.load(at));
    const largest = f32x4.splat(
      larger(
        larger(f32x4.extract_lane(largest4, 0), f32x4.extract_lane(largest4, 1)),
        larger(f32x4.extract_lane(largest4, 2), f32x4.extract_lane(largest4, 3)),
      ),
    );
    for (let at = scores; at < end; at += 16) v128.store(at, exp4(f32x4.sub(v128.load(at), largest)));
  } else {
    let largest: f32 = -Infinity;
    for (let at = scores; at < padding; at += 4) largest = larger(largest, load<f32>(at));
    for (let at = scores; at < padding; at += 4) store<f32>(at, exp(load<f32>(at) - largest));
  }
  for (let at = padding; at < end; at += 4) store<f32>(at, 0);
  return <f32>1 / sum(scores, padded);
}

function larger(a: f32, b: f32): f32 {
  return a < b ? b : a;
}

/** Bits of (weights [4, N] . values) * share, lanes are channels. */
function mix4(
  weights: usize,
  line: i32,
  values: usize,
  width: i32,
  keyCount: i32,
  share0: f32,
  share1: f32,
  share2: f32,
  share3: f32,
  theta: usize,
  bits: usize,
  stride: i32,
): void {
  const row = width << 2;
  const end = weights + (keyCount << 2);
  for (let channel = 0; channel < row; channel += 32) {
    let row0a = f32x4.splat(0);
    let row0b = f32x4.splat(0);
    let row1a = f32x4.splat(0);
    let row1b = f32x4.splat(0);
    let row2a = f32x4.splat(0);
    let row2b = f32x4.splat(0);
    let row3a = f32x4.splat(0);
    let row3b = f32x4.splat(0);
    let value = values + channel;
    let weight1 = weights + line;
    let weight2 = weight1 + line;
    let weight3 = weight2 + line;
    for (let weight = weights; weight < end; weight += 4) {
      const a = v128.load(value);
      const b = v128.load(value, 16);
      let p = v128.load32_splat(weight);
      row0a = f32x4.add(row0a, f32x4.mul(p, a));
      row0b = f32x4.add(row0b, f32x4.mul(p, b));
      p = v128.load32_splat(weight1);
      row1a = f32x4.add(row1a, f32x4.mul(p, a));
      row1b = f32x4.add(row1b, f32x4.mul(p, b));
      p = v128.load32_splat(weight2);
      row2a = f32x4.add(row2a, f32x4.mul(p, a));
      row2b = f32x4.add(row2b, f32x4.mul(p, b));
      p = v128.load32_splat(weight3);
      row3a = f32x4.add(row3a, f32x4.mul(p, a));
      row3b = f32x4.add(row3b, f32x4.mul(p, b));
      value += row;
      weight1 += 4;
      weight2 += 4;
      weight3 += 4;
    }
    const to = bits + (channel >> 5);
    const from = theta + channel;
    store<u8>(to, shareBits8(row0a, row0b, share0, from));
    store<u8>(to + stride, shareBits8(row1a, row1b, share1, from));
    store<u8>(to + stride * 2, shareBits8(row2a, row2b, share2, from));
    store<u8>(to + stride * 3, shareBits8(row3a, row3b, share3, from));
  }
}

function shareBits8(low: v128, high: v128, share: f32, theta: usize): i32 {
  const shares = f32x4.splat(share);
  return atLeastBits8(f32x4.mul(low, shares), f32x4.mul(high, shares), theta);
}

/** The same for one row, channel by channel. */
function mix(
  weights: usize,
  values: usize,
  width: i32,
  keyCount: i32,
  share: f32,
  theta: usize,
  bits: usize,
): void {
  const end = weights + (keyCount << 2);
  for (let byte = 0; byte < width >> 3; byte++) {
    let packed = 0;
    for (let i = 0; i < 8; i++) {
      const channel = (byte * 8 + i) << 2;
      let value = values + channel;
      let context: f32 = 0;
      for (let weight = weights; weight < end; weight += 4) {
        context += load<f32>(weight) * load<f32>(value);
        value += width << 2;
      }
      packed |= i32(context * share - load<f32>(theta + channel) >= 0) << i;
    }
    store<u8>(bits + byte, packed);
  }
}
