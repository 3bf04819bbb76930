// One AdamW step over one variable, in place. The caller folds bias correction into rate and
// epsilon and the clipping of the global norm into `shrink`; decay is 1 - rate * weight decay.
import { mulAdd } from './lanes';

/** Moments of rows that are seldom seen fade out; below this they would end as denormals, which
 * processors are slow at. */
const TINY: f32 = 1e-30;

/** w, m, v, g[n]; limit > 0 clips |w| afterwards. */
export function adamw(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  decay: f32,
  shrink: f32,
  limit: f32,
): void {
  const end = w + ((<usize>(n & ~3)) << 2);
  const b1 = f32x4.splat(beta1),
    c1 = f32x4.splat(1 - beta1);
  const b2 = f32x4.splat(beta2),
    c2 = f32x4.splat(1 - beta2);
  const high = f32x4.splat(limit > 0 ? limit : f32.MAX_VALUE),
    low = f32x4.neg(high);
  while (w < end) {
    const grad = f32x4.mul(v128.load(g), f32x4.splat(shrink));
    const mean = mulAdd(b1, v128.load(m), f32x4.mul(c1, grad));
    const square = mulAdd(b2, v128.load(v), f32x4.mul(c2, f32x4.mul(grad, grad)));
    v128.store(m, flushed(mean));
    v128.store(v, flushed(square));
    const move = f32x4.div(
      f32x4.mul(f32x4.splat(rate), mean),
      f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon)),
    );
    const next = f32x4.sub(f32x4.mul(v128.load(w), f32x4.splat(decay)), move);
    v128.store(w, f32x4.min(f32x4.max(next, low), high));
    w += 16;
    g += 16;
    m += 16;
    v += 16;
  }
  for (let rest = n & 3; rest > 0; rest--) {
    const grad = f32.load(g) * shrink;
    const mean = beta1 * f32.load(m) + (1 - beta1) * grad;
    const square = beta2 * f32.load(v) + (1 - beta2) * (grad * grad);
    f32.store(m, abs(mean) > TINY ? mean : 0);
    f32.store(v, square > TINY ? square : 0);
    const next = f32.load(w) * decay - (rate * mean) / (sqrt<f32>(square) + epsilon);
    const most = limit > 0 ? limit : f32.MAX_VALUE;
    f32.store(w, min(max(next, -most), most));
    w += 4;
    g += 4;
    m += 4;
    v += 4;
  }
}

function flushed(x: v128): v128 {
  return v128.and(x, f32x4.gt(f32x4.abs(x), f32x4.splat(TINY)));
}
