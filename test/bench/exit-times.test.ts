/** Exit times of texts, by a clock that the test turns. */
import { expect, test } from 'vitest';
import { exitTimes } from '../../host/bench/index.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';

test('every text has a time for each exit, from its start, in microseconds; the median of its rounds', async () => {
  const model = await load(writeModel(randomModel(1, { blocks: 3 })));
  // Each look at the clock is a millisecond later than the last, and the third run is slow.
  let looks = 0;
  let time = 0;
  const now = () => {
    looks++;
    time += looks > 8 && looks <= 12 ? 50 : 1;
    return time;
  };
  const told: number[] = [];
  const times = exitTimes(model.core, ['the lamp', 'a green river'], 3, (done) => told.push(done), now);
  expect(times).toEqual([
    [1000, 2000, 3000],
    [1000, 2000, 3000],
  ]);
  expect(told).toEqual([1, 2]);
  expect(exitTimes(model.core, [])).toEqual([]);
  model.dispose();
});
