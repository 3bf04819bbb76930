/** Targets of one's own on made-up traces whose best thresholds can be told by eye. */
import { describe, expect, test } from 'vitest';
import { PolicyKind } from '../../assembly/format.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { calibrateTarget, type Target } from '../../trainer/calibrate-target.ts';
import { accuracy } from '../../trainer/data/metrics.ts';
import { evaluate, trace } from '../../trainer/evaluate.ts';
import type { Trace } from '../../trainer/thresholds.ts';
import { randomModel } from '../support/random-model.ts';
import { toyRecords } from './toy.ts';

const recorded = (label: number, predictions: number[], entropies: number[], timed = true): Trace => ({
  label,
  predictions,
  entropies,
  operations: predictions.map((_, exit) => 100 * (exit + 1)),
  ...(timed ? { microseconds: predictions.map((_, exit) => 10 * (exit + 1)) } : {}),
});

// 60 that exit 1 knows and is sure of; 30 that only exit 3 knows; 10 that exit 2 and 3 know.
const texts = (timed = true): Trace[] => [
  ...Array.from({ length: 60 }, () => recorded(1, [1, 1, 1], [0.1, 0.1, 0.1], timed)),
  ...Array.from({ length: 30 }, () => recorded(0, [1, 1, 0], [0.6, 0.55, 0.3], timed)),
  ...Array.from({ length: 10 }, () => recorded(0, [1, 0, 0], [0.6, 0.2, 0.1], timed)),
];
const reach = (target: Target, traces = texts()) => calibrateTarget(traces, 2, accuracy, target, 'mine');

describe('calibrateTarget', () => {
  test('within: the fewest operations at no more than that loss', () => {
    const none = reach({ within: 0 });
    expect(none).toMatchObject({ met: true, fullDepth: { score: 1, operations: 1 } });
    expect(none.reached.score).toBe(1);
    expect(none.reached.operations).toBeCloseTo((60 * 1 + 10 * 2 + 30 * 3) / 300, 12);
    // Then exit 3 need not be reached.
    const some = reach({ within: 0.3 });
    expect(some.reached.score).toBe(0.7);
    expect(some.reached.operations).toBeCloseTo((60 * 1 + 40 * 2) / 300, 12);
    const much = reach({ within: 0.5 });
    expect(much.reached).toMatchObject({ score: 0.6 });
    expect(much.reached.operations).toBeCloseTo(1 / 3, 12);
  });

  test('operations: the best score for at most that share', () => {
    const { met, reached, point } = reach({ operations: 0.5 });
    expect(met).toBe(true);
    expect(reached.score).toBe(0.7);
    expect(reached.operations).toBeLessThanOrEqual(0.5);
    expect(point).toMatchObject({ name: 'mine', kind: PolicyKind.EntropyFraction, score: 0.7 });
    expect(reach({ operations: 1 }).reached.score).toBe(1);
  });

  test('p95: the best score with at most 5 of 100 texts slower', () => {
    expect(reach({ p95: 30 }).reached).toMatchObject({ score: 1, p95: 30 });
    expect(reach({ p95: 29 }).reached).toMatchObject({ score: 0.7, p95: 20 });
    expect(reach({ p95: 10 }).reached).toMatchObject({ score: 0.6, p95: 10 });
  });

  test('a target that leaves only exit 1 stops there whatever the entropy', () => {
    const { point } = reach({ operations: 0.34 });
    expect(point.kind).toBe(PolicyKind.EntropyFraction);
    expect(point.thresholds[0]).toBeLessThan(-1e6);
    expect([...point.thresholds].every(Number.isFinite)).toBe(true);
  });

  test('several at once must all hold', () => {
    expect(reach({ within: 0.3, operations: 0.5, p95: 20 })).toMatchObject({
      met: true,
      reached: { score: 0.7, p95: 20 },
    });
    expect(reach({ within: 0, operations: 0.5 }).met).toBe(false);
  });

  test('what is out of reach comes back as near as it gets', () => {
    const { met, reached } = reach({ operations: 0.2 });
    expect(met).toBe(false);
    expect(reached.operations).toBeCloseTo(1 / 3, 12);
    expect(reach({ p95: 3 })).toMatchObject({ met: false, reached: { p95: 10 } });
  });

  test('without times there is no p95, and none can be asked for', () => {
    expect(reach({ within: 0 }, texts(false)).reached.p95).toBeUndefined();
    expect(() => reach({ p95: 5 }, texts(false))).toThrow(/measured/);
    expect(() => reach({ within: 0 }, [])).toThrow(RangeError);
  });
});

test('the core leaves where the chosen thresholds say, on models of random weights', async () => {
  for (const [seed, classes] of [
    [3, 2],
    [4, 3],
    [5, 5],
  ]) {
    const parts = randomModel(seed, { blocks: 3, classes });
    const records = toyRecords(150, seed).map((record, i) => ({
      ...record,
      label: parts.labels[i % classes],
    }));
    const model = await load(writeModel(parts));
    const traces = trace(model, records, parts.labels);
    for (const operations of [0.4, 0.5, 0.6, 0.7, 0.8]) {
      const { point, reached } = calibrateTarget(traces, classes, accuracy, { operations }, 'mine');
      const file = writeModel({ ...parts, policies: [point] });
      const chosen = await load(file);
      const { score, operations: spent } = evaluate(chosen, {
        task: 'toy',
        metric: 'accuracy',
        labels: parts.labels,
        records,
        policy: 'mine',
      });
      chosen.dispose();
      expect(score).toBeCloseTo(reached.score, 12);
      expect(1 - spent.reduction).toBeCloseTo(reached.operations, 9);
    }
    model.dispose();
  }
});
