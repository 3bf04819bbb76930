/**
 * The scores that GLUE uses, as fractions. `predicted` and `expected` hold class indices, one an
 * example, and are equally long; with no examples at all a score is 0.
 */
import type { MetricName } from './record.ts';

export type Classes = ArrayLike<number>;

export interface Interval {
  low: number;
  high: number;
}

/** A metric's value; where the metric is a pair, `f1` is its second part. */
export interface Score {
  score: number;
  f1?: number;
}

export function score(metric: MetricName, predicted: Classes, expected: Classes): Score {
  if (metric === 'matthews') return { score: matthews(predicted, expected) };
  if (metric === 'accuracy+f1') return { score: accuracy(predicted, expected), f1: f1(predicted, expected) };
  return { score: accuracy(predicted, expected) };
}

/** What always naming the most frequent class of `expected` scores. */
export function majorityScore(metric: MetricName, expected: Classes): Score {
  return score(metric, new Int32Array(expected.length).fill(majorityClass(expected)), expected);
}

/** The most frequent class; the lowest of those that tie. */
export function majorityClass(expected: Classes): number {
  const counts = countClasses(expected, classCount(expected));
  return Math.max(0, counts.indexOf(Math.max(...counts)));
}

export function accuracy(predicted: Classes, expected: Classes): number {
  checkLengths(predicted, expected);
  let right = 0;
  for (let i = 0; i < expected.length; i++) if (predicted[i] === expected[i]) right++;
  return expected.length === 0 ? 0 : right / expected.length;
}

/** F1 of one class, by default 1, the positive one of two. 0 where the class occurs on neither side. */
export function f1(predicted: Classes, expected: Classes, positive = 1): number {
  checkLengths(predicted, expected);
  let both = 0;
  let either = 0;
  for (let i = 0; i < expected.length; i++) {
    const named = predicted[i] === positive;
    const is = expected[i] === positive;
    if (named && is) both++;
    either += Number(named) + Number(is);
  }
  return either === 0 ? 0 : (2 * both) / either;
}

/** The mean of every class's F1, over the classes that occur on either side. */
export function macroF1(predicted: Classes, expected: Classes): number {
  const seen = [...new Set([...Array.from(predicted), ...Array.from(expected)])];
  if (seen.length === 0) return 0;
  return seen.reduce((sum, kind) => sum + f1(predicted, expected, kind), 0) / seen.length;
}

/**
 * Matthews correlation for any number of classes (Gorodkin 2004): the covariance of prediction and
 * truth over the root of the product of their variances. 0 where either is constant.
 */
export function matthews(predicted: Classes, expected: Classes): number {
  checkLengths(predicted, expected);
  const n = expected.length;
  const kinds = Math.max(classCount(predicted), classCount(expected));
  const named = countClasses(predicted, kinds);
  const are = countClasses(expected, kinds);
  const right = accuracy(predicted, expected) * n;
  let cross = 0;
  let namedSquares = 0;
  let areSquares = 0;
  for (let k = 0; k < kinds; k++) {
    cross += named[k] * are[k];
    namedSquares += named[k] ** 2;
    areSquares += are[k] ** 2;
  }
  const spread = (n * n - namedSquares) * (n * n - areSquares);
  return spread === 0 ? 0 : (right * n - cross) / Math.sqrt(spread);
}

/** Wilson's interval for a share of `right` in `n` trials; z = 1.96 is 95 %. */
export function wilson(right: number, n: number, z = 1.96): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const share = right / n;
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}

/** Wilson's 95 % interval of the accuracy: chance alone moves it that far on so many examples. */
export function accuracyInterval(predicted: Classes, expected: Classes): Interval {
  const n = expected.length;
  return wilson(Math.round(accuracy(predicted, expected) * n), n);
}

/** [expected, predicted] how many examples of a class were given which class, over `classes` classes. */
export function confusion(predicted: Classes, expected: Classes, classes: number): number[][] {
  checkLengths(predicted, expected);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < expected.length; i++) counts[expected[i]][predicted[i]]++;
  return counts;
}

function classCount(classes: Classes): number {
  let most = -1;
  for (let i = 0; i < classes.length; i++) most = Math.max(most, classes[i]);
  return most + 1;
}

function countClasses(classes: Classes, kinds: number): number[] {
  const counts = new Array<number>(kinds).fill(0);
  for (let i = 0; i < classes.length; i++) counts[classes[i]]++;
  return counts;
}

function checkLengths(predicted: Classes, expected: Classes): void {
  if (predicted.length !== expected.length) {
    throw new RangeError(`${predicted.length} predictions for ${expected.length} examples`);
  }
}
