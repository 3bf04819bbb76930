// A gated recurrent unit (Cho 2014; the reset gate acts on the product, as in cuDNN's form), one
// step for all texts of a batch, and the pooling of its states. u units, M = B n rows of tokens:
//
//   gx[M,3u]      x W^T + b        | reset | update | new |   of every token, made beforehand
//   gh[B,3u]      h U^T            | reset | update | new |   of the step before, 0 at the first
//   gates[M,4u]   kept             | r     | z      | new | gh's part of new |
//
//   r, z = sigmoid(gx + gh)    new = tanh(gx + r gh)    h' = (1 - z) new + z h
//
// A text that has no token at a step keeps its state there, so that either direction starts from 0.
import { sigmoid4, tanh4 } from './lanes';

/** states[., t] of every text from states[., from]; `gh` is 0 at the first step, where there is none. */
export function recurrentForward(
  gx: usize,
  gh: usize,
  states: usize,
  gates: usize,
  lengths: usize,
  t: i32,
  from: i32,
  B: i32,
  n: i32,
  u: i32,
): void {
  const row = (<usize>u) << 2,
    zero = f32x4.splat(0),
    one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    const at = <usize>(b * n + t);
    const h = states + at * row;
    const previous = states + <usize>(b * n + from) * row;
    if (t >= i32.load(lengths + ((<usize>b) << 2))) {
      if (gh) memory.copy(h, previous, row);
      else memory.fill(h, 0, row);
    } else {
      const x = gx + at * 3 * row,
        g = gh + <usize>b * 3 * row,
        kept = gates + at * 4 * row;
      for (let j: usize = 0; j < row; j += 16) {
        const r = sigmoid4(f32x4.add(v128.load(x + j), gh ? v128.load(g + j) : zero));
        const z = sigmoid4(f32x4.add(v128.load(x + row + j), gh ? v128.load(g + row + j) : zero));
        const product = gh ? v128.load(g + 2 * row + j) : zero;
        const fresh = tanh4(f32x4.add(v128.load(x + 2 * row + j), f32x4.mul(r, product)));
        const old = gh ? v128.load(previous + j) : zero;
        v128.store(kept + j, r);
        v128.store(kept + row + j, z);
        v128.store(kept + 2 * row + j, fresh);
        v128.store(kept + 3 * row + j, product);
        v128.store(h + j, f32x4.add(f32x4.mul(f32x4.sub(one, z), fresh), f32x4.mul(z, old)));
      }
    }
  }
}

/**
 * dgx[., t] and dgh[., t] from dstates[., t] and what the step after this one hands down: `carry`[B,u]
 * past its gates, `product`[B,u] through its U (0 at the last step). `carry` then holds this step's
 * own. At the first step (`first`) dgh is 0: its state was.
 */
export function recurrentBackward(
  dstates: usize,
  product: usize,
  carry: usize,
  states: usize,
  gates: usize,
  dgx: usize,
  dgh: usize,
  lengths: usize,
  t: i32,
  from: i32,
  first: i32,
  B: i32,
  n: i32,
  u: i32,
): void {
  const row = (<usize>u) << 2,
    zero = f32x4.splat(0),
    one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    const at = <usize>(b * n + t);
    const dh = dstates + at * row,
      down = product + <usize>b * row,
      c = carry + <usize>b * row;
    const kept = gates + at * 4 * row,
      previous = states + <usize>(b * n + from) * row;
    const dx = dgx + at * 3 * row,
      dg = dgh + at * 3 * row;
    const isText = t < i32.load(lengths + ((<usize>b) << 2));
    if (!isText || first) memory.fill(dg, 0, 3 * row);
    if (!isText) memory.fill(dx, 0, 3 * row);
    for (let j: usize = 0; j < row; j += 16) {
      let d = v128.load(dh + j);
      if (product) d = f32x4.add(f32x4.add(d, v128.load(c + j)), v128.load(down + j));
      if (!isText) {
        v128.store(c + j, d);
        continue;
      }
      const r = v128.load(kept + j),
        z = v128.load(kept + row + j),
        fresh = v128.load(kept + 2 * row + j);
      const old = first ? zero : v128.load(previous + j);
      const dFresh = f32x4.mul(f32x4.mul(d, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(fresh, fresh)));
      const dz = f32x4.mul(f32x4.mul(d, f32x4.sub(old, fresh)), f32x4.mul(z, f32x4.sub(one, z)));
      const dr = f32x4.mul(f32x4.mul(dFresh, v128.load(kept + 3 * row + j)), f32x4.mul(r, f32x4.sub(one, r)));
      v128.store(dx + j, dr);
      v128.store(dx + row + j, dz);
      v128.store(dx + 2 * row + j, dFresh);
      if (!first) {
        v128.store(dg + j, dr);
        v128.store(dg + row + j, dz);
        v128.store(dg + 2 * row + j, f32x4.mul(dFresh, r));
      }
      v128.store(c + j, f32x4.mul(d, z));
    }
  }
}

/** y[B,2u]: the largest and the mean of a text's states; `winners`[B,u] says which step was largest. */
export function poolStates(
  states: usize,
  lengths: usize,
  y: usize,
  winners: usize,
  B: i32,
  n: i32,
  u: i32,
): void {
  const row = (<usize>u) << 2;
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    const share = f32x4.splat(1 / <f32>length);
    for (let j: usize = 0; j < row; j += 16) {
      let most = v128.load(states + j),
        sum = most,
        winner = i32x4.splat(0);
      for (let i = 1; i < length; i++) {
        const h = v128.load(states + <usize>i * row + j);
        const more = f32x4.gt(h, most);
        most = v128.bitselect(h, most, more);
        winner = v128.bitselect(i32x4.splat(i), winner, more);
        sum = f32x4.add(sum, h);
      }
      v128.store(y + j, most);
      v128.store(y + row + j, f32x4.mul(sum, share));
      v128.store(winners + j, winner);
    }
    states += <usize>n * row;
    y += 2 * row;
    winners += row;
  }
}

/** dstates[B,n,u] from dy[B,2u]. */
export function poolStatesBackward(
  dy: usize,
  lengths: usize,
  winners: usize,
  dstates: usize,
  B: i32,
  n: i32,
  u: i32,
): void {
  const row = (<usize>u) << 2,
    zero = f32x4.splat(0);
  for (let b = 0; b < B; b++) {
    const length = i32.load(lengths + ((<usize>b) << 2));
    const share = f32x4.splat(1 / <f32>length);
    for (let i = 0; i < n; i++) {
      for (let j: usize = 0; j < row; j += 16) {
        const mean = f32x4.mul(v128.load(dy + row + j), share);
        const isMost = i32x4.eq(v128.load(winners + j), i32x4.splat(i));
        const d = f32x4.add(mean, v128.and(v128.load(dy + j), isMost));
        v128.store(dstates + j, i < length ? d : zero);
      }
      dstates += row;
    }
    dy += 2 * row;
    winners += row;
  }
}
