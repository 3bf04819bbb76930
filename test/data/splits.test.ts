/** Splits: nothing lost, groups whole, labels in proportion, the same again. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextRecord } from '../../trainer/data/record.ts';
import { containmentGroups, holdOut, normalizedText, split } from '../../trainer/data/splits.ts';

/** Some texts come several times, in other case or punctuation. */
const records = fc.array(
  fc.record({
    text: fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('', '!', ' .'))
      .map(([n, end]) => `Text ${n}${end}`),
    label: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 1, maxLength: 200 },
);

test('no record is lost, none on two sides, and the same text is on one side', () => {
  fc.assert(
    fc.property(records, fc.integer(), (records, seed) => {
      const parts = split(records, { dev: 0.2, calibration: 0.1 }, { seed });
      const all = [...parts.rest, ...parts.dev, ...parts.calibration];
      expect(all.length).toBe(records.length);
      expect(new Set(all)).toEqual(new Set(records));
      const texts = Object.values(parts).map((part) => new Set(part.map(normalizedText)));
      for (const [i, one] of texts.entries()) {
        for (const other of texts.slice(i + 1))
          expect([...one].filter((text) => other.has(text))).toEqual([]);
      }
      expect(split(records, { dev: 0.2, calibration: 0.1 }, { seed })).toEqual(parts);
    }),
    { numRuns: 60 },
  );
});

test("the caller's groups are whole", () => {
  fc.assert(
    fc.property(records, fc.integer(), (records, seed) => {
      const key = (record: TextRecord) => Number(record.text.match(/\d+/)?.[0]) % 7;
      const [kept, held] = holdOut(records, 0.3, { seed, groupBy: key });
      const keys = new Set(kept.map(key));
      expect(held.filter((record) => keys.has(key(record)))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

const plain: TextRecord[] = Array.from({ length: 1000 }, (_, i) => ({
  text: `sentence number ${i}`,
  label: i % 4 === 0 ? 'rare' : 'common',
}));

test('parts have their size and the mix of labels; the order stays', () => {
  const { dev, calibration, rest } = split(plain, { dev: 0.1, calibration: 0.2 }, { seed: 7 });
  const rare = (part: TextRecord[]) => part.filter((record) => record.label === 'rare').length;
  expect([dev.length, calibration.length, rest.length]).toEqual([100, 200, 700]);
  expect([rare(dev), rare(calibration), rare(rest)]).toEqual([25, 50, 175]);
  expect(dev).toEqual([...dev].sort((a, b) => plain.indexOf(a) - plain.indexOf(b)));
});

test('another seed is another split; a number in place of a share', () => {
  const [, one] = holdOut(plain, 0.1, { seed: 1 });
  const [, two] = holdOut(plain, 100, { seed: 2 });
  expect([one.length, two.length]).toEqual([100, 100]);
  expect(one).not.toEqual(two);
});

test('strata other than labels', () => {
  const [, held] = holdOut(plain, 0.1, {
    seed: 1,
    stratumOf: (_, index) => (index < 100 ? 'early' : 'late'),
  });
  expect(held.filter((record) => plain.indexOf(record) < 100).length).toBe(10);
});

describe('containment', () => {
  test('a phrase joins every text that contains it word for word; short ones stay alone', () => {
    const texts = [
      'the old man walked slowly home in the rain',
      'walked slowly home in', // in 0
      'the dog walked slowly home in june', // shares that phrase
      'slowly home', // too short to tell
      'old man walked', // too short
      'the cat slept all day long',
      'slept all day long .', // in 5, but for punctuation
      'man walked slowly indeed today', // contained in none
    ];
    const groups = containmentGroups(texts.map((text) => ({ text, label: 'x' })));
    const same = (a: number, b: number) => groups[a] === groups[b];
    expect([same(0, 1), same(1, 2), same(0, 3), same(0, 4), same(5, 6), same(0, 5), same(0, 7)]).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
  });
});
