// The forward product of two sign matrices by counting mismatched bits: lanes are 16 output rows,
// 4 tokens at a time, so nothing is summed across lanes.
//
//   panel, byte k:  | row 0 | row 1 | ... | row 15 |   xor   splat(byte k of token)   -> popcount
//
// For inputs in {-1,+1} the product is K - 2 mis; for inputs in {0,1} it is popcount(row) - mis.

/** Bytes that can be summed in 8 bits before the counts are widened: 8 * 31 = 248. */
const WIDEN: i32 = 31;

/** y[M,J] = gain_j mean_j (w_j . x_m) + bias_j. `zeroOne`: x in {0,1} instead of {-1,+1}. */
export function countForward(
  rows: usize,
  panels: usize,
  gain: usize,
  mean: usize,
  bias: usize,
  y: usize,
  M: i32,
  J: i32,
  K: i32,
  zeroOne: i32,
): void {
  const bytes = <usize>K >> 3,
    rowY = (<usize>J) << 2;
  for (let j = 0; j < J; j += 16) {
    const lane = (<usize>j) << 2,
      panel = panels + (<usize>j >> 4) * (bytes << 4);
    for (let m = 0; m < M; m += 4)
      countTile(
        rows + <usize>m * bytes,
        bytes,
        panel,
        gain + lane,
        mean + lane,
        bias + lane,
        y + <usize>m * rowY + lane,
        rowY,
        K,
        zeroOne,
      );
  }
}

function countTile(
  rows: usize,
  bytes: usize,
  panel: usize,
  gain: usize,
  mean: usize,
  bias: usize,
  y: usize,
  rowY: usize,
  K: i32,
  zeroOne: i32,
): void {
  const zero = i32x4.splat(0);
  let a0 = zero,
    a1 = zero,
    b0 = zero,
    b1 = zero,
    c0 = zero,
    c1 = zero,
    d0 = zero,
    d1 = zero;
  let o0 = zero,
    o1 = zero;
  const r1 = rows + bytes,
    r2 = r1 + bytes,
    r3 = r2 + bytes;
  for (let k: usize = 0; k < bytes; ) {
    let a = zero,
      b = zero,
      c = zero,
      d = zero,
      ones = zero;
    const end = min(k + WIDEN, bytes);
    for (; k < end; k++) {
      const w = v128.load(panel + (k << 4));
      a = i8x16.add(a, i8x16.popcnt(v128.xor(w, v128.load8_splat(rows + k))));
      b = i8x16.add(b, i8x16.popcnt(v128.xor(w, v128.load8_splat(r1 + k))));
      c = i8x16.add(c, i8x16.popcnt(v128.xor(w, v128.load8_splat(r2 + k))));
      d = i8x16.add(d, i8x16.popcnt(v128.xor(w, v128.load8_splat(r3 + k))));
      if (zeroOne) ones = i8x16.add(ones, i8x16.popcnt(w));
    }
    a0 = i16x8.add(a0, i16x8.extend_low_i8x16_u(a));
    a1 = i16x8.add(a1, i16x8.extend_high_i8x16_u(a));
    b0 = i16x8.add(b0, i16x8.extend_low_i8x16_u(b));
    b1 = i16x8.add(b1, i16x8.extend_high_i8x16_u(b));
    c0 = i16x8.add(c0, i16x8.extend_low_i8x16_u(c));
    c1 = i16x8.add(c1, i16x8.extend_high_i8x16_u(c));
    d0 = i16x8.add(d0, i16x8.extend_low_i8x16_u(d));
    d1 = i16x8.add(d1, i16x8.extend_high_i8x16_u(d));
    o0 = i16x8.add(o0, i16x8.extend_low_i8x16_u(ones));
    o1 = i16x8.add(o1, i16x8.extend_high_i8x16_u(ones));
  }
  // dot = top - times * mis
  const times = zeroOne ? 1 : 2;
  if (!zeroOne) {
    o0 = i16x8.splat(<i16>K);
    o1 = o0;
  }
  storeRow(y, a0, a1, o0, o1, times, gain, mean, bias);
  storeRow(y + rowY, b0, b1, o0, o1, times, gain, mean, bias);
  storeRow(y + 2 * rowY, c0, c1, o0, o1, times, gain, mean, bias);
  storeRow(y + 3 * rowY, d0, d1, o0, o1, times, gain, mean, bias);
}

function storeRow(
  y: usize,
  low: v128,
  high: v128,
  top0: v128,
  top1: v128,
  times: i32,
  gain: usize,
  mean: usize,
  bias: usize,
): void {
  const factor = i16x8.splat(<i16>times);
  const dot0 = i16x8.sub(top0, i16x8.mul(low, factor)),
    dot1 = i16x8.sub(top1, i16x8.mul(high, factor));
  storeFour(y, i32x4.extend_low_i16x8_s(dot0), gain, mean, bias);
  storeFour(y + 16, i32x4.extend_high_i16x8_s(dot0), gain + 16, mean + 16, bias + 16);
  storeFour(y + 32, i32x4.extend_low_i16x8_s(dot1), gain + 32, mean + 32, bias + 32);
  storeFour(y + 48, i32x4.extend_high_i16x8_s(dot1), gain + 48, mean + 48, bias + 48);
}

function storeFour(y: usize, dot: v128, gain: usize, mean: usize, bias: usize): void {
  const alpha = f32x4.mul(v128.load(gain), v128.load(mean));
  v128.store(y, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(dot), alpha), v128.load(bias)));
}
