/** Batches: every example once, padded as said, the same again from the same seed, resumable. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpecialToken } from '../../assembly/format.ts';
import { type Batch, batchCount, type Example, makeBatches } from '../../trainer/data/batches.ts';
import { segmentRows } from '../../trainer/data/segment-rows.ts';

/** Example i holds ids 10 + i, so that rows can be told apart; every other one is a pair. */
function makeExamples(lengths: number[]): Example[] {
  return lengths.map((length, index) => {
    const ids = new Uint16Array(length).fill(10 + index);
    const isPair = index % 2 === 1 && length > 2;
    if (isPair) ids[1] = SpecialToken.Separator;
    return { ids, segmentStart: isPair ? 2 : length, label: index % 3 };
  });
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 300 });
const size = fc.integer({ min: 1, max: 9 });
const seed = fc.integer({ min: 0, max: 2 ** 31 });
const epoch = fc.integer({ min: 0, max: 5 });

test('every example comes once an epoch, whole, padded to a multiple of 8', () => {
  fc.assert(
    fc.property(lengths, size, seed, epoch, (lengths, size, seed, epoch) => {
      const examples = makeExamples(lengths);
      const batches = [...makeBatches(examples, { size, seed, epoch })];
      expect(batches.length).toBe(batchCount(examples.length, size));
      const seen = batches.flatMap((batch) => [...batch.examples]).sort((a, b) => a - b);
      expect(seen).toEqual(examples.map((_, index) => index));
      for (const batch of batches) checkBatch(batch, examples);
    }),
    { numRuns: 60 },
  );
});

function checkBatch(batch: Batch, examples: Example[]): void {
  expect(batch.ids.length).toBe(batch.size * batch.width);
  expect(batch.width % 8).toBe(0);
  expect(batch.width - Math.max(...batch.lengths)).toBeLessThan(8);
  batch.examples.forEach((index, row) => {
    const { ids, segmentStart, label } = examples[index];
    const padding = new Array(batch.width - ids.length).fill(SpecialToken.Pad);
    expect([...batch.ids.subarray(row * batch.width, (row + 1) * batch.width)]).toEqual([
      ...Array.from(ids),
      ...padding,
    ]);
    expect([...batch.segments.subarray(row * batch.width, (row + 1) * batch.width)]).toEqual([
      ...segmentRows(ids, segmentStart),
      ...padding.map(() => 0),
    ]);
    expect([batch.lengths[row], batch.labels[row]]).toEqual([ids.length, label]);
  });
}

test('started at batch k they are the tail of the whole epoch, dropout included', () => {
  fc.assert(
    fc.property(lengths, size, seed, epoch, fc.nat(40), (lengths, size, seed, epoch, from) => {
      const options = { size, seed, epoch, tokenDropout: 0.3 };
      const examples = makeExamples(lengths);
      const all = [...makeBatches(examples, options)];
      expect([...makeBatches(examples, { ...options, from })]).toEqual(all.slice(from));
    }),
    { numRuns: 40 },
  );
});

test('another epoch or seed has another order', () => {
  const examples = makeExamples(Array.from({ length: 200 }, (_, i) => 1 + (i % 30)));
  const order = (seed: number, epoch: number) =>
    [...makeBatches(examples, { size: 8, seed, epoch })].flatMap((batch) => [...batch.examples]);
  expect(order(1, 0)).toEqual(order(1, 0));
  expect(order(1, 1)).not.toEqual(order(1, 0));
  expect(order(2, 0)).not.toEqual(order(1, 0));
});

test('buckets: hardly any padding, and batches not in order of length', () => {
  const examples = makeExamples(Array.from({ length: 3200 }, (_, i) => 1 + ((i * 7919) % 64)));
  const batches = [...makeBatches(examples, { size: 32, seed: 1, epoch: 0 })];
  const padded = batches.reduce((sum, batch) => sum + batch.ids.length, 0);
  const real = examples.reduce((sum, example) => sum + example.ids.length, 0);
  expect(real / padded).toBeGreaterThan(0.85);
  const widths = batches.map((batch) => batch.width);
  expect(widths).not.toEqual([...widths].sort((a, b) => a - b));
});

test('in order: as evaluation wants it', () => {
  const batches = [
    ...makeBatches(makeExamples([5, 1, 9, 2, 3]), { size: 2, seed: 1, epoch: 0, inOrder: true }),
  ];
  expect(batches.map((batch) => [...batch.examples])).toEqual([[0, 1], [2, 3], [4]]);
  expect(batches.map((batch) => batch.width)).toEqual([8, 16, 8]);
});

test('token dropout replaces about its share by [UNK], never a separator, never padding', () => {
  const examples = makeExamples(Array.from({ length: 400 }, () => 25));
  const batches = [...makeBatches(examples, { size: 20, seed: 3, epoch: 0, tokenDropout: 0.2 })];
  let dropped = 0;
  for (const batch of batches) {
    batch.examples.forEach((index, row) => {
      const ids = batch.ids.subarray(row * batch.width, (row + 1) * batch.width);
      ids.forEach((id, at) => {
        const before = at < 25 ? examples[index].ids[at] : SpecialToken.Pad;
        if (id === before) return;
        expect(id).toBe(SpecialToken.Unknown);
        expect([SpecialToken.Separator, SpecialToken.Pad]).not.toContain(before);
        dropped++;
      });
    });
  }
  const tokens = 400 * 25 - 200;
  expect(dropped / tokens).toBeGreaterThan(0.18);
  expect(dropped / tokens).toBeLessThan(0.22);
});
