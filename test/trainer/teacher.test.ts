/** What a teacher says of a text: votes are weighed as documented, and ratings are evidence. */
import { expect, test } from 'vitest';
import type { Classifier } from '../../host/node/index.ts';
import type { BagOfWords } from '../../trainer/data/bag-of-words.ts';
import { combine, softLabels, weakBagOfWords } from '../../trainer/teacher.ts';

/** Stands for a model that says the same of every text. */
const saying = (yes: number) =>
  ({ classify: () => ({ probabilities: [1 - yes, yes] }) }) as unknown as Classifier;
const bag = (yes: number): BagOfWords => ({
  probabilities: () => Float64Array.of(1 - yes, yes),
  predict: () => 0,
});
const says = (yes: number) => [1 - yes, yes];
const odds = ([no, yes]: ArrayLike<number> & Iterable<number>) => yes / no;

test("one model's word is passed on", () => {
  expect(combine([says(0.9)], undefined, undefined)[1]).toBeCloseTo(0.9, 9);
  expect(combine([], says(0.2), undefined)[1]).toBeCloseTo(0.2, 9);
});

test('models share one vote, the bag of words has 0.7', () => {
  const label = combine([says(0.8), says(0.5)], says(0.6), undefined);
  expect(odds(label)).toBeCloseTo(4 ** 0.5 * 1.5 ** 0.7, 9);
  expect(label[0] + label[1]).toBeCloseTo(1, 12);
});

test('a rating is odds of three', () => {
  expect(odds(combine([says(0.5)], undefined, 1))).toBeCloseTo(3, 9);
  expect(odds(combine([says(0.5)], undefined, 0))).toBeCloseTo(1 / 3, 9);
});

test('certainty that was rounded stays finite', () => {
  const label = combine([says(1)], says(0), undefined);
  expect(label.every((share) => share > 0 && share < 1)).toBe(true);
});

test('a labelled text outweighs weak ones that contradict it', () => {
  const labelled = [{ text: 'grim', label: 'yes' }];
  const weak = Array.from({ length: 3 }, () => ({ text: 'grim', label: 'no' }));
  const model = weakBagOfWords(labelled, weak, ['no', 'yes']);
  expect(model.predict({ text: 'grim' })).toBe(1);
});

test('models and a bag of words label texts in their order, ratings beside', async () => {
  const teacher = { models: [saying(0.5)], runs: [], bagOfWords: bag(0.5) };
  const [plain, rated] = await softLabels(teacher, [{ text: 'x' }, { text: 'y', rating: 1 }]);
  expect(odds(plain)).toBeCloseTo(1, 9);
  expect(odds(rated)).toBeCloseTo(3, 9);
});
