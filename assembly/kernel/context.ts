/**
 * Context of four queries, down to its bits: integer products of weights and the values' counts, exact in
 * 32 bits. The values' scale and offset come after the sum, since the weights' shares add up to 1:
 *
 *   context = (sum of weight x count) x share x scale + offset
 *
 *   weights, see softmax.ts     scalar values u16[n, e], counts as they come
 *                               SIMD values u16[n/2, e, 2], two keys' counts side by side:
 *                               keys 0 1 │ c0: k0 k1 │ c1: k0 k1 │ ... │ ce-1: k0 k1 │
 *
 * SIMD: 4 queries x 8 channels; a lane's product takes both keys.
 */
import { Part } from '../abi';
import { atLeastBits8 } from './bits';
import { mark } from './profile';

/**
 * Lays counts as `mix` reads them. Of an odd number of keys the last one's neighbour is whatever lies behind
 * it: its weight is 0.
 *
 * @param counts u16[n, e], readable up to an even number of keys, as `values` is written
 */
export function layValues(counts: usize, width: i32, keyCount: i32, values: usize): void {
  const row = width << 1;
  for (let key = 0; key < keyCount; key += 2) {
    const end = counts + row;
    for (; counts < end; counts += 16) {
      const first = v128.load(counts);
      const second = v128.load(counts + row);
      v128.store(values, v128.shuffle<i16>(first, second, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(values, v128.shuffle<i16>(first, second, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      values += 32;
    }
    counts += row;
  }
}

/**
 * @param width e, a multiple of 8
 * @param shares f32[4]
 * @param scale f32[e] of the values, as `offset`; theta f32[e] of the context's bits
 * @param bits e/8 bytes for each of the four queries, `stride` bytes apart
 */
export function mix(
  weights: usize,
  values: usize,
  width: i32,
  keyCount: i32,
  shares: usize,
  scale: usize,
  offset: usize,
  theta: usize,
  bits: usize,
  stride: i32,
): void {
  for (let channel = 0; channel < width << 2; channel += 32) {
    if (ASC_FEATURE_SIMD) {
      tile4x8(
        weights,
        values + channel,
        width << 2,
        keyCount,
        shares,
        scale + channel,
        offset + channel,
        theta + channel,
        bits,
        stride,
      );
    } else {
      mixEight(
        weights,
        values + (channel >> 1),
        width << 1,
        keyCount,
        shares,
        scale + channel,
        offset + channel,
        theta + channel,
        bits,
        stride,
      );
    }
    bits += 1;
  }
  mark(Part.Context);
}

function tile4x8(
  weights: usize,
  value: usize,
  row: i32,
  keyCount: i32,
  shares: usize,
  scale: usize,
  offset: usize,
  theta: usize,
  bits: usize,
  stride: i32,
): void {
  // A pair of keys has 16 bytes of weights.
  const end = weights + (((keyCount + 1) >> 1) << 4);
  let sum0a = i32x4.splat(0);
  let sum0b = i32x4.splat(0);
  let sum1a = i32x4.splat(0);
  let sum1b = i32x4.splat(0);
  let sum2a = i32x4.splat(0);
  let sum2b = i32x4.splat(0);
  let sum3a = i32x4.splat(0);
  let sum3b = i32x4.splat(0);
  for (; weights < end; weights += 16) {
    const a = v128.load(value);
    const b = v128.load(value, 16);
    let weight = v128.load32_splat(weights);
    sum0a = i32x4.add(sum0a, i32x4.dot_i16x8_s(weight, a));
    sum0b = i32x4.add(sum0b, i32x4.dot_i16x8_s(weight, b));
    weight = v128.load32_splat(weights, 4);
    sum1a = i32x4.add(sum1a, i32x4.dot_i16x8_s(weight, a));
    sum1b = i32x4.add(sum1b, i32x4.dot_i16x8_s(weight, b));
    if (row == 0) break;
    weight = v128.load32_splat(weights, 8);
    sum2a = i32x4.add(sum2a, i32x4.dot_i16x8_s(weight, a));
    sum2b = i32x4.add(sum2b, i32x4.dot_i16x8_s(weight, b));
    weight = v128.load32_splat(weights, 12);
    sum3a = i32x4.add(sum3a, i32x4.dot_i16x8_s(weight, a));
    sum3b = i32x4.add(sum3b, i32x4.dot_i16x8_s(weight, b));
    value += row;
  }
  store<u8>(bits, contextBits8(sum0a, sum0b, v128.load32_splat(shares), scale, offset, theta));
  bits += stride;
  store<u8>(bits, contextBits8(sum1a, sum1b, v128.load32_splat(shares, 4), scale, offset, theta));
  bits += stride;
  store<u8>(bits, contextBits8(sum2a, sum2b, v128.load32_splat(shares, 8), scale, offset, theta));
  bits += stride;
  store<u8>(bits, contextBits8(sum3a, sum3b, v128.load32_splat(shares, 12), scale, offset, theta));
}

function contextBits8(low: v128, high: v128, share: v128, scale: usize, offset: usize, theta: usize): i32 {
  return atLeastBits8(
    context4(low, share, scale, offset),
    context4(high, share, scale + 16, offset + 16),
    theta,
  );
}

function context4(sums: v128, share: v128, scale: usize, offset: usize): v128 {
  const mean = f32x4.mul(f32x4.convert_i32x4_s(sums), share);
  return f32x4.add(f32x4.mul(mean, v128.load(scale)), v128.load(offset));
}

/** The same of 8 channels, one after the other. */
function mixEight(
  weights: usize,
  values: usize,
  row: i32,
  keyCount: i32,
  shares: usize,
  scale: usize,
  offset: usize,
  theta: usize,
  bits: usize,
  stride: i32,
): void {
  const end = weights + (keyCount << 3);
  let byte0 = 0;
  let byte1 = 0;
  let byte2 = 0;
  let byte3 = 0;
  for (let i = 0; i < 8; i++) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let value = values + (i << 1);
    for (let weight = weights; weight < end; weight += 8) {
      const count = <i32>load<u16>(value);
      sum0 += <i32>load<i16>(weight) * count;
      sum1 += <i32>load<i16>(weight, 2) * count;
      sum2 += <i32>load<i16>(weight, 4) * count;
      sum3 += <i32>load<i16>(weight, 6) * count;
      value += row;
    }
    const at = i << 2;
    byte0 |= contextBit(sum0, load<f32>(shares), scale + at, offset + at, theta + at) << i;
    byte1 |= contextBit(sum1, load<f32>(shares, 4), scale + at, offset + at, theta + at) << i;
    byte2 |= contextBit(sum2, load<f32>(shares, 8), scale + at, offset + at, theta + at) << i;
    byte3 |= contextBit(sum3, load<f32>(shares, 12), scale + at, offset + at, theta + at) << i;
  }
  store<u8>(bits, byte0);
  store<u8>(bits + stride, byte1);
  store<u8>(bits + stride * 2, byte2);
  store<u8>(bits + stride * 3, byte3);
}

function contextBit(sum: i32, share: f32, scale: usize, offset: usize, theta: usize): i32 {
  const context = <f32>sum * share * load<f32>(scale) + load<f32>(offset);
  return i32(context >= load<f32>(theta));
}
