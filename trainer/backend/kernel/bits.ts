// Signs packed to bits, in the two layouts that the products read. For x[M,K], bit = [x - theta >= 0]:
//
//   rows     [M][K/8] bytes: bit k % 8 of byte k / 8 is channel k        (forward, kernel/count.ts)
//   nibbles  [K][M/4] bytes: bit r of byte m / 4 is row 4 (m / 4) + r    (backward, kernel/lookup.ts)
//
//             channel k ->
//   row 4g    . x . .           nibble (k, g) holds the four x, so it can be
//   row 4g+1  . x . .           the index of a table of 16 sums over 4 rows
//   row 4g+2  . x . .
//   row 4g+3  . x . .
//
// M is a multiple of 4, K of 8.

/** stride: floats from row to row of x; theta[K] or 0 for none. */
export function packActivations(
  x: usize,
  stride: i32,
  theta: usize,
  rows: usize,
  nibbles: usize,
  M: i32,
  K: i32,
): void {
  const step = (<usize>stride) << 2,
    bytes = <usize>K >> 3,
    column = <usize>M >> 2;
  for (let m = 0; m < M; m += 4) {
    for (let k: usize = 0; k < bytes; k++) {
      const p = x + (k << 5),
        out = nibbles + (k << 3) * column,
        at = rows + k;
      const t0 = theta ? v128.load(theta + (k << 5)) : f32x4.splat(0);
      const t1 = theta ? v128.load(theta + (k << 5), 16) : f32x4.splat(0);
      const low = packFour(p, step, t0, at, bytes, 0);
      storeNibbles(out, column, low);
      const high = packFour(p + 16, step, t1, at, bytes, 4);
      storeNibbles(out + (column << 2), column, high);
    }
    x += step << 2;
    rows += bytes << 2;
    nibbles++;
  }
}

/** 4 rows x 4 channels: lanes of nibbles, and half a byte into each row. */
function packFour(p: usize, step: usize, theta: v128, at: usize, bytes: usize, shift: i32): v128 {
  const zero = f32x4.splat(0);
  const a = f32x4.ge(f32x4.sub(v128.load(p), theta), zero);
  const b = f32x4.ge(f32x4.sub(v128.load(p + step), theta), zero);
  const c = f32x4.ge(f32x4.sub(v128.load(p + 2 * step), theta), zero);
  const d = f32x4.ge(f32x4.sub(v128.load(p + 3 * step), theta), zero);
  setHalf(at, i32x4.bitmask(a), shift);
  setHalf(at + bytes, i32x4.bitmask(b), shift);
  setHalf(at + 2 * bytes, i32x4.bitmask(c), shift);
  setHalf(at + 3 * bytes, i32x4.bitmask(d), shift);
  return v128.or(
    v128.or(v128.and(a, i32x4.splat(1)), v128.and(b, i32x4.splat(2))),
    v128.or(v128.and(c, i32x4.splat(4)), v128.and(d, i32x4.splat(8))),
  );
}

function setHalf(at: usize, bits: i32, shift: i32): void {
  if (shift) store<u8>(at, load<u8>(at) | (bits << 4));
  else store<u8>(at, bits);
}

/** Four channels' nibbles, each `column` bytes after the one before. */
function storeNibbles(out: usize, column: usize, lanes: v128): void {
  store<u8>(out, i32x4.extract_lane(lanes, 0));
  store<u8>(out + column, i32x4.extract_lane(lanes, 1));
  store<u8>(out + 2 * column, i32x4.extract_lane(lanes, 2));
  store<u8>(out + 3 * column, i32x4.extract_lane(lanes, 3));
}

/**
 * Latent w[J,K] to nibbles as above and mean[J] = mean_i |w_ji|, and to `panels`, in which 16 rows
 * lie side by side: byte 16 (K/8 (j / 16) + k / 8) + j % 16 holds row j's channels k to k + 7.
 * J is a multiple of 16. `rows` is room for J K / 8 bytes.
 */
export function packWeights(
  w: usize,
  rows: usize,
  panels: usize,
  nibbles: usize,
  mean: usize,
  J: i32,
  K: i32,
): void {
  packActivations(w, K, 0, rows, nibbles, J, K);
  const bytes = <usize>K >> 3;
  for (let j: usize = 0; j < <usize>J; j++) {
    const panel = panels + (j >> 4) * (bytes << 4) + (j & 15),
      row = rows + j * bytes;
    for (let k: usize = 0; k < bytes; k++) store<u8>(panel + (k << 4), load<u8>(row + k));
    let sum = f32x4.splat(0);
    const end = w + ((<usize>K) << 2);
    for (; w < end; w += 16) sum = f32x4.add(sum, f32x4.abs(v128.load(w)));
    f32.store(
      mean + (j << 2),
      (f32x4.extract_lane(sum, 0) +
        f32x4.extract_lane(sum, 1) +
        f32x4.extract_lane(sum, 2) +
        f32x4.extract_lane(sum, 3)) /
        <f32>K,
    );
  }
}
