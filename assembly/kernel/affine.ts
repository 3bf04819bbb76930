/**
 * What becomes of mismatches: y = mis * scale + offset, one scale and offset an output row, written
 * where it is needed next. Counts come as u16[tokens, rows] with no gaps.
 */
import { Part } from '../abi';
import { mark } from './profile';

/** out: f32[tokens, rows]. `rows` is a multiple of 8. */
export function affineRows(
  counts: usize,
  rows: i32,
  tokens: i32,
  scale: usize,
  offset: usize,
  out: usize,
): void {
  for (let token = 0; token < tokens; token++) {
    for (let row = 0; row < rows << 2; row += 32) {
      if (ASC_FEATURE_SIMD) {
        const pair = v128.load(counts);
        v128.store(out, affine4(lowCounts(pair), scale + row, offset + row));
        v128.store(out, affine4(highCounts(pair), scale + row + 16, offset + row + 16), 16);
      } else {
        for (let i = 0; i < 8; i++) store<f32>(out + (i << 2), affine1(counts, i, scale + row, offset + row));
      }
      counts += 16;
      out += 32;
    }
  }
  mark(Part.Heads);
}

/**
 * out: f32[rows, stride], the transpose: token t in column t. `rows` is a multiple of 4; tokens are taken
 * four at a time, so counts are read and columns written up to the next multiple of 4.
 *
 *   token 0 │ y00 y01 y02 y03 │         row 0 │ y00 y10 y20 y30 │
 *   token 1 │ y10 y11 y12 y13 │   ->    row 1 │ y01 y11 y21 y31 │
 *   token 2 │ y20 y21 y22 y23 │         row 2 │ y02 y12 y22 y32 │
 *   token 3 │ y30 y31 y32 y33 │         row 3 │ y03 y13 y23 y33 │
 */
export function affineColumns(
  counts: usize,
  rows: i32,
  tokens: i32,
  scale: usize,
  offset: usize,
  out: usize,
  stride: i32,
): void {
  const step = rows << 1;
  const line = stride << 2;
  for (let token = 0; token < tokens; token += 4) {
    for (let row = 0; row < rows; row += 4) {
      const from = counts + (row << 1);
      const to = out + row * line;
      const scales = scale + (row << 2);
      const offsets = offset + (row << 2);
      if (ASC_FEATURE_SIMD) {
        const y0 = affine4(loadCounts4(from), scales, offsets);
        const y1 = affine4(loadCounts4(from + step), scales, offsets);
        const y2 = affine4(loadCounts4(from + step * 2), scales, offsets);
        const y3 = affine4(loadCounts4(from + step * 3), scales, offsets);
        const low01 = v128.shuffle<i32>(y0, y1, 0, 4, 1, 5);
        const high01 = v128.shuffle<i32>(y0, y1, 2, 6, 3, 7);
        const low23 = v128.shuffle<i32>(y2, y3, 0, 4, 1, 5);
        const high23 = v128.shuffle<i32>(y2, y3, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<i64>(low01, low23, 0, 2));
        v128.store(to + line, v128.shuffle<i64>(low01, low23, 1, 3));
        v128.store(to + line * 2, v128.shuffle<i64>(high01, high23, 0, 2));
        v128.store(to + line * 3, v128.shuffle<i64>(high01, high23, 1, 3));
      } else {
        for (let t = 0; t < 4; t++) {
          for (let i = 0; i < 4; i++) {
            store<f32>(to + i * line + (t << 2), affine1(from + t * step, i, scales, offsets));
          }
        }
      }
    }
    counts += step << 2;
    out += 16;
  }
  mark(Part.Heads);
}

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
function affine1(counts: usize, i: i32, scale: usize, offset: usize): f32 {
  const count = <f32>(<i32>load<u16>(counts + (i << 1)));
  return count * load<f32>(scale + (i << 2)) + load<f32>(offset + (i << 2));
}

/** y of four counts. */
function affine4(counts: v128, scale: usize, offset: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(counts), v128.load(scale)), v128.load(offset));
}

/** The first and the last four of eight counts, widened. */
function lowCounts(counts: v128): v128 {
  return i32x4.extend_low_i16x8_u(counts);
}

function highCounts(counts: v128): v128 {
  return i32x4.extend_high_i16x8_u(counts);
}

function loadCounts4(counts: usize): v128 {
  return i32x4.extend_low_i16x8_u(v128.load64_zero(counts));
}
