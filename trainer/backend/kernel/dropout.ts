// Dropout whose mask is a hash of (key, index): the same on every backend, see trainer/random.ts.

/** v with dropped lanes zero and kept ones scaled; lane l is element index + l. */
export function dropped(v: v128, index: i32, key: i32, threshold: i32, keep: f32): v128 {
  if (!threshold) return v;
  const lane = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3));
  let h = i32x4.add(i32x4.mul(lane, i32x4.splat(0x9e3779b1)), i32x4.splat(key));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  h = i32x4.shr_u(v128.xor(h, i32x4.shr_u(h, 16)), 8);
  return v128.and(f32x4.mul(v, f32x4.splat(keep)), i32x4.ge_s(h, i32x4.splat(threshold)));
}

/** out = dropout(x) over n elements; its own backward pass when given dy. */
export function dropout(x: usize, out: usize, n: i32, key: i32, threshold: i32, keep: f32): void {
  for (let i = 0; i < n; i += 4) {
    v128.store(out, dropped(v128.load(x), i, key, threshold, keep));
    x += 16;
    out += 16;
  }
}
