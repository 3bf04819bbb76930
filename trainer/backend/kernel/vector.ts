// Elementwise and reducing kernels over whole arrays.
import { mulAdd, sum4 } from './lanes';

/** out[N] = sign * sum over the rows of x[M,N]. */
export function columnSums(x: usize, out: usize, M: i32, N: i32, sign: f32): void {
  const row = (<usize>N) << 2;
  memory.fill(out, 0, row);
  const s = f32x4.splat(sign);
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < row; j += 16)
      v128.store(out + j, mulAdd(v128.load(x + j), s, v128.load(out + j)));
    x += row;
  }
}

/** out = a * b over n elements. */
export function multiply(a: usize, b: usize, out: usize, n: i32): void {
  const end = a + ((<usize>n) << 2);
  while (a < end) {
    v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    out += 16;
  }
}

/** Sum of squares of n elements, in double so that a norm over millions stays exact enough. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let total: f64 = 0;
  while (n >= 4) {
    let part = f32x4.splat(0);
    const whole = min(n & ~3, 1024);
    const end = x + ((<usize>whole) << 2);
    for (; x < end; x += 16) {
      const v = v128.load(x);
      part = mulAdd(v, v, part);
    }
    total += <f64>sum4(part);
    n -= whole;
  }
  for (; n > 0; n--) {
    const v = <f64>f32.load(x);
    total += v * v;
    x += 4;
  }
  return total;
}

/** y[M,N] += bias[N], in place. */
export function addBias(y: usize, bias: usize, M: i32, N: i32): void {
  const row = (<usize>N) << 2;
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < row; j += 16)
      v128.store(y + j, f32x4.add(v128.load(y + j), v128.load(bias + j)));
    y += row;
  }
}
