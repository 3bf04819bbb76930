/** A model of this shape with nothing in it: to know what a shape takes before it is trained. */
import { PolicyKind, RowKind } from '../../assembly/format.ts';
import {
  type ArrayField,
  blockArrays,
  type ElementType,
  embeddingArrays,
  exitArrays,
} from '../model-file/layout.ts';
import type { BlockParts, Dimensions, EmbeddingParts, ExitParts } from '../model-file/parts.ts';
import { writeModel } from '../model-file/write.ts';

const ARRAYS = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  f16: Uint16Array,
  f32: Float32Array,
} satisfies Record<ElementType, unknown>;

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

/** Zeros in every array, `a.b` being b within a. */
function blank<T>(fields: readonly ArrayField[]): T {
  const parts: Record<string, unknown> = {};
  for (const { path, type, length } of fields) {
    const [outer, inner] = path.split('.');
    const zeros = new ARRAYS[type](length);
    if (inner === undefined) parts[outer] = zeros;
    else parts[outer] = { ...(parts[outer] as object | undefined), [inner]: zeros };
  }
  return parts as T;
}
