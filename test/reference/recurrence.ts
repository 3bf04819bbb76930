/** x + h(x), normed: x is [tokens, d], and h the states of the light recurrence. */
import { BACKWARD_CHANNEL } from '../../assembly/format.ts';
import type { RecurrenceParts } from '../../host/model-file/parts.ts';
import { add, affine, layerNorm, type Matrix, mismatches, thresholdBits } from './layers.ts';
import { f } from './single.ts';

export function recurrence({ threshold, gates, norm }: RecurrenceParts, x: Matrix): Matrix {
  const d = threshold.length;
  const y = x.map((row) => {
    const input = thresholdBits(row, threshold);
    return Float32Array.from({ length: 2 * d }, (_, j) =>
      affine(mismatches(gates.bits, j, input), gates.scale[j], gates.offset[j]),
    );
  });
  const states = x.map(() => new Float32Array(d));
  for (let channel = 0; channel < d; channel++) {
    const order = [...x.keys()];
    if (channel & BACKWARD_CHANNEL) order.reverse();
    let state = 0;
    for (const token of order) {
      const value = y[token][d + channel];
      state = f(value + f(share(y[token][channel]) * f(state - value)));
      states[token][channel] = state;
    }
  }
  return x.map((row, token) => layerNorm(add(row, states[token]), norm));
}

/** The hard sigmoid's last step: the nearest of [0, 1]. What is no number counts as 0. */
function share(forget: number): number {
  return Number.isNaN(forget) ? 0 : Math.min(1, Math.max(0, forget));
}
