/** Token ids to x, [tokens, d]. */
import { RowKind } from '../../assembly/format.ts';
import type { EmbeddingParts, Int8Rows } from '../../host/model-file/parts.ts';
import { add, layerNorm, type Matrix } from './layers.ts';
import { f, halfToSingle } from './single.ts';

export function embed(parts: EmbeddingParts, ids: ArrayLike<number>, segmentStart: number): Matrix {
  const width = parts.norm.gamma.length;
  return Array.from(ids, (id, position) => {
    let x = add(tokenRow(parts, id, width), int8Row(parts.positions, position, width));
    if (parts.segments) x = add(x, int8Row(parts.segments, position >= segmentStart ? 1 : 0, width));
    return layerNorm(x, parts.norm);
  });
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
