/** Scores, against sums done by hand. */
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  accuracyInterval,
  confusion,
  f1,
  macroF1,
  majorityScore,
  matthews,
  score,
  wilson,
} from '../../trainer/data/metrics.ts';

//                 TP TP TP FN FP TN TN TN
const expected = [1, 1, 1, 1, 0, 0, 0, 0];
const predicted = [1, 1, 1, 0, 1, 0, 0, 0];

test('accuracy', () => {
  expect(accuracy(predicted, expected)).toBe(6 / 8);
  expect(accuracy([], [])).toBe(0);
  expect(() => accuracy([1], [1, 0])).toThrow(RangeError);
});

test('F1 of class 1, of another class, and of one that nowhere occurs', () => {
  expect(f1([1, 1, 1, 0], [1, 0, 0, 1])).toBe(2 / 5); // precision 1/3, recall 1/2
  expect(f1([1, 1, 1, 0], [1, 0, 0, 1], 0)).toBe(0);
  expect(f1([0, 0], [0, 0])).toBe(0);
});

test('macro F1 is the mean over the classes that occur', () => {
  // class 0: 2/3, class 1: 1/2, class 2: 1
  expect(macroF1([0, 0, 1, 1, 2], [0, 1, 1, 3, 2])).toBeCloseTo((2 / 3 + 1 / 2 + 1 + 0) / 4, 12);
});

describe('Matthews correlation', () => {
  test('two classes: (TP TN - FP FN) / root of the product of the margins', () => {
    expect(matthews(predicted, expected)).toBeCloseTo((3 * 3 - 1 * 1) / Math.sqrt(4 * 4 * 4 * 4), 12);
    expect(matthews([1, 0], [0, 1])).toBe(-1);
    expect(matthews([1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 0, 0])).toBeCloseTo(
      (4 * 1 - 1 * 0) / Math.sqrt(5 * 4 * 2 * 1),
      12,
    );
  });

  test('three classes', () => {
    // s = 6, c = 4; expected counts 2 2 2, predicted 3 2 1: (24 - 12) / sqrt((36 - 14) (36 - 12))
    expect(matthews([0, 0, 1, 1, 2, 0], [0, 0, 1, 2, 2, 1])).toBeCloseTo(12 / Math.sqrt(22 * 24), 12);
  });

  test('0 where either side is constant', () => {
    expect(matthews([1, 1, 1], [1, 0, 1])).toBe(0);
    expect(matthews([1, 0, 1], [1, 1, 1])).toBe(0);
  });
});

test('the majority class by every metric; the lowest wins a tie', () => {
  expect(majorityScore('accuracy', [0, 1, 1, 2])).toEqual({ score: 0.5 });
  expect(majorityScore('matthews', [0, 1, 1])).toEqual({ score: 0 });
  expect(majorityScore('accuracy+f1', [0, 1, 1, 1])).toEqual({ score: 0.75, f1: 6 / 7 });
  expect(majorityScore('accuracy+f1', [0, 1])).toEqual({ score: 0.5, f1: 0 });
  expect(majorityScore('accuracy', [])).toEqual({ score: 0 });
});

test('score picks the metric', () => {
  expect(score('accuracy+f1', predicted, expected)).toEqual({ score: 0.75, f1: 0.75 });
  expect(score('matthews', predicted, expected).score).toBeCloseTo(0.5, 12);
});

test("Wilson's interval", () => {
  const { low, high } = wilson(8, 10); // worked out by hand: centre 0.7166, half width 0.2263
  expect(low).toBeCloseTo(0.4902, 4);
  expect(high).toBeCloseTo(0.9433, 4);
  expect(wilson(0, 10).low).toBe(0);
  expect(wilson(10, 10).high).toBe(1);
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
});

test('the interval of an accuracy is that of its share of right answers', () => {
  expect(accuracyInterval(predicted, expected)).toEqual(wilson(6, 8));
});

test('confusion has a row for what is and a column for what was said, classes that never occur too', () => {
  expect(confusion([0, 0, 1, 2], [0, 1, 1, 0], 4)).toEqual([
    [1, 0, 1, 0],
    [1, 1, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(() => confusion([1], [1, 0], 2)).toThrow(RangeError);
});
