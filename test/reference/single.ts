/**
 * Single-precision arithmetic, rounding after every operation: the sums, exp and ln of
 * docs/arithmetic.md. Everything in this folder is written to be read, not to be fast.
 */
import * as polynomial from '../../assembly/kernel/polynomials.ts';

/** Rounds to single: put around every single operation. */
export const f = Math.fround;

const word = new DataView(new ArrayBuffer(4));

function bitsOf(x: number): number {
  word.setFloat32(0, x);
  return word.getInt32(0);
}

function floatOf(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}

/** Four accumulators, element i into number i mod 4; then (0 + 1) + (2 + 3). */
export function sum4(values: ArrayLike<number>): number {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) sums[i % 4] = f(sums[i % 4] + values[i]);
  return f(f(sums[0] + sums[1]) + f(sums[2] + sums[3]));
}

/** One accumulator, in order. */
export function chain(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum = f(sum + values[i]);
  return sum;
}

/** The largest that is a number; -Infinity where none is. */
export function largest(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}

/** Coefficients from the constant one upwards. */
const EXP_COEFFICIENTS = [
  polynomial.EXP_0,
  polynomial.EXP_1,
  polynomial.EXP_2,
  polynomial.EXP_3,
  polynomial.EXP_4,
  polynomial.EXP_5,
].map(f);
const LN_COEFFICIENTS = [polynomial.LN_0, polynomial.LN_1, polynomial.LN_2, polynomial.LN_3].map(f);

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => f(f(sum * x) + coefficient));
}

const ROUNDER = f(polynomial.EXP_ROUNDER);

/** e^x for x <= 0, as the core approximates it. */
export function exp(x: number): number {
  const isLow = Number.isNaN(x) || x < polynomial.EXP_LEAST;
  return power(f((isLow ? polynomial.EXP_LEAST : x) * f(polynomial.EXP_LOG2E)), 0);
}

/** 2^(z + k), as the core approximates it. */
export function power(z: number, k: number): number {
  const rounder = f(ROUNDER + k);
  const t = f(z + rounder);
  const r = f(z - f(t - rounder));
  return floatOf(bitsOf(horner(EXP_COEFFICIENTS, r)) + (bitsOf(t) << 23));
}

/** The nearest integer, ties to even, of a magnitude below 2^22. */
export function nearest(x: number): number {
  return f(f(x + ROUNDER) - ROUNDER);
}

/** ln x for x >= 1, as the core approximates it. */
export function ln(x: number): number {
  let k = (bitsOf(x) >> 23) - 127;
  let m = floatOf((bitsOf(x) & 0x7fffff) | 0x3f800000);
  if (m > f(polynomial.LN_MOST)) {
    m = f(m * 0.5);
    k += 1;
  }
  const u = f(f(m - 1) / f(m + 1));
  const v = f(u * u);
  return f(f(k * f(polynomial.LN_OF_2)) + f(f(u * 2) * horner(LN_COEFFICIENTS, v)));
}

/** The float of 16 bits: sign, 5 bits of exponent, 10 of fraction. */
export function halfToSingle(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
