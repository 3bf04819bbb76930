/**
 * Encoded examples in length-bucketed batches.
 *
 * An epoch shuffles all examples, cuts them into chunks of BUCKET_BATCHES batches, sorts each chunk
 * by length, cuts it into batches, and shuffles those: texts of about the same length share a batch,
 * so little is padded, and the order is still random. Everything follows from (seed, epoch), and a
 * batch's token dropout from (seed, epoch, its number), so a run resumes at any batch at once.
 */
import { SpecialToken } from '../../assembly/format.ts';
import type { Batch as ModelBatch } from '../model.ts';
import { createRandom, hashKey, type Random } from '../random.ts';
import { segmentRows } from './segment-rows.ts';
import { shuffle } from './shuffle.ts';

const BUCKET_BATCHES = 50;
/** Padded lengths are multiples of this: fewer shapes, and whole vectors for the kernels. */
const LENGTH_STEP = 8;
/** Tells the dropout's random numbers apart from the order's. */
const DROPOUT_STREAM = 1;

export interface Example {
  /** [n] token ids, at least one. */
  ids: ArrayLike<number>;
  /** Index of the first token of the second text; n when there is none. */
  segmentStart: number;
  /** Class index. */
  label: number;
  /** A soft label, which is learned in place of the class: [C] probabilities. */
  shares?: readonly number[] | undefined;
  /** What it counts for in the loss; 1 unless given. */
  weight?: number;
}

/** What a model is given, and which examples it holds. */
export interface Batch extends ModelBatch {
  /** [B * width] 0 in padding. */
  segments: Int32Array;
  /** [B] indices into the list of examples that was given. */
  examples: Int32Array;
}

export interface BatchOptions {
  /** Examples a batch; the last one may have fewer. */
  size: number;
  seed: number;
  /** Counted from 0. */
  epoch: number;
  /** Number of the first batch to give; 0 unless a run goes on in the middle of an epoch. */
  from?: number;
  /** Probability with which a token is replaced by SpecialToken.Unknown; separators are kept. */
  tokenDropout?: number;
  /** Keep the examples' order, as evaluation wants: no shuffling, no buckets. */
  inOrder?: boolean;
}

/** How many batches an epoch has. */
export function batchCount(examples: number, size: number): number {
  return Math.ceil(examples / size);
}

/** The batches of one epoch, from batch `from` on. */
export function* makeBatches(examples: readonly Example[], options: BatchOptions): Generator<Batch> {
  const { size, seed, epoch, from = 0, tokenDropout = 0, inOrder = false } = options;
  const plan = inOrder ? cut(identity(examples.length), size) : planEpoch(examples, size, seed, epoch);
  for (let number = from; number < plan.length; number++) {
    const batch = pad(examples, plan[number]);
    if (tokenDropout > 0)
      dropTokens(batch, tokenDropout, createRandom(hashKey(seed, epoch, number, DROPOUT_STREAM)));
    yield batch;
  }
}

/** Which examples each batch of the epoch holds. */
function planEpoch(examples: readonly Example[], size: number, seed: number, epoch: number): Int32Array[] {
  const random = createRandom(hashKey(seed, epoch));
  const order = shuffle(identity(examples.length), random);
  const plan = cut(order, size * BUCKET_BATCHES).flatMap((chunk) => {
    // Sorting is stable, so equal lengths keep their random order.
    chunk.sort((a, b) => examples[a].ids.length - examples[b].ids.length);
    return cut(chunk, size);
  });
  return shuffle(plan, random);
}

function identity(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

function cut(indices: Int32Array, size: number): Int32Array[] {
  const parts: Int32Array[] = [];
  for (let at = 0; at < indices.length; at += size) parts.push(indices.subarray(at, at + size));
  return parts;
}

function pad(examples: readonly Example[], chosen: Int32Array): Batch {
  const size = chosen.length;
  let longest = 1;
  for (const index of chosen) longest = Math.max(longest, examples[index].ids.length);
  const width = Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP;
  const batch: Batch = {
    size,
    width,
    ids: new Int32Array(size * width).fill(SpecialToken.Pad),
    lengths: new Int32Array(size),
    segments: new Int32Array(size * width),
    labels: new Int32Array(size),
    shares: Array.from(chosen, (index) => examples[index].shares),
    weights: Float64Array.from(chosen, (index) => examples[index].weight ?? 1),
    examples: Int32Array.from(chosen),
  };
  for (let row = 0; row < size; row++) {
    const { ids, segmentStart, label } = examples[chosen[row]];
    batch.ids.set(ids, row * width);
    batch.lengths[row] = ids.length;
    // Of the texts as they are: what dropout takes away afterwards is still known to be shared.
    batch.segments.set(segmentRows(ids, segmentStart), row * width);
    batch.labels[row] = label;
  }
  return batch;
}

function dropTokens(batch: Batch, probability: number, random: Random): void {
  for (let row = 0; row < batch.size; row++) {
    const start = row * batch.width;
    for (let at = start; at < start + batch.lengths[row]; at++) {
      if (random.uniform() < probability && batch.ids[at] !== SpecialToken.Separator) {
        batch.ids[at] = SpecialToken.Unknown;
      }
    }
  }
}
