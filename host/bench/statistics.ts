/** What many measurements of one thing say: quantiles, and how far chance may have moved the median. */

export interface Quantiles {
  p50: number;
  p95: number;
}

/** In the unit of the values. */
export interface Summary extends Quantiles {
  /** Ends of the 95 % confidence interval of the median. */
  low: number;
  high: number;
}

/** Nearest-rank quantiles. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) };
}

/** The value that this share of the sorted ones is at most. */
export function rank(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Standard deviations that hold 95 % of a normal distribution. */
const NORMAL_95 = 1.96;

/**
 * Quantiles and the median's confidence interval. The number of values below the true median is binomial
 * with p = 1/2, so the interval runs between the order statistics n/2 -+ 1.96 sqrt(n)/2, whatever the
 * distribution of the values (David and Nagaraja, Order Statistics, 7.1). Up to 5 values it is their range.
 */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const reach = (NORMAL_95 * Math.sqrt(count)) / 2;
  const low = sorted[Math.max(0, Math.floor(count / 2 - reach))];
  const high = sorted[Math.min(count - 1, Math.ceil(count / 2 + reach) - 1)];
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95), low, high };
}
