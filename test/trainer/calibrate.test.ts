/** Operating points on made-up traces whose best thresholds can be told by eye. */
import { describe, expect, test } from 'vitest';
import { PolicyKind } from '../../assembly/format.ts';
import { calibrate, type Trace } from '../../trainer/calibrate.ts';
import { accuracy } from '../../trainer/data/metrics.ts';

const trace = (label: number, predictions: number[], entropies: number[]): Trace => ({
  label,
  predictions,
  entropies,
  operations: predictions.map((_, exit) => 100 * (exit + 1)),
});

// Sure and right at exit 1; unsure there, right only at the end; sure at first and spoilt by depth.
const easy = Array.from({ length: 40 }, () => trace(1, [1, 1, 1], [0.1, 0.1, 0.1]));
const hard = Array.from({ length: 20 }, () => trace(0, [1, 1, 0], [0.6, 0.6, 0.3]));
const overthought = Array.from({ length: 10 }, () => trace(1, [1, 1, 0], [0.2, 0.2, 0.5]));

const point = (traces: Trace[], name: string) => {
  const found = calibrate(traces, 2, accuracy).find((each) => each.name === name);
  if (!found) throw new Error(`no point ${name}`);
  return found;
};

describe('calibrate', () => {
  test('balanced lets the easy ones go and keeps the hard ones', () => {
    const balanced = point([...easy, ...hard], 'balanced');
    expect(balanced.score).toBe(1);
    expect(balanced.meanOperations).toBeCloseTo((40 * 100 + 20 * 300) / 60, 9);
    expect(balanced.kind).toBe(PolicyKind.EntropyFraction);
  });

  test('accurate beats full depth where depth spoils answers', () => {
    const traces = [...easy, ...hard, ...overthought];
    const accurate = point(traces, 'accurate');
    expect(accurate.score).toBe(1);
    const fullDepth = accuracy(
      traces.map(({ predictions }) => predictions[2]),
      traces.map(({ label }) => label),
    );
    expect(accurate.score).toBeGreaterThan(fullDepth);
  });

  test('fast may lose one point and no more', () => {
    const one = [trace(0, [1, 1, 0], [0.3, 0.3, 0.3])];
    const many = Array.from({ length: 199 }, () => trace(1, [1, 1, 1], [0.1, 0.1, 0.1]));
    const fast = point([...one, ...many], 'fast');
    expect(fast.meanOperations).toBe(100);
    expect(fast.score).toBe(0.995);
  });

  test('the first point, which is the default, is balanced', () => {
    expect(calibrate(easy, 2, accuracy).map(({ name }) => name)).toEqual(['balanced', 'accurate', 'fast']);
  });

  test('thresholds are finite, so that they survive JSON', () => {
    for (const { thresholds } of calibrate([...easy, ...hard], 2, accuracy)) {
      expect([...thresholds].every(Number.isFinite)).toBe(true);
    }
  });

  test('works with one exit and with one class', () => {
    const single = [trace(0, [0], [0])];
    for (const { score } of calibrate(single, 1, accuracy)) expect(score).toBe(1);
  });

  test('no examples are refused', () => {
    expect(() => calibrate([], 2, accuracy)).toThrow(RangeError);
  });
});
