/** All builds, with every kernel, give the reference's logits, entropies and exits to the last bit. */
import { describe, expect, it } from 'vitest';
import { PolicyKind, RowKind } from '../../assembly/format.ts';
import type { Dimensions } from '../../host/model-file/parts.ts';
import { randomModel, randomSource } from '../support/random-model.ts';
import { expectSameBits, openAll, wordsOf } from './builds.ts';

type Shape = Omit<Dimensions, 'vocabulary'> & { rowKind: RowKind };

const BITS = RowKind.Bits;
const INT8 = RowKind.Int8;

/** Head widths 16 (an odd block of rows) to 128, K from one chunk of bytes to several, each class count. */
const SHAPES: Shape[] = [
  { hidden: 64, slfn: 64, blocks: 1, heads: 1, classes: 1, tokens: 1, segments: 1, rowKind: BITS },
  { hidden: 64, slfn: 128, blocks: 2, heads: 4, classes: 2, tokens: 9, segments: 2, rowKind: INT8 },
  { hidden: 128, slfn: 256, blocks: 4, heads: 4, classes: 2, tokens: 32, segments: 1, rowKind: BITS },
  { hidden: 128, slfn: 64, blocks: 3, heads: 1, classes: 3, tokens: 13, segments: 2, rowKind: BITS },
  { hidden: 192, slfn: 384, blocks: 2, heads: 4, classes: 5, tokens: 22, segments: 1, rowKind: INT8 },
  { hidden: 256, slfn: 512, blocks: 2, heads: 4, classes: 4, tokens: 40, segments: 2, rowKind: BITS },
  { hidden: 320, slfn: 192, blocks: 1, heads: 5, classes: 2, tokens: 7, segments: 1, rowKind: INT8 },
  {
    hidden: 64,
    slfn: 64,
    blocks: 2,
    heads: 1,
    classes: 2,
    tokens: 1,
    segments: 1,
    rowKind: BITS,
    recurrence: 1,
  },
  {
    hidden: 128,
    slfn: 256,
    blocks: 4,
    heads: 4,
    classes: 2,
    tokens: 32,
    segments: 2,
    rowKind: BITS,
    recurrence: 1,
  },
  {
    hidden: 192,
    slfn: 128,
    blocks: 2,
    heads: 4,
    classes: 3,
    tokens: 21,
    segments: 1,
    rowKind: INT8,
    recurrence: 1,
  },
  // Binary scores: heads of a whole word of signs, of less, of one and a half.
  ...[
    { hidden: 64, slfn: 64, blocks: 2, heads: 1, classes: 2, tokens: 1, segments: 1, rowKind: BITS },
    { hidden: 64, slfn: 128, blocks: 2, heads: 4, classes: 3, tokens: 19, segments: 2, rowKind: INT8 },
    { hidden: 192, slfn: 64, blocks: 1, heads: 2, classes: 2, tokens: 33, segments: 1, rowKind: BITS },
    { hidden: 256, slfn: 512, blocks: 2, heads: 4, classes: 4, tokens: 40, segments: 2, rowKind: BITS },
  ].map((shape) => ({ ...shape, binaryScores: 1 })),
];

function nameOf(shape: Shape): string {
  const { hidden, slfn, blocks, heads, classes, tokens, segments, rowKind } = shape;
  const { recurrence, binaryScores } = shape;
  return `d ${hidden} f ${slfn} L ${blocks} h ${heads} C ${classes} n ${tokens}, ${segments} segment(s), ${RowKind[rowKind]}${recurrence ? ', recurrence' : ''}${binaryScores ? ', binary scores' : ''}`;
}

describe.each(SHAPES.map((shape, i) => ({ name: nameOf(shape), shape, seed: i + 1 })))(
  '$name',
  ({ shape, seed }) => {
    const parts = randomModel(seed, shape);
    const instances = openAll(parts);
    const random = randomSource(1000 + seed);
    const full = { kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(shape.blocks) };
    const lengths = [...new Set([1, 2, Math.ceil(shape.tokens / 2), shape.tokens - 1, shape.tokens])];

    it.each(lengths.filter((length) => length > 0))('%i tokens', (length) => {
      const text = wordsOf(parts, random, length);
      expect(expectSameBits(instances, parts, text, full)).toHaveLength(shape.blocks);
    });

    if (shape.segments === 2) {
      it('pairs of texts that share no token, some, and all', () => {
        const [a, b] = [wordsOf(parts, random, 2), wordsOf(parts, random, 1)];
        for (const pair of [
          [a, wordsOf(parts, random, 3)],
          [a, `${b} ${a}`],
          [`${b} ${b}`, b],
          [a, ''],
        ] as const) {
          expect(expectSameBits(instances, parts, pair, full)).toHaveLength(shape.blocks);
        }
      });
    }

    it('the same words where the rows of most come behind exit 1', () => {
      const { rareTokens } = randomModel(seed, { ...shape, rare: 0.7 });
      const text = wordsOf(parts, random, shape.tokens);
      expectSameBits(openAll({ ...parts, rareTokens }), parts, text, full);
    });

    it('an empty text, and one that is cut', () => {
      expectSameBits(instances, parts, '', full);
      expectSameBits(instances, parts, wordsOf(parts, random, shape.tokens + 5), full);
    });
  },
);
