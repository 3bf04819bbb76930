/**
 * What becomes of mismatches: y = mis * scale + offset, one scale and offset an output row, written
 * where it is needed next. Counts come as u16[tokens, rows] with no gaps.
 */
import { Part } from '../abi';
import { mark } from './profile';

/** Adds y to `rows` channels of x, f32[tokens, width], from the channel at `x` on. */
export function addAffine(
  counts: usize,
  rows: i32,
  tokens: i32,
  scale: usize,
  offset: usize,
  x: usize,
  width: i32,
): void {
  for (let token = 0; token < tokens; token++) {
    for (let row = 0; row < rows << 2; row += 32) {
      const to = x + row;
      if (ASC_FEATURE_SIMD) {
        const pair = v128.load(counts);
        const low = affine4(lowCounts(pair), scale + row, offset + row);
        const high = affine4(highCounts(pair), scale + row + 16, offset + row + 16);
        v128.store(to, f32x4.add(v128.load(to), low));
        v128.store(to, f32x4.add(v128.load(to, 16), high), 16);
      } else {
        for (let i = 0; i < 8; i++) {
          const at = to + (i << 2);
          store<f32>(at, load<f32>(at) + affine1(counts, i, scale + row, offset + row));
        }
      }
      counts += 16;
    }
    x += width << 2;
  }
  mark(Part.Residual);
}

/** Adds the product of two y, the gate's and the value's, in the same way. */
export function addProduct(
  gateCounts: usize,
  gateScale: usize,
  gateOffset: usize,
  valueCounts: usize,
  valueScale: usize,
  valueOffset: usize,
  rows: i32,
  tokens: i32,
  x: usize,
  width: i32,
): void {
  for (let token = 0; token < tokens; token++) {
    for (let row = 0; row < rows << 2; row += 32) {
      const to = x + row;
      if (ASC_FEATURE_SIMD) {
        const gates = v128.load(gateCounts);
        const values = v128.load(valueCounts);
        const low = f32x4.mul(
          affine4(lowCounts(gates), gateScale + row, gateOffset + row),
          affine4(lowCounts(values), valueScale + row, valueOffset + row),
        );
        const high = f32x4.mul(
          affine4(highCounts(gates), gateScale + row + 16, gateOffset + row + 16),
          affine4(highCounts(values), valueScale + row + 16, valueOffset + row + 16),
        );
        v128.store(to, f32x4.add(v128.load(to), low));
        v128.store(to, f32x4.add(v128.load(to, 16), high), 16);
      } else {
        for (let i = 0; i < 8; i++) {
          const at = to + (i << 2);
          const gate = affine1(gateCounts, i, gateScale + row, gateOffset + row);
          const value = affine1(valueCounts, i, valueScale + row, valueOffset + row);
          store<f32>(at, load<f32>(at) + gate * value);
        }
      }
      gateCounts += 16;
      valueCounts += 16;
    }
    x += width << 2;
  }
  mark(Part.Residual);
}

/** y of the i-th count at `counts`, with the i-th scale and offset. */
export function affine1(counts: usize, i: i32, scale: usize, offset: usize): f32 {
  const count = <f32>(<i32>load<u16>(counts + (i << 1)));
  return count * load<f32>(scale + (i << 2)) + load<f32>(offset + (i << 2));
}

/** y of four counts. */
export function affine4(counts: v128, scale: usize, offset: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(counts), v128.load(scale)), v128.load(offset));
}

/** The first and the last four of eight counts, widened. */
export function lowCounts(counts: v128): v128 {
  return i32x4.extend_low_i16x8_u(counts);
}

export function highCounts(counts: v128): v128 {
  return i32x4.extend_high_i16x8_u(counts);
}
