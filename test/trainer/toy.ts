/** A made-up task that a small model learns in seconds: does a sentence praise or complain? */
import type { TextRecord } from '../../trainer/data/record.ts';
import { createRandom } from '../../trainer/random.ts';
import type { TrainingData } from '../../trainer/run.ts';
import { DEFAULT_RECIPE, type Recipe, type Shape } from '../../trainer/settings.ts';

const THINGS = ['soup', 'train', 'garden', 'lamp', 'river', 'novel', 'bridge', 'melon', 'window', 'coat'];
const GOOD = ['lovely', 'splendid', 'bright', 'charming', 'graceful'];
const BAD = ['dreadful', 'broken', 'gloomy', 'tiresome', 'shabby'];

export const TOY_LABELS = ['complaint', 'praise'];
export const TOY_SHAPE: Shape = { hidden: 64, slfn: 64, blocks: 2, heads: 4, tokens: 16 };
export const TOY_RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  vocabularySize: 128,
  batchSize: 16,
  epochs: 8,
  settleEpochs: 0.5,
  averageShare: 0.25,
  learningRate: 3e-3,
};

export function toyRecords(count: number, seed: number): TextRecord[] {
  const random = createRandom(seed);
  const pick = (list: readonly string[]): string => list[random.below(list.length)];
  return Array.from({ length: count }, () => {
    const good = random.uniform() < 0.5;
    const word = pick(good ? GOOD : BAD);
    return {
      text: `the ${pick(THINGS)} near the ${pick(THINGS)} was ${word} and the ${pick(THINGS)} too`,
      label: TOY_LABELS[good ? 1 : 0],
    };
  });
}

export function toyData(): TrainingData {
  return {
    dataset: { name: 'toy', labels: TOY_LABELS, pair: false, metric: 'accuracy', train: toyRecords(320, 1) },
    calibration: toyRecords(64, 2),
  };
}
