/**
 * IEEE 754 half floats, in which a token's scale is stored.
 *
 *   half    s eeeee mmmmmmmmmm                   exponent bias 15
 *   single  s eeeeeeee mmmmmmmmmmmmmmmmmmmmmmm   exponent bias 127
 */
const scratch = new DataView(new ArrayBuffer(4));

/** Bits of the half float nearest to `value`, ties to even; too large becomes infinity. */
export function halfFromFloat(value: number): number {
  scratch.setFloat32(0, value);
  const single = scratch.getUint32(0);
  const sign = (single >>> 16) & 0x8000;
  const exponent = (single >>> 23) & 0xff;
  const mantissa = single & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const halfExponent = exponent - 127 + 15;
  if (halfExponent >= 0x1f) return sign | 0x7c00;
  // Normal numbers lose 13 bits; subnormal ones more, and their leading 1 becomes explicit.
  if (halfExponent > 0) return sign | roundOff((halfExponent << 23) | mantissa, 13);
  const lost = 14 - halfExponent;
  return lost > 24 ? sign : sign | roundOff(mantissa | 0x800000, lost);
}

/** Drops the low `count` bits, rounding to nearest, ties to even; a carry into the exponent is right. */
function roundOff(bits: number, count: number): number {
  const half = 1 << (count - 1);
  const kept = bits >>> count;
  const rest = bits & (2 * half - 1);
  return rest > half || (rest === half && kept & 1) ? kept + 1 : kept;
}

/** The value of a half float, exact in single precision. */
export function floatFromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent ? sign * (1024 + mantissa) * 2 ** (exponent - 25) : sign * mantissa * 2 ** -24;
}
