/** docs/model-file.md against the code: the same arrays in the same order, of the same types. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RowKind } from '../../assembly/format.ts';
import {
  type ArrayField,
  blockArrays,
  embeddingArrays,
  exitArrays,
  rareArrays,
} from '../../host/model-file/layout.ts';
import type { Dimensions } from '../../host/model-file/parts.ts';
import { encodePieces } from '../../host/model-file/vocabulary.ts';

const page = readFileSync(new URL('../../docs/model-file.md', import.meta.url), 'utf8');
const d = 128;
const f = 192;
const C = 5;
const n = 7;
const V = 40;
const R = 11;
const sizes = { hidden: d, slfn: f, blocks: 2, heads: 4, classes: C, tokens: n, vocabulary: V, segments: 2 };

/** Rows of the first table of arrays under a heading: name, type and number of elements. */
function documented(heading: string) {
  const [, text] = page.split(`\n## ${heading}\n`);
  const [section] = text.split('\n## ');
  const rows = [...section.matchAll(/^\| ([\w.]+) +\| (bits|[iuf]\d+) +\| \[(.*?)\]/gm)];
  return rows.map(([, path, type, shape]) => [path, type === 'bits' ? 'u8' : type, elements(shape)]);
}

function elements(shape: string): number {
  const values: Record<string, number> = {
    d,
    f,
    C,
    n,
    V,
    R,
    M: Math.ceil(V / 32),
    h: sizes.heads,
    '2': 2,
    '4': 4,
    '3d': 3 * d,
    '2d': 2 * d,
    '2f': 2 * f,
    'd/8': d / 8,
    'f/8': f / 8,
  };
  return shape.split(', ').reduce((product, size) => product * values[size], 1);
}

const fields = (list: ArrayField[]) => list.map(({ path, type, length }) => [path, type, length]);

describe('the specification', () => {
  it('lists the arrays of embedding, rare rows, block and exit', () => {
    const bits = fields(embeddingArrays(sizes, RowKind.Bits));
    const [, values] = fields(embeddingArrays(sizes, RowKind.Int8));
    expect(documented('Embedding')).toEqual([...bits.slice(0, 2), values, ...bits.slice(2)]);
    const [map, ...common] = fields(embeddingArrays(sizes, RowKind.Bits, R));
    const [scale, rareBits] = fields(rareArrays(sizes, RowKind.Bits, R));
    const [, rareValues] = fields(rareArrays(sizes, RowKind.Int8, R));
    expect(documented('Rare')).toEqual([map, scale, rareBits, rareValues]);
    expect(common.slice(0, 2)).toEqual([
      ['tokens.scale', 'f16', V - R],
      ['tokens.bits', 'u8', ((V - R) * d) / 8],
    ]);
    expect(common.slice(2)).toEqual(bits.slice(2));
    const fieldsOf = (own: Partial<Dimensions>) => fields(blockArrays({ ...sizes, ...own }));
    const [plain, recurrent] = [fieldsOf({}), fieldsOf({ recurrence: 1 })];
    const binary = fieldsOf({ binaryScores: 1 });
    const scores = binary.filter(([path]) => String(path).startsWith('scores.'));
    const at = recurrent.findIndex(([path]) => path === 'qkv.scale');
    expect(documented('Block')).toEqual([...recurrent.slice(0, at), ...scores, ...recurrent.slice(at)]);
    // Without scales and offsets of q and k.
    const isScaled = ([path]: unknown[]) => path === 'qkv.scale' || path === 'qkv.offset';
    expect(binary.filter(isScaled)).toEqual(
      plain.filter(isScaled).map(([path, type, length]) => [path, type, Number(length) / 3]),
    );
    expect(plain).toEqual(recurrent.slice(recurrent.findIndex(([path]) => path === 'attentionThreshold')));
    expect(documented('Exit')).toEqual(fields(exitArrays(sizes)));
  });

  it('shows front coding as it is', () => {
    const [, example] = page.match(/^ {3}(02 'in' .*)$/m)!;
    const [, pieces] = page.match(/^ {3}(in, inter, .*)$/m)!;
    const bytes = example
      .split(/ │ /)
      .flatMap((part) => part.split(/(?=')/))
      .flatMap((part) =>
        part.startsWith("'")
          ? [...Buffer.from(part.replaceAll("'", '').trim())]
          : part
              .trim()
              .split(' ')
              .map((byte) => Number.parseInt(byte, 16)),
      );
    expect([...encodePieces(pieces.split(', ')).strings]).toEqual(bytes);
  });
});
