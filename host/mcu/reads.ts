/** How many bytes of its model a device reads: only the rows of its tokens, and only the blocks that run. */
import { MAP_ENTRY_BYTES, RowKind } from '../../assembly/format.ts';
import type { ArrayField, ElementType } from '../model-file/layout.ts';
import { aligned, blockArrays, exitArrays } from '../model-file/layout.ts';
import type { Dimensions } from '../model-file/parts.ts';
import type { ModelFacts } from '../model-file/read.ts';

const ELEMENT_BYTES: Record<ElementType, number> = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, f16: 2, f32: 4 };

/**
 * Bytes that the flash build reads for an input of this many tokens. The tokenizer's reads come on top: for
 * each piece that it looks up a few heads of buckets, and one bucket.
 */
export interface Reads {
  /** Rows of tokens, with their entries of the map where some are rare, of positions and segments, and the norm's gamma and beta. */
  embedding: number;
  /** A block and its exit; every array of both, once, but for the keys' offsets, which softmax takes off again. */
  step: number;
  /** From the embedding to each exit. [L] */
  exits: number[];
}

export function predictReads(
  { dimensions, rowKind, rareTokens }: Pick<ModelFacts, 'dimensions' | 'rowKind' | 'rareTokens'>,
  tokens: number,
): Reads {
  const { hidden, segments, blocks, binaryScores } = dimensions;
  const mapEntry = rareTokens > 0 ? MAP_ENTRY_BYTES : 0;
  const tokenRow = mapEntry + 2 + (rowKind === RowKind.Bits ? hidden / 8 : hidden);
  const signedRow = 4 + hidden;
  const embedding = tokens * (tokenRow + segments * signedRow) + 2 * 4 * hidden;
  const keyOffsets = binaryScores ? 0 : 4 * hidden;
  const step = bytesOf(blockArrays(dimensions)) - keyOffsets + bytesOf(exitArrays(dimensions));
  return { embedding, step, exits: Array.from({ length: blocks }, (_, i) => embedding + (i + 1) * step) };
}

function bytesOf(arrays: readonly ArrayField[]): number {
  return arrays.reduce((sum, { type, length }) => sum + ELEMENT_BYTES[type] * length, 0);
}

/** Bytes of a block and its exit in the file, padding included. */
export function blockFileBytes(dimensions: Dimensions): number {
  return placesOf(blockArrays(dimensions)) + placesOf(exitArrays(dimensions));
}

/** The same with the gap behind each. */
function placesOf(arrays: readonly ArrayField[]): number {
  return arrays.reduce((sum, array) => sum + aligned(bytesOf([array])), 0);
}
