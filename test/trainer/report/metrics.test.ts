/** What is written down while a run goes on, read back, and how far probabilities can be believed. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Example } from '../../../trainer/data/batches.ts';
import type { Model } from '../../../trainer/model.ts';
import {
  appendMetrics,
  heldOutMetrics,
  METRICS_FILE,
  type MetricsLine,
  readMetrics,
} from '../../../trainer/report/metrics.ts';
import { reliability } from '../../../trainer/report/reliability.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'beex-metrics-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Gives each text the logits that its first token names, the second exit their negatives. */
function modelThatSays(table: number[][]): Model {
  return {
    config: { blocks: 2, classes: table[0].length },
    logits: ({ size, width, ids }: { size: number; width: number; ids: Int32Array }) => {
      const first = Array.from({ length: size }, (_, row) => table[ids[row * width]]).flat();
      return [Float32Array.from(first), Float32Array.from(first, (x) => -x)];
    },
  } as unknown as Model;
}

const example = (id: number, label: number): Example => ({ ids: [id], segmentStart: 1, label });

describe('held-out metrics', () => {
  const table = [
    [0, Math.log(3)], // 1/4, 3/4
    [Math.log(9), 0], // 9/10, 1/10
  ];

  test('scores, losses and entropies of every exit, over more than one batch', () => {
    const examples = Array.from({ length: 100 }, (_, i) => example(i % 2, 1));
    const found = heldOutMetrics(modelThatSays(table), examples, 'accuracy');
    expect(found.calibration).toEqual([0.5, 0.5]);
    expect(found.calibrationLoss[0]).toBeCloseTo(-(Math.log(3 / 4) + Math.log(1 / 10)) / 2, 6);
    expect(found.calibrationLoss[1]).toBeCloseTo(-(Math.log(1 / 4) + Math.log(9 / 10)) / 2, 6);
    const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    const [low, , high] = found.calibrationEntropy[0];
    expect(low).toBeCloseTo(entropy(0.9), 6);
    expect(high).toBeCloseTo(entropy(0.75), 6);
  });

  test('the quantiles are those of a tenth, half and nine tenths', () => {
    const spread = Array.from({ length: 100 }, (_, i) => [0, 6 - i * 0.06]);
    const examples = spread.map((_, i) => example(i, 0));
    const [low, half, high] = heldOutMetrics(modelThatSays(spread), examples, 'accuracy')
      .calibrationEntropy[0];
    const entropies = spread.map(([, b]) => {
      const p = 1 / (1 + Math.exp(-b));
      return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    });
    expect(entropies.filter((e) => e < low - 1e-9)).toHaveLength(10);
    expect(entropies.filter((e) => e < half - 1e-9)).toHaveLength(50);
    expect(entropies.filter((e) => e < high - 1e-9)).toHaveLength(90);
  });
});

describe('metrics.jsonl', () => {
  const line = (done: number, loss: number): MetricsLine => ({
    stage: 'task',
    step: done,
    done,
    loss,
    accuracy: [0.5],
  });

  test('steps that a resumed run did again count as they were done last', () => {
    for (const [done, loss] of [
      [10, 0.7],
      [20, 0.6],
      [30, 0.5],
      [20, 0.61],
      [30, 0.52],
      [40, 0.4],
    ]) {
      appendMetrics(folder, line(done, loss));
    }
    expect(readMetrics(folder)).toEqual([line(10, 0.7), line(20, 0.61), line(30, 0.52), line(40, 0.4)]);
  });

  test('a line that a crash cut short is passed over', () => {
    appendFileSync(join(folder, METRICS_FILE), '{"stage":"task","step":5');
    expect(readMetrics(folder)).toHaveLength(4);
    writeFileSync(join(folder, METRICS_FILE), '');
    expect(readMetrics(folder)).toEqual([]);
    expect(readMetrics(join(folder, 'nothing'))).toEqual([]);
  });
});

describe('reliability', () => {
  test('is the distance of probability and truth, weighed by texts', () => {
    // Three texts said 0.91 of which two are right, one said 0.62 and is right.
    const { bins, error } = reliability([0.91, 0.91, 0.91, 0.62], [true, false, true, true], 2);
    expect(bins.map(({ texts }) => texts)).toEqual([1, 3]);
    expect(bins[1].probability).toBeCloseTo(0.91, 12);
    expect(bins[1].right).toBeCloseTo(2 / 3, 12);
    expect(bins[1].interval.low).toBeLessThan(2 / 3);
    expect(error).toBeCloseTo((3 * (0.91 - 2 / 3) + (1 - 0.62)) / 4, 12);
  });

  test('is perfect where shares are what was said', () => {
    const said = Array.from({ length: 100 }, () => 0.75);
    expect(
      reliability(
        said,
        said.map((_, i) => i < 75),
        2,
      ).error,
    ).toBeCloseTo(0, 12);
  });

  test('takes certainty, a coin and three classes', () => {
    expect(reliability([1, 0.5], [true, false], 2).bins.map(({ texts }) => texts)).toEqual([1, 1]);
    expect(reliability([1 / 3, 1], [true, true], 3).bins).toHaveLength(2);
    expect(reliability([1, 1], [true, false], 1).error).toBeCloseTo(0.5, 12);
  });
});
