/** A model of this shape with nothing in it: to know what a shape takes before it is trained. */
import { PolicyKind, RowKind, SectionKind } from '../../assembly/format.ts';
import { type ArrayField, blockArrays, embeddingArrays, exitArrays } from '../model-file/layout.ts';
import type { BlockParts, Dimensions, EmbeddingParts, ExitParts } from '../model-file/parts.ts';
import { placeArrays, readArrays } from '../model-file/section/arrays.ts';
import { writeModel } from '../model-file/write.ts';

/** A file with one piece in its vocabulary and two labels. */
export function blankModel(shape: Omit<Dimensions, 'vocabulary' | 'segments' | 'classes'>): Uint8Array {
  const pieces = ['a'];
  const dimensions = { ...shape, vocabulary: 4 + pieces.length, segments: 1, classes: 2 };
  const embedding = blank<EmbeddingParts>(embeddingArrays(dimensions, RowKind.Bits));
  embedding.tokens.kind = RowKind.Bits;
  return writeModel({
    dimensions,
    normalizer: 0,
    policies: [
      { name: 'full', kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(shape.blocks) },
    ],
    labels: ['0', '1'],
    pieces,
    embedding,
    blocks: Array.from({ length: shape.blocks }, () => blank<BlockParts>(blockArrays(dimensions))),
    exits: Array.from({ length: shape.blocks }, () => blank<ExitParts>(exitArrays(dimensions))),
    card: {},
  });
}

/** Zeros in every array: what a section of zeros says. */
function blank<T>(fields: readonly ArrayField[]): T {
  const bytes = new Uint8Array(placeArrays(fields).length);
  return readArrays<T>({ kind: SectionKind.Block, index: 0, name: 'blank', offset: 0, bytes }, fields);
}
