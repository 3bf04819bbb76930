/** The linear baseline learns what a linear model can, the same every time. */
import { expect, test } from 'vitest';
import { trainBagOfWords } from '../../trainer/data/bag-of-words.ts';
import type { TextRecord } from '../../trainer/data/record.ts';

const WORDS: Record<string, string[]> = {
  fruit: ['apple', 'pear', 'plum', 'cherry'],
  tool: ['hammer', 'saw', 'drill', 'wrench'],
  beast: ['lion', 'wolf', 'bear', 'lynx'],
};
const labels = Object.keys(WORDS);
const records: TextRecord[] = labels.flatMap((label) =>
  WORDS[label].flatMap((word) =>
    ['I saw the', 'there is a', 'give me one'].map((start) => ({ text: `${start} ${word}`, label })),
  ),
);

test('words decide the class, in sentences never seen', () => {
  const model = trainBagOfWords(records, labels);
  for (const [index, label] of labels.entries()) {
    for (const word of WORDS[label]) expect(model.predict({ text: `no ${word} here` })).toBe(index);
  }
});

test('pairs of words: not good is not good', () => {
  const texts: TextRecord[] = [
    { text: 'good', label: 'yes' },
    { text: 'not bad', label: 'yes' },
    { text: 'bad', label: 'no' },
    { text: 'not good', label: 'no' },
  ];
  const model = trainBagOfWords(texts, ['no', 'yes'], { epochs: 100 });
  expect(texts.map((record) => model.predict(record))).toEqual([1, 1, 0, 0]);
});

test('of a pair it sees what is shared', () => {
  const names = ['Ann', 'Bob', 'Cyd', 'Dan', 'Eve', 'Fay'];
  const pairs: TextRecord[] = names.flatMap((name, i) => [
    { text: `${name} left`, pair: `${name} left`, label: 'same' },
    { text: `${name} left`, pair: `${names[(i + 1) % names.length]} stayed`, label: 'other' },
  ]);
  const model = trainBagOfWords(pairs, ['other', 'same'], { epochs: 20 });
  expect(model.predict({ text: 'Gus slept', pair: 'Gus slept' })).toBe(1);
  expect(model.predict({ text: 'Gus slept', pair: 'Hal woke' })).toBe(0);
});

test('the same seed gives the same model, and an unknown text some class', () => {
  const probe = records.map((record) => ({ text: `${record.text} hammer pear` }));
  const run = () => {
    const model = trainBagOfWords(records, labels, { seed: 5 });
    return probe.map((record) => model.predict(record));
  };
  expect(run()).toEqual(run());
  expect(labels[trainBagOfWords(records, labels).predict({ text: '' })]).toBeDefined();
});
