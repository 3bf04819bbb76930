/**
 * From numbers to bits: x >= theta of floats, and mis <= limit of counts. Bit k % 8 of byte k / 8 is element k;
 * 1 is +1. SIMD builds narrow masks of lanes until 16 of them are a vector of bytes, whose signs are the bits.
 */
import { Part } from '../abi';
import { mark } from './profile';

/** bits [tokens, width/8] of x [tokens, width] against theta [width]. `width` is a multiple of 16. */
export function thresholdBits(x: usize, theta: usize, width: i32, tokens: i32, bits: usize): void {
  const line = width << 2;
  for (let token = 0; token < tokens; token++) {
    for (let channel = 0; channel < line; channel += 64) {
      store<u16>(bits, atLeastBits16(x + channel, theta + channel));
      bits += 2;
    }
    x += line;
  }
  mark(Part.Bits);
}

/** The bits of 16 floats at `x` against 16 at `theta`. A NaN is not >= anything: it gives 0. */
function atLeastBits16(x: usize, theta: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const first = f32x4.ge(v128.load(x), v128.load(theta));
    const second = f32x4.ge(v128.load(x, 16), v128.load(theta, 16));
    const third = f32x4.ge(v128.load(x, 32), v128.load(theta, 32));
    const fourth = f32x4.ge(v128.load(x, 48), v128.load(theta, 48));
    const low = i16x8.narrow_i32x4_s(first, second);
    return i8x16.bitmask(i8x16.narrow_i16x8_s(low, i16x8.narrow_i32x4_s(third, fourth)));
  } else {
    let both = 0;
    for (let i = 0; i < 16; i++) {
      both |= i32(load<f32>(x + (i << 2)) >= load<f32>(theta + (i << 2))) << i;
    }
    return both;
  }
}

/** The same of 8 floats in two vectors. */
export function atLeastBits8(low: v128, high: v128, theta: usize): i32 {
  const lowBits = i32x4.bitmask(f32x4.ge(low, v128.load(theta)));
  return lowBits | (i32x4.bitmask(f32x4.ge(high, v128.load(theta, 16))) << 4);
}

/**
 * Bits of counts u16[tokens, rows] against limits i16[rows], for `rows`, a multiple of 16, outputs: rows/8
 * bytes a token at `bits`, tokens `stride` bytes apart.
 */
export function limitBits(
  counts: usize,
  limits: usize,
  rows: i32,
  tokens: i32,
  bits: usize,
  stride: i32,
): void {
  for (let token = 0; token < tokens; token++) {
    for (let row = 0; row < rows; row += 16) {
      store<u16>(bits + (row >> 3), limitBits16(counts, limits + (row << 1)));
      counts += 32;
    }
    bits += stride;
  }
  mark(Part.Bits);
}

function limitBits16(counts: usize, limits: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const low = i16x8.le_s(v128.load(counts), v128.load(limits));
    const high = i16x8.le_s(v128.load(counts, 16), v128.load(limits, 16));
    return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
  } else {
    let both = 0;
    for (let i = 0; i < 16; i++) {
      both |= i32(<i32>load<u16>(counts + (i << 1)) <= <i32>load<i16>(limits + (i << 1))) << i;
    }
    return both;
  }
}
