/** LayerNorm in place, as docs/arithmetic.md writes it down. */
import { Part } from '../abi';
import { NORM_EPSILON } from '../format';
import { mark } from './profile';
import { dot, sum } from './sum';

/** x: f32[tokens, width]; gamma, beta: f32[width]. `width` is a multiple of 4. */
export function norm(x: usize, tokens: i32, width: i32, gamma: usize, beta: usize): void {
  const share = <f32>1 / <f32>width;
  for (let token = 0; token < tokens; token++) {
    center(x, width, sum(x, width) * share);
    const variance = dot(x, x, width) * share;
    stretch(x, width, <f32>1 / sqrt<f32>(variance + <f32>NORM_EPSILON), gamma, beta);
    x += width << 2;
  }
  mark(Part.Norm);
}

/** x = x - mean */
function center(x: usize, width: i32, mean: f32): void {
  const end = x + (width << 2);
  if (ASC_FEATURE_SIMD) {
    const means = f32x4.splat(mean);
    for (; x < end; x += 16) v128.store(x, f32x4.sub(v128.load(x), means));
  } else {
    for (; x < end; x += 4) store<f32>(x, load<f32>(x) - mean);
  }
}

/** x = (x * factor) * gamma + beta */
function stretch(x: usize, width: i32, factor: f32, gamma: usize, beta: usize): void {
  const end = x + (width << 2);
  if (ASC_FEATURE_SIMD) {
    const factors = f32x4.splat(factor);
    for (; x < end; x += 16) {
      const scaled = f32x4.mul(f32x4.mul(v128.load(x), factors), v128.load(gamma));
      v128.store(x, f32x4.add(scaled, v128.load(beta)));
      gamma += 16;
      beta += 16;
    }
  } else {
    for (; x < end; x += 4) {
      store<f32>(x, load<f32>(x) * factor * load<f32>(gamma) + load<f32>(beta));
      gamma += 4;
      beta += 4;
    }
  }
}
