// The elementwise halves of a binarized linear layer; the products are gemm's.
import { mulAdd, signOf, sum4, surrogate } from './lanes';

/** w[J,K] -> signs[J,K] in {-1,+1} and mean[J] = mean_i |w_ji|. */
export function signRows(w: usize, signs: usize, mean: usize, J: i32, K: i32): void {
  const row = (<usize>K) << 2;
  for (let j = 0; j < J; j++) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < row; k += 16) {
      const v = v128.load(w + k);
      sum = f32x4.add(sum, f32x4.abs(v));
      v128.store(signs + k, signOf(v));
    }
    f32.store(mean, sum4(sum) / <f32>K);
    w += row;
    signs += row;
    mean += 4;
  }
}

/** signs[M,K] = sign(x - theta), theta[K]. */
export function signShifted(x: usize, theta: usize, signs: usize, M: i32, K: i32): void {
  const row = (<usize>K) << 2;
  for (let i = 0; i < M; i++) {
    for (let k: usize = 0; k < row; k += 16)
      v128.store(signs + k, signOf(f32x4.sub(v128.load(x + k), v128.load(theta + k))));
    x += row;
    signs += row;
  }
}

/** y[M,J] = y * gain[J] * mean[J] + bias[J], in place. */
export function scaleBias(y: usize, gain: usize, mean: usize, bias: usize, M: i32, J: i32): void {
  const row = (<usize>J) << 2;
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < row; j += 16) {
      const alpha = f32x4.mul(v128.load(gain + j), v128.load(mean + j));
      v128.store(y + j, mulAdd(v128.load(y + j), alpha, v128.load(bias + j)));
    }
    y += row;
  }
}

/** out[M,J] = dy[M,J] * gain[J] * mean[J]. */
export function scaleColumns(dy: usize, gain: usize, mean: usize, out: usize, M: i32, J: i32): void {
  const row = (<usize>J) << 2;
  for (let i = 0; i < M; i++) {
    for (let j: usize = 0; j < row; j += 16) {
      const alpha = f32x4.mul(v128.load(gain + j), v128.load(mean + j));
      v128.store(out + j, f32x4.mul(v128.load(dy + j), alpha));
    }
    dy += row;
    out += row;
  }
}

/** dx[M,K] = dbits * surrogate(x - theta); dtheta[K] = -sum of dx over rows. */
export function surrogateShifted(
  dbits: usize,
  x: usize,
  theta: usize,
  dx: usize,
  dtheta: usize,
  M: i32,
  K: i32,
): void {
  const row = (<usize>K) << 2;
  memory.fill(dtheta, 0, row);
  for (let i = 0; i < M; i++) {
    for (let k: usize = 0; k < row; k += 16) {
      const u = f32x4.sub(v128.load(x + k), v128.load(theta + k));
      const g = f32x4.mul(v128.load(dbits + k), surrogate(u));
      v128.store(dx + k, g);
      v128.store(dtheta + k, f32x4.sub(v128.load(dtheta + k), g));
    }
    dbits += row;
    dx += row;
    x += row;
  }
}

/**
 * From G[J,K] = dy^T x^ to the gradients of the latent weights, in place of G, and of the gain:
 * s_j = sum_i sign(w_ji) G_ji; dgain_j = s_j mean_j;
 * dw_ji = gain_j mean_j G_ji surrogate(sqrt(K) w_ji) sqrt(K) + sign(w_ji) gain_j s_j / K.
 */
export function binaryWeightGradient(
  g: usize,
  w: usize,
  gain: usize,
  mean: usize,
  dgain: usize,
  J: i32,
  K: i32,
): void {
  const row = (<usize>K) << 2;
  const root = sqrt<f32>(<f32>K);
  const scale = f32x4.splat(root);
  for (let j = 0; j < J; j++) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < row; k += 16) sum = mulAdd(v128.load(g + k), signOf(v128.load(w + k)), sum);
    const s = sum4(sum),
      magnitude = f32.load(mean),
      gainJ = f32.load(gain);
    f32.store(dgain, s * magnitude);
    const direct = f32x4.splat(gainJ * magnitude * root),
      through = f32x4.splat((gainJ * s) / <f32>K);
    for (let k: usize = 0; k < row; k += 16) {
      const v = v128.load(w + k);
      const slope = f32x4.mul(surrogate(f32x4.mul(v, scale)), direct);
      v128.store(g + k, mulAdd(v128.load(g + k), slope, f32x4.mul(signOf(v), through)));
    }
    g += row;
    w += row;
    gain += 4;
    mean += 4;
    dgain += 4;
  }
}
