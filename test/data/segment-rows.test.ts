/** Rows of the segment's embedding: those of A and B, and others where both have the token. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpecialToken } from '../../assembly/format.ts';
import { makeBatches } from '../../trainer/data/batches.ts';
import { segmentRows } from '../../trainer/data/segment-rows.ts';
import { segmentRow } from '../reference/embedding.ts';

const { Pad, Unknown, Separator, Mask } = SpecialToken;

test('a token that the other text has too is told apart, special ones are not', () => {
  const a = [10, Unknown, 11, 10, Mask, Separator];
  const b = [12, 10, Unknown, Separator, Pad, Mask];
  expect([...segmentRows([...a, ...b], a.length)]).toEqual([2, 0, 0, 2, 0, 0, 1, 3, 1, 1, 1, 1]);
});

test('within one text nothing is shared', () => {
  expect([...segmentRows([10, 10, Separator, 10], 4)]).toEqual([0, 0, 0, 0]);
});

test('as the reference has it, whatever the tokens', () => {
  const id = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(fc.array(id, { minLength: 1, maxLength: 24 }), fc.nat(24), (ids, at) => {
      const start = Math.min(at, ids.length);
      expect([...segmentRows(ids, start)]).toEqual(ids.map((_, i) => segmentRow(ids, i, start)));
    }),
  );
});

test('a token that dropout took away is still known to be shared', () => {
  const example = { ids: [10, Separator, 10, 11], segmentStart: 2, label: 0 };
  const options = { size: 1, seed: 1, epoch: 0, tokenDropout: 1 };
  const [batch] = makeBatches([example], options);
  expect([...batch.ids.subarray(0, 4)]).toEqual([Unknown, Separator, Unknown, Unknown]);
  expect([...batch.segments.subarray(0, 4)]).toEqual([2, 0, 3, 1]);
});
