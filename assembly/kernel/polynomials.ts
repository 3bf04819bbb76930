/**
 * Coefficients of the two polynomials that stand in for exp and ln in every build (docs/arithmetic.md).
 * Compiled by both compilers, so it holds constants only. Minimax fits (Remez), rounded to single.
 */

/**
 * 2^r = 1 + r (EXP_1 + r (EXP_2 + ...)) on [-1/2, 1/2]; relative error 4.4e-7. Evaluated in single, with
 * the reduction of the argument, exp is good to 5.3e-7 above -1 and to 3.9e-6 at its end, -60.
 */
export const EXP_0 = 1.0;
export const EXP_1 = 0.693142831325531;
export const EXP_2 = 0.24022351205348969;
export const EXP_3 = 0.05557400360703468;
export const EXP_4 = 0.009666282683610916;
export const EXP_5 = 0.0011125507298856974;

/** 2^x = e^(x / EXP_LOG2E). */
export const EXP_LOG2E = 1.44269504088896341;
/** Adding 1.5 * 2^23 leaves no bits for the fraction: the sum's low bits are the rounded integer. */
export const EXP_ROUNDER = 12582912.0;
/** exp is not computed below: denormals would cost far more than they say. */
export const EXP_LEAST = -60.0;
/** The same for powers of two, of which softmax makes integers below 2^15: this is one of its zeros. */
export const POWER_LEAST = -60.0;

/**
 * ln((1 + u) / (1 - u)) = 2u (1 + v (LN_1 + v (LN_2 + v LN_3))), v = u^2, for m = (1 + u) / (1 - u) in
 * [sqrt(1/2), sqrt(2)]; relative error 8.1e-10. Evaluated in single, ln is good to 2.3e-7.
 */
export const LN_0 = 1.0;
export const LN_1 = 0.3333338797092438;
export const LN_2 = 0.19988784193992615;
export const LN_3 = 0.14935535192489624;

export const LN_OF_2 = 0.693147180559945;
/** m is brought into [sqrt(1/2), sqrt(2)] by halving what is above. */
export const LN_MOST = 1.41421356;
