/** The classifier head of an exit: mean over the tokens, linear layer, label. */
import { dot } from '../kernel/sum';
import { logitsPointer, pooledPointer, stagePointer, xPointer } from '../model/arena';
import { exitBias } from '../model/layout';
import { classes, exitPointer, hidden } from '../model/model';
import { fetchFloats, float } from '../model/source';

/** Writes the logits of exit `exit`, counted from 0; returns the lowest label whose logit is largest. */
export function computeLogits(exit: i32, tokens: i32): i32 {
  pool(tokens);
  const section = exitPointer(exit);
  const logits = logitsPointer + ((exit * classes) << 2);
  let label = 0;
  let largest: f32 = -Infinity;
  for (let k = 0; k < classes; k++) {
    const weights = fetchFloats(section + ((k * hidden) << 2), hidden, stagePointer);
    const logit = dot(pooledPointer, weights, hidden) + float(section + exitBias + (k << 2));
    store<f32>(logits + (k << 2), logit);
    if (logit > largest) {
      largest = logit;
      label = k;
    }
  }
  return label;
}

/**
 * pooled_c = (chain over the tokens of x_c) * (1 / tokens). SIMD builds take 16 channels at once, a whole line of the
 * cache: from token to token is a power of two, and few lines so far apart stay there.
 */
function pool(tokens: i32): void {
  const share = <f32>1 / <f32>tokens;
  const line = hidden << 2;
  for (let channel = 0; channel < line; channel += ASC_FEATURE_SIMD ? 64 : 16) {
    let x = xPointer + channel;
    const pooled = pooledPointer + channel;
    if (ASC_FEATURE_SIMD) {
      let sums0 = f32x4.splat(0);
      let sums1 = f32x4.splat(0);
      let sums2 = f32x4.splat(0);
      let sums3 = f32x4.splat(0);
      for (let token = 0; token < tokens; token++) {
        sums0 = f32x4.add(sums0, v128.load(x));
        sums1 = f32x4.add(sums1, v128.load(x, 16));
        sums2 = f32x4.add(sums2, v128.load(x, 32));
        sums3 = f32x4.add(sums3, v128.load(x, 48));
        x += line;
      }
      const shares = f32x4.splat(share);
      v128.store(pooled, f32x4.mul(sums0, shares));
      v128.store(pooled, f32x4.mul(sums1, shares), 16);
      v128.store(pooled, f32x4.mul(sums2, shares), 32);
      v128.store(pooled, f32x4.mul(sums3, shares), 48);
    } else {
      let sum0: f32 = 0;
      let sum1: f32 = 0;
      let sum2: f32 = 0;
      let sum3: f32 = 0;
      for (let token = 0; token < tokens; token++) {
        sum0 += load<f32>(x);
        sum1 += load<f32>(x, 4);
        sum2 += load<f32>(x, 8);
        sum3 += load<f32>(x, 12);
        x += line;
      }
      store<f32>(pooled, sum0 * share);
      store<f32>(pooled, sum1 * share, 4);
      store<f32>(pooled, sum2 * share, 8);
      store<f32>(pooled, sum3 * share, 12);
    }
  }
}
