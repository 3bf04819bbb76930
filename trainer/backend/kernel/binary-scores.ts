// Signs of queries and keys, for scores that a popcount could give. A row of qkv[M,3d], as attention has it:
//
//   | q: head 0 | head 1 | .. | k: head 0 | .. | v: head 0 | .. |     e = d / heads floats a head
//
// becomes s_h sign(q), sign(k) and v, s_h being scale[heads].
import { fallOf, heightOf, mulAdd, signOf, sum4, surrogate } from './lanes';

/** out[M,3d] */
export function signScoresForward(qkv: usize, scale: usize, out: usize, M: i32, heads: i32, e: i32): void {
  const head = (<usize>e) << 2;
  const values = <usize>heads * head;
  for (let i = 0; i < M; i++) {
    for (let part = 0; part < 2 * heads; part++) {
      const s = f32x4.splat(scaleOf(scale, part, heads));
      for (let c: usize = 0; c < head; c += 16) v128.store(out + c, f32x4.mul(s, signOf(v128.load(qkv + c))));
      qkv += head;
      out += head;
    }
    memory.copy(out, qkv, values);
    qkv += values;
    out += values;
  }
}

/** dqkv[M,3d] and dscale[heads] from dy[M,3d]. */
export function signScoresBackward(
  dy: usize,
  qkv: usize,
  scale: usize,
  dqkv: usize,
  dscale: usize,
  M: i32,
  heads: i32,
  e: i32,
  clipped: i32,
): void {
  const head = (<usize>e) << 2;
  const values = <usize>heads * head;
  const height = heightOf(clipped),
    fall = fallOf(clipped);
  memory.fill(dscale, 0, (<usize>heads) << 2);
  for (let i = 0; i < M; i++) {
    for (let part = 0; part < 2 * heads; part++) {
      const s = f32x4.splat(scaleOf(scale, part, heads));
      let sum = f32x4.splat(0);
      for (let c: usize = 0; c < head; c += 16) {
        const x = v128.load(qkv + c);
        const g = v128.load(dy + c);
        sum = mulAdd(g, signOf(x), sum);
        v128.store(dqkv + c, f32x4.mul(f32x4.mul(g, s), surrogate(x, height, fall)));
      }
      if (part < heads) {
        const total = dscale + ((<usize>part) << 2);
        f32.store(total, f32.load(total) + sum4(sum));
      }
      dy += head;
      qkv += head;
      dqkv += head;
    }
    memory.copy(dqkv, dy, values);
    dy += values;
    qkv += values;
    dqkv += values;
  }
}

/** Of a head's queries its scale, of its keys 1: `part` counts the heads of q, then those of k. */
function scaleOf(scale: usize, part: i32, heads: i32): f32 {
  return part < heads ? f32.load(scale + ((<usize>part) << 2)) : 1;
}
