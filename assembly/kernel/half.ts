/** Half floats, exact in single. */

/** The float of the half in the lower 16 bits: 1 sign, 5 exponent, 10 fraction. */
export function halfToFloat(half: u32): f32 {
  const sign = (half & 0x8000) << 16;
  const magnitude = half & 0x7fff;
  // Infinity and NaN: the largest exponent stays the largest.
  if (magnitude >= 0x7c00) return reinterpret<f32>(sign | 0x7f800000 | (magnitude << 13));
  if (magnitude >= 0x0400) return reinterpret<f32>(sign | ((magnitude << 13) + ((127 - 15) << 23)));
  // Subnormal: a multiple of 2^-24.
  const value = <f32>magnitude * reinterpret<f32>((127 - 24) << 23);
  return reinterpret<f32>(sign | reinterpret<u32>(value));
}
