/** Token ids to x, [tokens, d]. */
import { RowKind, SpecialToken } from '../../assembly/format.ts';
import type { EmbeddingParts, Int8Rows } from '../../host/model-file/parts.ts';
import { add, layerNorm, type Matrix } from './layers.ts';
import { f, halfToSingle } from './single.ts';

export function embed(parts: EmbeddingParts, ids: ArrayLike<number>, segmentStart: number): Matrix {
  const width = parts.norm.gamma.length;
  return Array.from(ids, (id, position) => {
    let x = add(tokenRow(parts, id, width), int8Row(parts.positions, position, width));
    if (parts.segments) x = add(x, int8Row(parts.segments, segmentRow(ids, position, segmentStart), width));
    return layerNorm(x, parts.norm);
  });
}

/** 0 in A and 1 in B, and 2 more where the other text has this token, unless it is a special one. */
export function segmentRow(ids: ArrayLike<number>, position: number, segmentStart: number): number {
  const isOfB = position >= segmentStart;
  const others = Array.from(ids).filter((_, i) => i >= segmentStart !== isOfB);
  const isShared = ids[position] > SpecialToken.Mask && others.includes(ids[position]);
  return (isOfB ? 1 : 0) + (isShared ? 2 : 0);
}

function tokenRow({ tokens }: EmbeddingParts, id: number, width: number): Float32Array {
  const scale = halfToSingle(tokens.scale[id]);
  return Float32Array.from({ length: width }, (_, i) => {
    const at = id * width + i;
    if (tokens.kind === RowKind.Int8) return f(scale * tokens.values[at]);
    return (tokens.bits[at >> 3] >> (at & 7)) & 1 ? scale : -scale;
  });
}

function int8Row({ scale, values }: Int8Rows, row: number, width: number): Float32Array {
  return Float32Array.from({ length: width }, (_, i) => f(scale[row] * values[row * width + i]));
}
