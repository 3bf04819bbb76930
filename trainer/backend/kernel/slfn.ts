// The twin's SLFN. hidden[M,2f] holds f of the sigmoid branch, then f of the tanh
// branch; the outputs of each branch are [M,f].
import { sigmoid4, tanh4 } from './lanes';

/** s[M,f] = sigmoid of the first half, t[M,f] = tanh of the second. */
export function sigmoidTanh(hidden: usize, s: usize, t: usize, M: i32, f: i32): void {
  const row = (<usize>f) << 2;
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < row; j += 16) {
      v128.store(s + j, sigmoid4(v128.load(hidden + j)));
      v128.store(t + j, tanh4(v128.load(hidden + row + j)));
    }
    hidden += row << 1;
    s += row;
    t += row;
  }
}

export function sigmoidTanhBackward(
  ds: usize,
  dt: usize,
  s: usize,
  t: usize,
  dhidden: usize,
  M: i32,
  f: i32,
): void {
  const row = (<usize>f) << 2;
  const one = f32x4.splat(1);
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < row; j += 16) {
      const a = v128.load(s + j),
        b = v128.load(t + j);
      v128.store(dhidden + j, f32x4.mul(v128.load(ds + j), f32x4.mul(a, f32x4.sub(one, a))));
      v128.store(dhidden + row + j, f32x4.mul(v128.load(dt + j), f32x4.sub(one, f32x4.mul(b, b))));
    }
    ds += row;
    dt += row;
    s += row;
    t += row;
    dhidden += row << 1;
  }
}
