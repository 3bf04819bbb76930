/** What is held out for calibration leaves nothing of itself in training. */
import { expect, test } from 'vitest';
import type { TextRecord } from '../../trainer/data/record.ts';
import { holdOutCalibration } from '../../trainer/hold-out.ts';
import { toyRecords } from './toy.ts';

/** Sentences with phrases of theirs, as SST-2 has them. */
function nested(): TextRecord[] {
  return Array.from({ length: 60 }, (_, i) => {
    const label = i % 2 ? 'praise' : 'complaint';
    const words = `lamp${i} beside river${i} under bridge${i} behind garden${i} before window${i}`.split(' ');
    return [
      { text: words.join(' '), label },
      { text: words.slice(0, 5).join(' '), label },
      { text: words.slice(3).join(' '), label },
      // Too short to be grouped: the first is this sentence's own, the second is in all of them.
      { text: `beside ${words[2]}`, label },
      { text: 'beside', label },
    ];
  }).flat();
}

test('a sentence goes with its phrases, and stands for them', () => {
  const { train, calibration } = holdOutCalibration(nested(), 12, 1);
  expect(calibration).toHaveLength(12);
  for (const { text } of calibration) {
    expect(text.split(' ')).toHaveLength(9);
    const ownWord = text.split(' ')[4];
    expect(train.some((record) => record.text.split(' ').includes(ownWord))).toBe(false);
  }
  expect(train.filter(({ text }) => text === 'beside')).toHaveLength(60);
  expect(train).toHaveLength(5 * 60 - 4 * 12);
});

test('single texts are drawn where texts do not lie within one another', () => {
  const records = toyRecords(300, 1);
  const { train, calibration } = holdOutCalibration(records, 30, 1);
  expect(calibration).toHaveLength(30);
  const texts = new Set(train.map(({ text }) => text));
  for (const { text } of calibration) expect(texts.has(text)).toBe(false);
});

test('the seed decides, and pairs are held out too', () => {
  const pairs = toyRecords(200, 2).map((record, i) => ({ ...record, pair: `and number ${i}` }));
  const split = holdOutCalibration(pairs, 20, 1);
  expect(split.calibration.length).toBeGreaterThan(15);
  expect(split.train.length + split.calibration.length).toBe(200);
  expect(holdOutCalibration(pairs, 20, 1)).toEqual(split);
  expect(holdOutCalibration(pairs, 20, 2)).not.toEqual(split);
});
