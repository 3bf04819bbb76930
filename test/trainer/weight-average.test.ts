/** The mean of weights over steps, and its going on from a checkpoint. */
import { expect, test } from 'vitest';
import { WeightAverage } from '../../trainer/weight-average.ts';

test('is the mean of the samples, also when it goes on from saved ones', () => {
  const samples = [2, 4, 9].map((x) => ({ w: Float32Array.of(x, -x) }));
  const average = new WeightAverage();
  for (const sample of samples.slice(0, 2)) average.add(sample);
  expect(average.count).toBe(2);
  expect([...average.means['w']]).toEqual([3, -3]);
  const resumed = new WeightAverage(average.count, { w: average.means['w'].slice() });
  resumed.add(samples[2]);
  expect([...resumed.means['w']]).toEqual([5, -5]);
});
