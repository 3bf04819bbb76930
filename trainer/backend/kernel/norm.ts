// LayerNorm of a residual sum, y = norm(x + drop(r)), with dropout folded in.
import { dropped } from './dropout';
import { mulAdd, sum4 } from './lanes';

/** x, r (0 when there is none), y, unit[M,N]; gamma, beta[N]; inverse[M] = 1 / deviation.
 * threshold 0 means no dropout; otherwise kept elements of r are scaled by `keep`. */
export function normForward(
  x: usize,
  r: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  unit: usize,
  inverse: usize,
  M: i32,
  N: i32,
  key: i32,
  threshold: i32,
  keep: f32,
): void {
  const row = (<usize>N) << 2;
  const share: f32 = 1 / <f32>N;
  let index = 0;
  for (let i = 0; i < M; i++) {
    let sum = f32x4.splat(0),
      squares = sum;
    for (let j: usize = 0; j < row; j += 16) {
      let v = v128.load(x + j);
      if (r) v = f32x4.add(v, dropped(v128.load(r + j), index, key, threshold, keep));
      v128.store(unit + j, v);
      sum = f32x4.add(sum, v);
      index += 4;
    }
    const mean = f32x4.splat(sum4(sum) * share);
    for (let j: usize = 0; j < row; j += 16) {
      const v = f32x4.sub(v128.load(unit + j), mean);
      v128.store(unit + j, v);
      squares = mulAdd(v, v, squares);
    }
    const scale: f32 = 1 / sqrt<f32>(sum4(squares) * share + 1e-5);
    f32.store(inverse, scale);
    for (let j: usize = 0; j < row; j += 16) {
      const v = f32x4.mul(v128.load(unit + j), f32x4.splat(scale));
      v128.store(unit + j, v);
      v128.store(y + j, mulAdd(v, v128.load(gamma + j), v128.load(beta + j)));
    }
    x += row;
    if (r) r += row;
    y += row;
    unit += row;
    inverse += 4;
  }
}

/** dx[M,N], dr[M,N] (0 when there was no r), dgamma[N], dbeta[N] from dy[M,N]. */
export function normBackward(
  dy: usize,
  unit: usize,
  inverse: usize,
  gamma: usize,
  dx: usize,
  dr: usize,
  dgamma: usize,
  dbeta: usize,
  M: i32,
  N: i32,
  key: i32,
  threshold: i32,
  keep: f32,
): void {
  const row = (<usize>N) << 2;
  const share: f32 = 1 / <f32>N;
  memory.fill(dgamma, 0, row);
  memory.fill(dbeta, 0, row);
  let index = 0;
  for (let i = 0; i < M; i++) {
    let sum = f32x4.splat(0),
      product = sum;
    for (let j: usize = 0; j < row; j += 16) {
      const g = v128.load(dy + j),
        u = v128.load(unit + j),
        v = f32x4.mul(g, v128.load(gamma + j));
      sum = f32x4.add(sum, v);
      product = mulAdd(v, u, product);
      v128.store(dgamma + j, mulAdd(g, u, v128.load(dgamma + j)));
      v128.store(dbeta + j, f32x4.add(v128.load(dbeta + j), g));
    }
    const mean = f32x4.splat(sum4(sum) * share),
      along = f32x4.splat(sum4(product) * share);
    const scale = v128.load32_splat(inverse);
    for (let j: usize = 0; j < row; j += 16) {
      const v = f32x4.sub(f32x4.mul(v128.load(dy + j), v128.load(gamma + j)), mean);
      const g = f32x4.mul(scale, f32x4.sub(v, f32x4.mul(v128.load(unit + j), along)));
      v128.store(dx + j, g);
      if (dr) v128.store(dr + j, dropped(g, index, key, threshold, keep));
      index += 4;
    }
    dy += row;
    unit += row;
    dx += row;
    if (dr) dr += row;
    inverse += 4;
  }
}
