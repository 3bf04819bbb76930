// C[M,N] = alpha * op(A) op(B), in blocks of DEPTH along K. For each panel of 8 columns of op(B) and each
// strip of 4 rows of op(A), both packed into scratch, a tile of C is held in 8 registers:
//
//            panel of B            strip of A, transposed        C
//            k=0 | b0 b1 |         k=0 | a0 a1 a2 a3 |           +---------+
//            k=1 | b0 b1 |         k=1 | a0 a1 a2 a3 |    ->     | c00 c01 |
//            ...                   ...                           | c10 c11 |  8 accumulators: V8
//                                                                | c20 c21 |  spills beyond
//                                                                | c30 c31 |
//
// Both vectors of a row of C have the same operations side by side, to their stores: V8 can join them to
// one of 256 bits (docs/training.md).
// M, N and, where A is not transposed or B is, K are multiples of 4; a panel of 4 columns is padded with zeros.
import { mulAdd, turnFour } from './lanes';

/** A panel of this many k fills 8 KiB. */
const DEPTH: i32 = 256;

/** Bytes of scratch that a product of these sizes needs. */
export function gemmScratch(M: i32, K: i32): i32 {
  return min(K, DEPTH) * (32 + 4 * M);
}

/** lda, ldb, ldc: floats from row to row; ta, tb: 1 when the operand is stored transposed. */
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
  for (let k = 0; k < K; k += DEPTH) {
    const depth = min(DEPTH, K - k),
      from = (<usize>k) << 2;
    const strips = scratch + ((<usize>depth) << 5);
    if (ta) packTransposed(a + <usize>k * rowA, rowA, strips, M, depth);
    else packStrips(a + from, rowA, strips, M, depth);
    for (let j = 0; j < N; j += 8) {
      const width = min(8, N - j);
      if (tb) packColumns(b + <usize>j * rowB + from, rowB, scratch, depth, width);
      else packRows(b + <usize>k * rowB + ((<usize>j) << 2), rowB, scratch, depth, width);
      for (let i = 0; i < M; i += 4) {
        const o = c + <usize>i * rowC + ((<usize>j) << 2);
        tile(strips + <usize>i * ((<usize>depth) << 2), scratch, depth, o, rowC, width, alpha, k);
      }
    }
  }
}

/** A's rows i..i+3 to one strip [depth][4] after the other. */
function packStrips(source: usize, row: usize, strips: usize, M: i32, depth: i32): void {
  for (let i = 0; i < M; i += 4) {
    for (let k: usize = 0; k < (<usize>depth) << 2; k += 16) {
      const p = source + k;
      turnFour(v128.load(p), v128.load(p + row), v128.load(p + 2 * row), v128.load(p + 3 * row), strips, 16);
      strips += 64;
    }
    source += 4 * row;
  }
}

/** The same of A^T. One strip after the other: they lie 4 KiB apart, and side by side would evict one another. */
function packTransposed(source: usize, row: usize, strips: usize, M: i32, depth: i32): void {
  for (let i = 0; i < M; i += 4) {
    let from = source;
    for (let k = 0; k < depth; k++) {
      v128.store(strips, v128.load(from));
      from += row;
      strips += 16;
    }
    source += 16;
  }
}

function packRows(source: usize, row: usize, panel: usize, depth: i32, width: i32): void {
  for (let k = 0; k < depth; k++) {
    v128.store(panel, v128.load(source));
    v128.store(panel, width == 8 ? v128.load(source, 16) : f32x4.splat(0), 16);
    source += row;
    panel += 32;
  }
}

function packColumns(source: usize, row: usize, panel: usize, depth: i32, width: i32): void {
  const zero = f32x4.splat(0);
  const far = source + 4 * row;
  for (let k: usize = 0; k < (<usize>depth) << 2; k += 16) {
    const p = source + k,
      q = far + k;
    turnFour(v128.load(p), v128.load(p + row), v128.load(p + 2 * row), v128.load(p + 3 * row), panel, 32);
    if (width == 8)
      turnFour(
        v128.load(q),
        v128.load(q + row),
        v128.load(q + 2 * row),
        v128.load(q + 3 * row),
        panel + 16,
        32,
      );
    else turnFour(zero, zero, zero, zero, panel + 16, 32);
    panel += 128;
  }
}

/** `more`: not 0 when C holds the sum over smaller k already. */
function tile(
  a: usize,
  t: usize,
  depth: i32,
  o: usize,
  rowC: usize,
  width: i32,
  alpha: f32,
  more: i32,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  const end = a + ((<usize>depth) << 4);
  while (a < end) {
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
    a += 16;
    t += 32;
  }
  const scale = f32x4.splat(alpha);
  storePair(o, c00, c01, scale, width, more);
  storePair(o + rowC, c10, c11, scale, width, more);
  storePair(o + 2 * rowC, c20, c21, scale, width, more);
  storePair(o + 3 * rowC, c30, c31, scale, width, more);
}

function storePair(o: usize, low: v128, high: v128, scale: v128, width: i32, more: i32): void {
  low = f32x4.mul(low, scale);
  high = f32x4.mul(high, scale);
  if (width == 8) {
    if (more) {
      low = f32x4.add(low, v128.load(o));
      high = f32x4.add(high, v128.load(o, 16));
    }
    v128.store(o, low);
    v128.store(o, high, 16);
  } else v128.store(o, more ? f32x4.add(low, v128.load(o)) : low);
}
