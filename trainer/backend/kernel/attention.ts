// Softmax attention of all heads. A row of qkv[M,3d] holds q of all heads, then k, then v:
//
//   | q: head 0 | head 1 | .. | k: head 0 | .. | v: head 0 | .. |     e = d / heads floats a head
//
// so a head's q, k and v are matrices [n,e] with 3d floats from row to row, used in place.
// Keys at and beyond a text's length are masked.
import { gemm, gemmScratch } from './gemm';
import { exp4, max4, mulAdd, sum4 } from './lanes';

/** Bytes of scratch for either pass: what gemm needs, and one matrix [n,n]. */
export function attentionScratch(n: i32, e: i32): i32 {
  return gemmScratch(n, max(n, e)) + 4 * n * n;
}

/** out[M,d]; p[B*heads,n,n] keeps the probabilities; scratch: attentionScratch bytes. */
export function attentionForward(
  qkv: usize,
  lengths: usize,
  out: usize,
  p: usize,
  scratch: usize,
  B: i32,
  n: i32,
  heads: i32,
  e: i32,
): void {
  const d = heads * e,
    ld3 = 3 * d;
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const square = (<usize>n * <usize>n) << 2;
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    for (let h = 0; h < heads; h++) {
      const q = qkv + ((<usize>(b * n * ld3 + h * e)) << 2);
      const k = q + ((<usize>d) << 2),
        v = k + ((<usize>d) << 2);
      gemm(q, ld3, 0, k, ld3, 1, p, n, n, n, e, scratch, scale);
      softmaxRows(p, n, length);
      gemm(p, n, 0, v, ld3, 0, out + ((<usize>(b * n * d + h * e)) << 2), d, n, e, n, scratch, 1);
      p += square;
    }
  }
}

function softmaxRows(p: usize, n: i32, length: i32): void {
  const row = (<usize>n) << 2;
  for (let i = 0; i < n; i++) {
    for (let j = length; j < n; j++) f32.store(p + ((<usize>j) << 2), -1e30);
    let most = f32x4.splat(-1e30);
    for (let j: usize = 0; j < row; j += 16) most = f32x4.max(most, v128.load(p + j));
    const top = f32x4.splat(max4(most));
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < row; j += 16) {
      const x = exp4(f32x4.sub(v128.load(p + j), top));
      v128.store(p + j, x);
      sum = f32x4.add(sum, x);
    }
    const inverse = f32x4.splat(1 / sum4(sum));
    for (let j: usize = 0; j < row; j += 16) v128.store(p + j, f32x4.mul(v128.load(p + j), inverse));
    for (let j = length; j < n; j++) f32.store(p + ((<usize>j) << 2), 0);
    p += row;
  }
}

/** dqkv[M,3d] from dout[M,d]; scratch: attentionScratch bytes. */
export function attentionBackward(
  qkv: usize,
  p: usize,
  dout: usize,
  dqkv: usize,
  scratch: usize,
  B: i32,
  n: i32,
  heads: i32,
  e: i32,
): void {
  const d = heads * e,
    ld3 = 3 * d;
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const square = (<usize>n * <usize>n) << 2;
  const ds = scratch + <usize>gemmScratch(n, max(n, e));
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < heads; h++) {
      const offset = (<usize>(b * n * ld3 + h * e)) << 2;
      const q = qkv + offset,
        k = q + ((<usize>d) << 2),
        v = k + ((<usize>d) << 2);
      const dq = dqkv + offset,
        dk = dq + ((<usize>d) << 2),
        dv = dk + ((<usize>d) << 2);
      const g = dout + ((<usize>(b * n * d + h * e)) << 2);
      gemm(p, n, 1, g, d, 0, dv, ld3, n, e, n, scratch, 1);
      gemm(g, d, 0, v, ld3, 1, ds, n, n, n, e, scratch, 1);
      softmaxBackward(ds, p, n);
      gemm(ds, n, 0, k, ld3, 0, dq, ld3, n, e, n, scratch, scale);
      gemm(ds, n, 1, q, ld3, 0, dk, ld3, n, e, n, scratch, scale);
      p += square;
    }
  }
}

/** ds = p * (ds - sum_j ds_j p_j), row by row, in place. */
function softmaxBackward(ds: usize, p: usize, n: i32): void {
  const row = (<usize>n) << 2;
  for (let i = 0; i < n; i++) {
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < row; j += 16) sum = mulAdd(v128.load(ds + j), v128.load(p + j), sum);
    const dot = f32x4.splat(sum4(sum));
    for (let j: usize = 0; j < row; j += 16)
      v128.store(ds + j, f32x4.mul(v128.load(p + j), f32x4.sub(v128.load(ds + j), dot)));
    ds += row;
    p += row;
  }
}
