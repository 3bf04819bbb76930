/** The larger of floats: only something greater replaces the largest so far, so a NaN never does. */

export function larger(a: f32, b: f32): f32 {
  return a < b ? b : a;
}

/** In the same way: only something less replaces `a`. */
export function smaller(a: f32, b: f32): f32 {
  return b < a ? b : a;
}

/** The largest of four lanes. Without NaN in them, the order in which they meet can't matter. */
export function largestLane(lanes: v128): f32 {
  return larger(
    larger(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    larger(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}
