// Exits: the mean over a text's tokens, and a head of C rows.
import { mulAdd, sum4 } from './lanes';

/** out[B,d] = mean of the first lengths[b] rows of x[B,n,d]. */
export function poolForward(x: usize, lengths: usize, out: usize, B: i32, n: i32, d: i32): void {
  const row = (<usize>d) << 2;
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    const share = f32x4.splat(1 / <f32>length);
    for (let j: usize = 0; j < row; j += 16) {
      let sum = f32x4.splat(0),
        p = x + j;
      for (let i = 0; i < length; i++) {
        sum = f32x4.add(sum, v128.load(p));
        p += row;
      }
      v128.store(out + j, f32x4.mul(sum, share));
    }
    x += <usize>n * row;
    out += row;
  }
}

/** dx[B,n,d] = dy[B,d] / length on a text's tokens, 0 beyond. */
export function poolBackward(dy: usize, lengths: usize, dx: usize, B: i32, n: i32, d: i32): void {
  const row = (<usize>d) << 2;
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    const share = f32x4.splat(1 / <f32>length);
    for (let i = 0; i < length; i++) {
      for (let j: usize = 0; j < row; j += 16) v128.store(dx + j, f32x4.mul(v128.load(dy + j), share));
      dx += row;
    }
    memory.fill(dx, 0, <usize>(n - length) * row);
    dx += <usize>(n - length) * row;
    dy += row;
  }
}

/** y[B,C] = x[B,d] w[C,d]^T + bias[C]. */
export function headForward(x: usize, w: usize, bias: usize, y: usize, B: i32, C: i32, d: i32): void {
  const row = (<usize>d) << 2;
  for (let b = 0; b < B; b++) {
    for (let c = 0; c < C; c++) {
      const v = w + <usize>c * row;
      let sum = f32x4.splat(0);
      for (let j: usize = 0; j < row; j += 16) sum = mulAdd(v128.load(x + j), v128.load(v + j), sum);
      f32.store(y, sum4(sum) + f32.load(bias + ((<usize>c) << 2)));
      y += 4;
    }
    x += row;
  }
}

/** dx[B,d], dw[C,d], dbias[C] from dy[B,C]. */
export function headBackward(
  dy: usize,
  x: usize,
  w: usize,
  dx: usize,
  dw: usize,
  dbias: usize,
  B: i32,
  C: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  memory.fill(dx, 0, <usize>B * row);
  memory.fill(dw, 0, <usize>C * row);
  memory.fill(dbias, 0, (<usize>C) << 2);
  for (let b = 0; b < B; b++) {
    for (let c = 0; c < C; c++) {
      const g = f32.load(dy),
        gg = f32x4.splat(g),
        v = w + <usize>c * row,
        dv = dw + <usize>c * row;
      for (let j: usize = 0; j < row; j += 16) {
        v128.store(dx + j, mulAdd(gg, v128.load(v + j), v128.load(dx + j)));
        v128.store(dv + j, mulAdd(gg, v128.load(x + j), v128.load(dv + j)));
      }
      const q = dbias + ((<usize>c) << 2);
      f32.store(q, f32.load(q) + g);
      dy += 4;
    }
    x += row;
    dx += row;
  }
}
