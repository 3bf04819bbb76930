// C[M,N] = alpha * op(A) op(B). For each panel of 8 columns of op(B), packed into `scratch`
// ([K][8]), tiles of 4 rows x 8 columns of C are held in 8 registers:
//
//            panel of B, packed          C
//            k=0 | b0 b1 |               +---------+
//   A rows   k=1 | b0 b1 |   ->  4 rows  | c00 c01 |
//   a0..a3   ...                         | c10 c11 |
//                                        | c20 c21 |  8 accumulators: V8 spills beyond
//                                        | c30 c31 |
// M and N are multiples of 4, K is any; a last panel of 4 columns is padded with zeros.
import { mulAdd } from './lanes';

/** lda, ldb, ldc: floats from row to row; ta, tb: 1 when the operand is stored transposed;
 * scratch: 32 K bytes. */
export function gemm(
  a: usize,
  lda: i32,
  ta: i32,
  b: usize,
  ldb: i32,
  tb: i32,
  c: usize,
  ldc: i32,
  M: i32,
  N: i32,
  K: i32,
  scratch: usize,
  alpha: f32,
): void {
  const rowA = (<usize>lda) << 2,
    rowB = (<usize>ldb) << 2,
    rowC = (<usize>ldc) << 2;
  for (let j = 0; j < N; j += 8) {
    const width = min(8, N - j);
    if (tb) packColumns(b + <usize>j * rowB, rowB, scratch, K, width);
    else packRows(b + ((<usize>j) << 2), rowB, scratch, K, width);
    for (let i = 0; i < M; i += 4) {
      const o = c + <usize>i * rowC + ((<usize>j) << 2);
      if (ta) tileTransposed(a + ((<usize>i) << 2), rowA, scratch, K, o, rowC, width, alpha);
      else tile(a + <usize>i * rowA, rowA, scratch, K, o, rowC, width, alpha);
    }
  }
}

function packRows(source: usize, row: usize, scratch: usize, K: i32, width: i32): void {
  for (let k = 0; k < K; k++) {
    v128.store(scratch, v128.load(source));
    v128.store(scratch, width == 8 ? v128.load(source, 16) : f32x4.splat(0), 16);
    source += row;
    scratch += 32;
  }
}

function packColumns(source: usize, row: usize, scratch: usize, K: i32, width: i32): void {
  for (let k = 0; k < K; k++) {
    let q = source + ((<usize>k) << 2);
    for (let n = 0; n < 8; n++) {
      f32.store(scratch, n < width ? f32.load(q) : 0);
      q += row;
      scratch += 4;
    }
  }
}

function tile(a0: usize, row: usize, t: usize, K: i32, o: usize, rowC: usize, width: i32, alpha: f32): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  let a1 = a0 + row,
    a2 = a1 + row,
    a3 = a2 + row;
  const end = a0 + ((<usize>K) << 2);
  while (a0 < end) {
    const b0 = v128.load(t),
      b1 = v128.load(t, 16);
    let s = v128.load32_splat(a0);
    c00 = mulAdd(s, b0, c00);
    c01 = mulAdd(s, b1, c01);
    s = v128.load32_splat(a1);
    c10 = mulAdd(s, b0, c10);
    c11 = mulAdd(s, b1, c11);
    s = v128.load32_splat(a2);
    c20 = mulAdd(s, b0, c20);
    c21 = mulAdd(s, b1, c21);
    s = v128.load32_splat(a3);
    c30 = mulAdd(s, b0, c30);
    c31 = mulAdd(s, b1, c31);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    t += 32;
  }
  const scale = f32x4.splat(alpha);
  storePair(o, c00, c01, scale, width);
  storePair(o + rowC, c10, c11, scale, width);
  storePair(o + 2 * rowC, c20, c21, scale, width);
  storePair(o + 3 * rowC, c30, c31, scale, width);
}

function tileTransposed(
  a: usize,
  row: usize,
  t: usize,
  K: i32,
  o: usize,
  rowC: usize,
  width: i32,
  alpha: f32,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  for (let k = 0; k < K; k++) {
    const b0 = v128.load(t),
      b1 = v128.load(t, 16);
    let s = v128.load32_splat(a);
    c00 = mulAdd(s, b0, c00);
    c01 = mulAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = mulAdd(s, b0, c10);
    c11 = mulAdd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = mulAdd(s, b0, c20);
    c21 = mulAdd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = mulAdd(s, b0, c30);
    c31 = mulAdd(s, b1, c31);
    a += row;
    t += 32;
  }
  const scale = f32x4.splat(alpha);
  storePair(o, c00, c01, scale, width);
  storePair(o + rowC, c10, c11, scale, width);
  storePair(o + 2 * rowC, c20, c21, scale, width);
  storePair(o + 3 * rowC, c30, c31, scale, width);
}

function storePair(o: usize, low: v128, high: v128, scale: v128, width: i32): void {
  v128.store(o, f32x4.mul(low, scale));
  if (width == 8) v128.store(o, f32x4.mul(high, scale), 16);
}
