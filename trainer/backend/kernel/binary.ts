// The gradient of a binarized layer's latent weights; its products are in count.ts and lookup.ts.
import { fallOf, heightOf, mulAdd, signOf, sum4, surrogate } from './lanes';

/**
 * From G[J,K] = dy^T x^ to the gradients of the latent weights, in place of G, and of the gain:
 * s_j = sum_i sign(w_ji) G_ji; dgain_j = s_j mean_j;
 * dw_ji = gain_j mean_j G_ji surrogate(sqrt(K) w_ji) sqrt(K) + sign(w_ji) gain_j s_j / K,
 * of which the second part, through mean_j, is left out if `constant`. `clipped`: see surrogate.
 */
export function binaryWeightGradient(
  g: usize,
  w: usize,
  gain: usize,
  mean: usize,
  dgain: usize,
  J: i32,
  K: i32,
  clipped: i32,
  constant: i32,
): void {
  const row = (<usize>K) << 2;
  const root = sqrt<f32>(<f32>K);
  const scale = f32x4.splat(root);
  const height = heightOf(clipped),
    fall = fallOf(clipped);
  for (let j = 0; j < J; j++) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < row; k += 16) sum = mulAdd(v128.load(g + k), signOf(v128.load(w + k)), sum);
    const s = sum4(sum),
      magnitude = f32.load(mean),
      gainJ = f32.load(gain);
    f32.store(dgain, s * magnitude);
    const direct = f32x4.splat(gainJ * magnitude * root),
      through = f32x4.splat(constant ? 0 : (gainJ * s) / <f32>K);
    for (let k: usize = 0; k < row; k += 16) {
      const v = v128.load(w + k);
      const slope = f32x4.mul(surrogate(f32x4.mul(v, scale), height, fall), direct);
      v128.store(g + k, mulAdd(v128.load(g + k), slope, f32x4.mul(signOf(v), through)));
    }
    g += row;
    w += row;
    gain += 4;
    mean += 4;
    dgain += 4;
  }
}
