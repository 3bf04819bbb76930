/**
 * The states of a light recurrence, straight from counts: f = mis * scale + offset brought into [0, 1], v likewise
 * as it is, and h = v + f * (h - v) from token to token, beginning with 0. Lanes are channels, so that nothing but
 * the tokens' order is serial, and a state never leaves its register.
 */
import { Part } from '../abi';
import { BACKWARD_CHANNEL } from '../format';
import { affine1, affine4 } from './affine';
import { larger, smaller } from './largest';
import { mark } from './profile';

const LANES: i32 = ASC_FEATURE_SIMD ? 4 : 1;

/**
 * Adds h to `rows` channels of x, f32[tokens, width], from the channel at `x` on, a multiple of
 * 2 * BACKWARD_CHANNEL. Counts come as u16[tokens, rows] with no gaps; scales and offsets are f32[rows].
 */
export function addStates(
  forgetCounts: usize,
  forgetScale: usize,
  forgetOffset: usize,
  valueCounts: usize,
  valueScale: usize,
  valueOffset: usize,
  rows: i32,
  tokens: i32,
  x: usize,
  width: i32,
): void {
  for (let row = 0; row < rows; row += LANES) {
    let count = row << 1;
    let to = x + (row << 2);
    let nextCount = rows << 1;
    let next = width << 2;
    if ((row & BACKWARD_CHANNEL) != 0) {
      count += (tokens - 1) * nextCount;
      to += (tokens - 1) * next;
      nextCount = -nextCount;
      next = -next;
    }
    const at = row << 2;
    if (ASC_FEATURE_SIMD) {
      let state = f32x4.splat(0);
      for (let token = 0; token < tokens; token++) {
        const forget = affine4(v128.load16x4_u(forgetCounts + count), forgetScale + at, forgetOffset + at);
        const value = affine4(v128.load16x4_u(valueCounts + count), valueScale + at, valueOffset + at);
        const share = f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), forget));
        state = f32x4.add(value, f32x4.mul(share, f32x4.sub(state, value)));
        v128.store(to, f32x4.add(v128.load(to), state));
        count += nextCount;
        to += next;
      }
    } else {
      let state: f32 = 0;
      for (let token = 0; token < tokens; token++) {
        const forget = affine1(forgetCounts + count, 0, forgetScale + at, forgetOffset + at);
        const value = affine1(valueCounts + count, 0, valueScale + at, valueOffset + at);
        state = value + smaller(1, larger(0, forget)) * (state - value);
        store<f32>(to, load<f32>(to) + state);
        count += nextCount;
        to += next;
      }
    }
  }
  mark(Part.Residual);
}
