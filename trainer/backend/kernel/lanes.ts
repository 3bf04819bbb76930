// Small helpers over four float lanes.

export function sum4(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

export function max4(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** a * b + c, rounded twice. */
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** +1 where the sign bit is clear, -1 where it is set. */
export function signOf(x: v128): v128 {
  return v128.or(f32x4.splat(1), v128.and(f32x4.lt(x, f32x4.splat(0)), i32x4.splat(0x80000000)));
}

/**
 * The surrogate derivative of sign: `height` - `fall` |u| where |u| < 1, otherwise 0. Both are 2, for
 * 2 - 2|u|, or 1 and 0 where it is clipped. Numbers rather than a branch, which was slower.
 */
export function surrogate(u: v128, height: v128, fall: v128): v128 {
  const size = f32x4.abs(u);
  return v128.and(f32x4.lt(size, f32x4.splat(1)), f32x4.sub(height, f32x4.mul(fall, size)));
}

export function heightOf(clipped: i32): v128 {
  return f32x4.splat(clipped ? 1 : 2);
}

export function fallOf(clipped: i32): v128 {
  return f32x4.splat(clipped ? 0 : 2);
}

/** e^x, Cephes' polynomial; relative error below 2e-7 on [-60, 88]. */
export function exp4(x0: v128): v128 {
  const x = f32x4.max(f32x4.min(x0, f32x4.splat(88)), f32x4.splat(-60));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = mulAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = mulAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = mulAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = mulAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = mulAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(mulAdd(f32x4.mul(p, r), r, r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}

export function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

export function tanh4(x: v128): v128 {
  const e = exp4(f32x4.mul(f32x4.splat(-2), x));
  return f32x4.sub(f32x4.div(f32x4.splat(2), f32x4.add(f32x4.splat(1), e)), f32x4.splat(1));
}

/** Stores the transpose of the 4x4 matrix of rows a, b, c, d; `row` bytes from row to row. */
export function turnFour(a: v128, b: v128, c: v128, d: v128, o: usize, row: usize): void {
  const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5),
    ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5),
    cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(o, i64x2.shuffle(ab0, cd0, 0, 2));
  v128.store(o + row, i64x2.shuffle(ab0, cd0, 1, 3));
  v128.store(o + 2 * row, i64x2.shuffle(ab1, cd1, 0, 2));
  v128.store(o + 3 * row, i64x2.shuffle(ab1, cd1, 1, 3));
}
