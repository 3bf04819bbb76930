/** sum4 of docs/arithmetic.md: four accumulators, element i into number i mod 4, then (0 + 1) + (2 + 3). */

/** Adds up the four accumulators in a vector's lanes. */
export function addLanes(sums: v128): f32 {
  const low = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
  return low + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
}

/** The same of four vectors at once, their sums side by side. */
export function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 2, 6), v128.shuffle<f32>(a, b, 1, 5, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 2, 6), v128.shuffle<f32>(c, d, 1, 5, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** sum4 of a_i * b_i over `length` floats, a multiple of 4. */
export function dot(a: usize, b: usize, length: i32): f32 {
  const end = a + (length << 2);
  if (ASC_FEATURE_SIMD) {
    let sums = f32x4.splat(0);
    for (; a < end; a += 16) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(a), v128.load(b)));
      b += 16;
    }
    return addLanes(sums);
  } else {
    let sum0: f32 = 0;
    let sum1: f32 = 0;
    let sum2: f32 = 0;
    let sum3: f32 = 0;
    for (; a < end; a += 16) {
      sum0 += load<f32>(a) * load<f32>(b);
      sum1 += load<f32>(a, 4) * load<f32>(b, 4);
      sum2 += load<f32>(a, 8) * load<f32>(b, 8);
      sum3 += load<f32>(a, 12) * load<f32>(b, 12);
      b += 16;
    }
    return sum0 + sum1 + (sum2 + sum3);
  }
}

/** sum4 of `length` floats, a multiple of 4; the SIMD builds' norm has its own. */
export function sum(a: usize, length: i32): f32 {
  const end = a + (length << 2);
  let sum0: f32 = 0;
  let sum1: f32 = 0;
  let sum2: f32 = 0;
  let sum3: f32 = 0;
  for (; a < end; a += 16) {
    sum0 += load<f32>(a);
    sum1 += load<f32>(a, 4);
    sum2 += load<f32>(a, 8);
    sum3 += load<f32>(a, 12);
  }
  return sum0 + sum1 + (sum2 + sum3);
}
