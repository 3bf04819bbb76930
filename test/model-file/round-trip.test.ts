import { describe, expect, it } from 'vitest';
import { RowKind } from '../../assembly/format.ts';
import { readModel, readVocabulary, writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import { type RandomModelOptions, randomModel } from '../support/random-model.ts';

const shapes: RandomModelOptions[] = [
  {},
  { hidden: 128, slfn: 64, blocks: 4, heads: 4, classes: 5, tokens: 33 },
  { segments: 2, tokens: 7, classes: 3 },
  { rowKind: RowKind.Int8, blocks: 1, heads: 1, tokens: 1, classes: 1 },
  { pieces: ['a'], normalizer: 3 },
  { rare: 0.6, tokens: 5 },
  { rare: 0.01, rowKind: RowKind.Int8, blocks: 1, segments: 2 },
  { rare: 1, hidden: 128 },
  { recurrence: 1 },
  { recurrence: 1, hidden: 128, blocks: 1, rowKind: RowKind.Int8, rare: 0.5, segments: 2 },
  { binaryScores: 1, heads: 4 },
  { binaryScores: 1, recurrence: 1, hidden: 192, heads: 3, segments: 2 },
  { labels: ['', 'größer als 東京 \u{1f600}'] },
];

describe('a model file', () => {
  it.each(shapes.map((shape, i) => [i, shape] as const))(
    'keeps every byte and number (%i)',
    (seed, shape) => {
      const parts = randomModel(seed, shape);
      const file = writeModel(parts);
      const again = readModel(file);
      expect(again).toEqual(parts);
      expect(writeModel(again)).toEqual(file);
    },
  );

  it('can be read from the middle of a larger buffer, at an odd address', () => {
    const file = writeModel(randomModel(7));
    const larger = new Uint8Array(file.length + 20);
    larger.set(file, 3);
    expect(readModel(larger.subarray(3, 3 + file.length))).toEqual(readModel(file));
  });

  it("leaves the caller's bytes alone, Node buffers too", () => {
    const file = writeModel(randomModel(7));
    const buffer = Buffer.from(file);
    readModel(buffer);
    expect(Buffer.compare(buffer, file)).toBe(0);
  });

  it('is the same for the same parts', () => {
    expect(writeModel(randomModel(1))).toEqual(writeModel(randomModel(1)));
    expect(writeModel(randomModel(1))).not.toEqual(writeModel(randomModel(2)));
  });
});

describe('a vocabulary file', () => {
  it('keeps pieces, normalizer and sizes', () => {
    const { pieces } = randomModel(3);
    const parts = { pieces, normalizer: 1, tokens: 32, segments: 2 };
    expect(readVocabulary(writeVocabulary(parts))).toEqual(parts);
  });

  it('is no model', () => {
    const { pieces } = randomModel(3);
    const file = writeVocabulary({ pieces, normalizer: 1, tokens: 32, segments: 2 });
    expect(() => readModel(file)).toThrow('config: the file holds only a vocabulary');
  });

  it('can be read out of a model', () => {
    const { pieces, normalizer, dimensions } = randomModel(3, { normalizer: 3, segments: 2 });
    const { tokens, segments } = dimensions;
    const file = writeModel(randomModel(3, { normalizer: 3, segments: 2 }));
    expect(readVocabulary(file)).toEqual({ pieces, normalizer, tokens, segments });
  });
});
