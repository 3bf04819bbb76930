/** Near-duplicates: the quick way finds what comparing every pair finds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearDuplicates } from '../../cli/start/near-duplicates.ts';
import { shingles } from './shingles.ts';

function everyPair(texts: string[], threshold: number): [number, number][] {
  const sets = texts.map(shingles);
  const pairs: [number, number][] = [];
  for (let b = 0; b < texts.length; b++) {
    for (let a = 0; a < b; a++) {
      const both = [...sets[a]].filter((shingle) => sets[b].has(shingle)).length;
      if (both > 0 && both / (sets[a].size + sets[b].size - both) >= threshold) pairs.push([a, b]);
    }
  }
  return pairs;
}

test('case and punctuation do not count; a short text is like itself, an empty one like none', () => {
  const texts = ['One, two; THREE', 'one two three', 'Hello there!', 'hello (there)', 'hello', '', ' ... '];
  expect(nearDuplicates(texts)).toEqual([
    [0, 1],
    [2, 3],
  ]);
});

test('a mail that is changed a little is one, another on the same matter is none', () => {
  const mail =
    'lose ten pounds in ten days with our new tea it works while you sleep or your money back call now';
  const texts = [
    mail,
    mail.replace('ten pounds', 'nine pounds'),
    `dear friend ${mail}`,
    'our new tea is brewed slowly and served hot',
  ];
  expect(nearDuplicates(texts)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});

test('all pairs that comparing everything finds, and no others', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const text = fc.array(word, { maxLength: 14 }).map((words) => words.join(' '));
  const ascending = (pairs: [number, number][]) => pairs.sort((x, y) => x[1] - y[1] || x[0] - y[0]);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), fc.constantFrom(0.3, 0.5, 0.8, 1), (texts, threshold) => {
      expect(ascending(nearDuplicates(texts, threshold))).toEqual(everyPair(texts, threshold));
    }),
    { numRuns: 100 },
  );
});
