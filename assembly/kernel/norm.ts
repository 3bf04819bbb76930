/**
 * LayerNorm in place, as docs/arithmetic.md writes it down: three times over a token, for its mean, its variance,
 * and to write it. A sum's additions wait for each other, as their order is part of the arithmetic, so SIMD builds
 * take four tokens at once, whose sums don't.
 */
import { Part } from '../abi';
import { NORM_EPSILON } from '../format';
import { mark } from './profile';
import { dot, sum, sumLanes4 } from './sum';

/**
 * f32[4] factors of four tokens. They go through memory, as V8 of Node 20 would compute a value that only a loop
 * uses in each of its rounds, square root, division and all; what was loaded it keeps in a register.
 */
const FACTORS: usize = ASC_FEATURE_SIMD ? memory.data(16, 16) : 0;

/**
 * x: f32[tokens, width]; gamma, beta: f32[width]. `width` is a multiple of 4. In SIMD builds tokens up to a multiple
 * of 4 are written.
 */
export function norm(x: usize, tokens: i32, width: i32, gamma: usize, beta: usize): void {
  const share = <f32>1 / <f32>width;
  const line = width << 2;
  const end = x + tokens * line;
  if (ASC_FEATURE_SIMD) {
    for (; x < end; x += 4 * line) norm4(x, line, share, gamma, beta);
  } else {
    for (; x < end; x += line) {
      center(x, line, sum(x, width) * share);
      const variance = dot(x, x, width) * share;
      stretch(x, line, <f32>1 / sqrt<f32>(variance + <f32>NORM_EPSILON), gamma, beta);
    }
  }
  mark(Part.Norm);
}

/** x = x - mean */
function center(x: usize, line: i32, mean: f32): void {
  const end = x + line;
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) - mean);
}

/** x = (x * factor) * gamma + beta */
function stretch(x: usize, line: i32, factor: f32, gamma: usize, beta: usize): void {
  const end = x + line;
  for (; x < end; x += 4) {
    store<f32>(x, load<f32>(x) * factor * load<f32>(gamma) + load<f32>(beta));
    gamma += 4;
    beta += 4;
  }
}

/** Four tokens of `line` bytes. */
function norm4(x0: usize, line: i32, share: f32, gamma: usize, beta: usize): void {
  const toSecond = <usize>line;
  const toThird = toSecond + toSecond;
  const toFourth = toThird + toSecond;
  const end = x0 + line;
  const shares = f32x4.splat(share);
  let sums0 = f32x4.splat(0);
  let sums1 = f32x4.splat(0);
  let sums2 = f32x4.splat(0);
  let sums3 = f32x4.splat(0);
  for (let x = x0; x < end; x += 16) {
    sums0 = f32x4.add(sums0, v128.load(x));
    sums1 = f32x4.add(sums1, v128.load(x + toSecond));
    sums2 = f32x4.add(sums2, v128.load(x + toThird));
    sums3 = f32x4.add(sums3, v128.load(x + toFourth));
  }
  const means = f32x4.mul(sumLanes4(sums0, sums1, sums2, sums3), shares);
  const mean0 = v128.shuffle<f32>(means, means, 0, 0, 0, 0);
  const mean1 = v128.shuffle<f32>(means, means, 1, 1, 1, 1);
  const mean2 = v128.shuffle<f32>(means, means, 2, 2, 2, 2);
  const mean3 = v128.shuffle<f32>(means, means, 3, 3, 3, 3);
  sums0 = f32x4.splat(0);
  sums1 = f32x4.splat(0);
  sums2 = f32x4.splat(0);
  sums3 = f32x4.splat(0);
  for (let x = x0; x < end; x += 16) {
    sums0 = addSquares(sums0, f32x4.sub(v128.load(x), mean0));
    sums1 = addSquares(sums1, f32x4.sub(v128.load(x + toSecond), mean1));
    sums2 = addSquares(sums2, f32x4.sub(v128.load(x + toThird), mean2));
    sums3 = addSquares(sums3, f32x4.sub(v128.load(x + toFourth), mean3));
  }
  const variances = f32x4.mul(sumLanes4(sums0, sums1, sums2, sums3), shares);
  const roots = f32x4.sqrt(f32x4.add(variances, f32x4.splat(<f32>NORM_EPSILON)));
  v128.store(FACTORS, f32x4.div(f32x4.splat(1), roots));
  const factor0 = v128.load32_splat(FACTORS, 0);
  const factor1 = v128.load32_splat(FACTORS, 4);
  const factor2 = v128.load32_splat(FACTORS, 8);
  const factor3 = v128.load32_splat(FACTORS, 12);
  for (let x = x0; x < end; x += 16) {
    const gammas = v128.load(gamma);
    const betas = v128.load(beta);
    stretch4(x, mean0, factor0, gammas, betas);
    stretch4(x + toSecond, mean1, factor1, gammas, betas);
    stretch4(x + toThird, mean2, factor2, gammas, betas);
    stretch4(x + toFourth, mean3, factor3, gammas, betas);
    gamma += 16;
    beta += 16;
  }
}

function addSquares(sums: v128, centered: v128): v128 {
  return f32x4.add(sums, f32x4.mul(centered, centered));
}

/** Four channels of one token: x = ((x - mean) * factor) * gamma + beta */
function stretch4(x: usize, mean: v128, factor: v128, gamma: v128, beta: v128): void {
  const scaled = f32x4.mul(f32x4.mul(f32x4.sub(v128.load(x), mean), factor), gamma);
  v128.store(x, f32x4.add(scaled, beta));
}
