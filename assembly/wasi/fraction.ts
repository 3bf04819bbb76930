/**
 * Digits of a fraction, no more than are needed to name it: Steele and White's fixed-point printout (1990). A float
 * below 1 is a number of 224 bits behind the point, so that all of it is exact and no table is needed.
 *
 *   limb   7         6          5                       0
 *        ┌─────────┬──────────┬──────────┬─ ─ ─ ─ ─┬──────────┐
 *        │ a digit │ 2^-1 ... │          │         │ ... -224 │     u32 each, times 10 for each digit
 *        └─────────┴──────────┴──────────┴─ ─ ─ ─ ─┴──────────┘
 */
import { writeByte } from './streams';

const LIMBS: i32 = 8;
const DIGIT: usize = 28;
const FRACTION_BITS: i32 = 224;
/** What is left to be written. */
const REST: usize = memory.data(32, 8);
/** Half the distance to the next double: nearer than this, digits name the same double. */
const GAP: usize = memory.data(32, 8);

/** Exponents of f32 are stored with 127 more; its mantissa has 23 bits, that of f64 29 more. */
const MANTISSA_BITS: i32 = 23;
const BIAS: i32 = 127;
const DOUBLE_MANTISSA_BITS: i32 = 52;
const LEAST_EXPONENT: i32 = -149;

const ZERO: i32 = 0x30;

/** Writes what stands behind the point of a value above 0: its fraction, which isn't 0. */
export function writeFraction(value: f32, fraction: f32): void {
  let bits: i32 = reinterpret<i32>(fraction);
  const exponent = bits >> MANTISSA_BITS;
  let mantissa = bits & ((1 << MANTISSA_BITS) - 1);
  if (exponent > 0) mantissa |= 1 << MANTISSA_BITS;
  place(REST, mantissa, FRACTION_BITS - BIAS - MANTISSA_BITS + max(exponent, 1));
  place(GAP, 1, FRACTION_BITS + gapExponent(value));
  while (writeDigit()) {}
}

/** The gap is a power of two; below a power of two, doubles are twice as dense. */
function gapExponent(value: f32): i32 {
  const bits: i32 = reinterpret<i32>(value);
  const exponent = bits >> MANTISSA_BITS;
  if (exponent == 0) return LEAST_EXPONENT - DOUBLE_MANTISSA_BITS - 2;
  const isPower = (bits & ((1 << MANTISSA_BITS) - 1)) == 0;
  return exponent - BIAS - DOUBLE_MANTISSA_BITS - 1 - i32(isPower);
}

function place(number: usize, bits: u64, at: i32): void {
  for (let i = 0; i < LIMBS; i++) store<u32>(number + ((<usize>i) << 2), 0);
  store<u64>(number + ((<usize>at >> 5) << 2), bits << (at & 31));
}

/** Whether more are to follow. */
function writeDigit(): bool {
  timesTen(REST);
  timesTen(GAP);
  const digit = load<u32>(REST, DIGIT);
  store<u32>(REST, 0, DIGIT);
  let sum: i64 = 0;
  let difference: i64 = 0;
  for (let i = 0; i < LIMBS; i++) {
    const rest: i64 = load<u32>(REST + ((<usize>i) << 2));
    const gap: i64 = load<u32>(GAP + ((<usize>i) << 2));
    sum = rest + gap + (sum >> 32);
    difference = rest - gap + (difference >> 32);
  }
  const canEnd = difference < 0;
  const canEndAbove = sum != 0;
  const isUpper = load<u32>(REST, DIGIT - 4) >> 31 != 0;
  writeByte(ZERO + digit + i32(canEndAbove && (isUpper || !canEnd)));
  return !canEnd && !canEndAbove;
}

function timesTen(number: usize): void {
  let carry: u64 = 0;
  for (let i = 0; i < LIMBS; i++) {
    const at = number + ((<usize>i) << 2);
    carry += <u64>load<u32>(at) * 10;
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
}
