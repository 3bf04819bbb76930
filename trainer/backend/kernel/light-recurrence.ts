// The light recurrence (Lei et al. 2018, SRU; hard sigmoid): gates come from each token alone, so a
// step is elementwise. d channels, those with (channel & BACKWARD_CHANNEL) from the last token to the first:
//
//   gates[M,2d]   | g, before the forget gate's hard sigmoid | v, the value |
//   y[M,d]        h_t = v_t + f_t (h_(t-1) - v_t),  f = clamp(g / 4 + 1/2, 0, 1);  0 on padding
import { BACKWARD_CHANNEL, FORGET_CENTRE, FORGET_SLOPE } from '../../../assembly/format';

/** y of every text. */
export function lightRecurrenceForward(gates: usize, lengths: usize, y: usize, B: i32, n: i32, d: i32): void {
  const row = (<usize>d) << 2;
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    memory.fill(y + <usize>length * row, 0, <usize>(n - length) * row);
    for (let channel = 0; channel < d; channel += 4) {
      const at = (<usize>channel) << 2;
      let h = f32x4.splat(0);
      for (let i = 0; i < length; i++) {
        const t = <usize>(channel & BACKWARD_CHANNEL ? length - 1 - i : i);
        const gate = gates + t * 2 * row + at;
        const v = v128.load(gate + row);
        h = f32x4.add(v, f32x4.mul(forget(v128.load(gate)), f32x4.sub(h, v)));
        v128.store(y + t * row + at, h);
      }
    }
    gates += 2 * <usize>n * row;
    y += <usize>n * row;
  }
}

/** dgates[M,2d] from dy[M,d], and what the forward pass had; 0 on padding. */
export function lightRecurrenceBackward(
  dy: usize,
  gates: usize,
  y: usize,
  lengths: usize,
  dgates: usize,
  B: i32,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2,
    one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    memory.fill(dgates + 2 * <usize>length * row, 0, 2 * <usize>(n - length) * row);
    for (let channel = 0; channel < d; channel += 4) {
      const at = (<usize>channel) << 2;
      let carry = f32x4.splat(0);
      for (let i = length - 1; i >= 0; i--) {
        const isBackward = channel & BACKWARD_CHANNEL;
        const t = <usize>(isBackward ? length - 1 - i : i);
        const gate = t * 2 * row + at;
        const v = v128.load(gates + gate + row);
        const f = forget(v128.load(gates + gate));
        const before = i == 0 ? f32x4.splat(0) : v128.load(y + (isBackward ? t + 1 : t - 1) * row + at);
        const dh = f32x4.add(v128.load(dy + t * row + at), carry);
        const df = f32x4.mul(f32x4.mul(dh, f32x4.sub(before, v)), f32x4.splat(<f32>FORGET_SLOPE));
        const isSloping = v128.and(f32x4.gt(f, f32x4.splat(0)), f32x4.lt(f, one));
        v128.store(dgates + gate, v128.and(df, isSloping));
        v128.store(dgates + gate + row, f32x4.mul(dh, f32x4.sub(one, f)));
        carry = f32x4.mul(dh, f);
      }
    }
    dy += <usize>n * row;
    y += <usize>n * row;
    gates += 2 * <usize>n * row;
    dgates += 2 * <usize>n * row;
  }
}

/** The hard sigmoid. */
function forget(g: v128): v128 {
  const line = f32x4.add(f32x4.mul(g, f32x4.splat(<f32>FORGET_SLOPE)), f32x4.splat(<f32>FORGET_CENTRE));
  return f32x4.min(f32x4.max(line, f32x4.splat(0)), f32x4.splat(1));
}
