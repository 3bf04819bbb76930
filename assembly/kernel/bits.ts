/**
 * From numbers to bits: sign(x - theta) of floats, and mis <= limit of counts. Bit k % 8 of byte
 * k / 8 is element k; 1 is +1.
 */
import { Part } from '../abi';
import { mark } from './profile';

/** bits [tokens, width/8] of x [tokens, width] against theta [width]. `width` is a multiple of 8. */
export function thresholdBits(x: usize, theta: usize, width: i32, tokens: i32, bits: usize): void {
  for (let token = 0; token < tokens; token++) {
    for (let channel = 0; channel < width; channel += 8) {
      store<u8>(bits, signBits8(x, theta + (channel << 2)));
      bits += 1;
      x += 32;
    }
  }
  mark(Part.Bits);
}

/** The bits of 8 floats at `x` against 8 at `theta`. A NaN is not >= 0: it gives 0. */
function signBits8(x: usize, theta: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    return atLeastBits8(v128.load(x), v128.load(x, 16), theta);
  } else {
    let byte = 0;
    for (let i = 0; i < 8; i++) {
      byte |= i32(load<f32>(x + (i << 2)) - load<f32>(theta + (i << 2)) >= 0) << i;
    }
    return byte;
  }
}

/** The same of 8 floats in two vectors. */
export function atLeastBits8(low: v128, high: v128, theta: usize): i32 {
  const zero = f32x4.splat(0);
  const lowBits = i32x4.bitmask(f32x4.ge(f32x4.sub(low, v128.load(theta)), zero));
  return lowBits | (i32x4.bitmask(f32x4.ge(f32x4.sub(high, v128.load(theta, 16)), zero)) << 4);
}

/**
 * Bits of counts u16[tokens, rows] against limits i16[rows], for `rows`, a multiple of 8, outputs: rows/8
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
    for (let row = 0; row < rows; row += 8) {
      store<u8>(bits + (row >> 3), limitBits8(counts, limits + (row << 1)));
      counts += 16;
    }
    bits += stride;
  }
  mark(Part.Bits);
}

function limitBits8(counts: usize, limits: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    return i16x8.bitmask(i16x8.le_s(v128.load(counts), v128.load(limits)));
  } else {
    let byte = 0;
    for (let i = 0; i < 8; i++) {
      byte |= i32(<i32>load<u16>(counts + (i << 1)) <= <i32>load<i16>(limits + (i << 1))) << i;
    }
    return byte;
  }
}
