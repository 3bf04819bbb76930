/**
 * The one table of arrays that writer, reader and checks share: which arrays a section of floats and
 * bits holds, in what order, of which element type and length. docs/model-file.md draws it.
 *
 *   section  | array 0 |gap| array 1 |gap| ... | last array |
 *            ^ every array starts at a multiple of 16 from here; gaps are zero
 */
import { RowKind, SECTION_ALIGNMENT, SectionKind } from '../../assembly/format.ts';
import type { BlockParts, Dimensions, EmbeddingParts, ExitParts } from './parts.ts';

/** Where an array sits in the parts: `gate.scale` of a block. Checked by the compiler. */
type Path<T> = T extends unknown
  ? {
      [K in keyof T & string]-?: NonNullable<T[K]> extends ArrayBufferView
        ? K
        : NonNullable<T[K]> extends object
          ? `${K}.${Path<NonNullable<T[K]>>}`
          : never;
    }[keyof T & string]
  : never;

export type ElementType = 'u8' | 'i8' | 'u16' | 'i16' | 'f16' | 'f32';

export interface ArrayField {
  /** Path from the section's parts, names joined by dots. */
  path: string;
  type: ElementType;
  /** Elements. */
  length: number;
  /** Least and most value allowed, for integers that are more than a byte pattern. */
  range?: [least: number, most: number];
}

function field<T>(
  path: Path<T>,
  type: ElementType,
  length: number,
  range?: [least: number, most: number],
): ArrayField {
  return { path, type, length, range };
}

export function embeddingArrays(dimensions: Dimensions, rowKind: RowKind): ArrayField[] {
  const { hidden: d, tokens: n, vocabulary } = dimensions;
  const array = field<EmbeddingParts>;
  return [
    array('tokens.scale', 'f16', vocabulary),
    rowKind === RowKind.Bits
      ? array('tokens.bits', 'u8', (vocabulary * d) / 8)
      : array('tokens.values', 'i8', vocabulary * d),
    array('positions.scale', 'f32', n),
    array('positions.values', 'i8', n * d),
    ...(dimensions.segments === 2
      ? [array('segments.scale', 'f32', 2), array('segments.values', 'i8', 2 * d)]
      : []),
    array('norm.gamma', 'f32', d),
    array('norm.beta', 'f32', d),
  ];
}

export function blockArrays({ hidden: d, slfn: f }: Dimensions): ArrayField[] {
  const array = field<BlockParts>;
  return [
    array('attentionThreshold', 'f32', d),
    array('qkv.bits', 'u8', (3 * d * d) / 8),
    array('qkv.scale', 'f32', 3 * d),
    array('qkv.offset', 'f32', 3 * d),
    array('contextThreshold', 'f32', d),
    array('output.bits', 'u8', (d * d) / 8),
    array('output.scale', 'f32', d),
    array('output.offset', 'f32', d),
    array('attentionNorm.gamma', 'f32', d),
    array('attentionNorm.beta', 'f32', d),
    array('slfnThreshold', 'f32', d),
    array('hiddenBits', 'u8', (2 * f * d) / 8),
    array('hiddenLimit', 'i16', 2 * f, [-1, d]),
    array('gate.bits', 'u8', (d * f) / 8),
    array('gate.scale', 'f32', d),
    array('gate.offset', 'f32', d),
    array('value.bits', 'u8', (d * f) / 8),
    array('value.scale', 'f32', d),
    array('value.offset', 'f32', d),
    array('slfnNorm.gamma', 'f32', d),
    array('slfnNorm.beta', 'f32', d),
  ];
}

export function exitArrays({ hidden: d, classes }: Dimensions): ArrayField[] {
  const array = field<ExitParts>;
  return [array('weight', 'f32', classes * d), array('bias', 'f32', classes)];
}

/** `size` rounded up to where the next section or array may start. */
export function aligned(size: number): number {
  return Math.ceil(size / SECTION_ALIGNMENT) * SECTION_ALIGNMENT;
}

export interface SectionId {
  kind: SectionKind;
  /** Number of the block from 0, for blocks and exits; otherwise 0. */
  index: number;
}

/** The sections of a model file in their order; 0 blocks is a file that holds only a vocabulary. */
export function sectionOrder(blocks: number): SectionId[] {
  if (blocks === 0) return [SectionKind.Config, SectionKind.Vocabulary].map((kind) => ({ kind, index: 0 }));
  const { Config, Policies, Labels, Vocabulary, Embedding, Block, Exit, Card } = SectionKind;
  const front = [Config, Policies, Labels, Vocabulary, Embedding].map((kind) => ({ kind, index: 0 }));
  const pairs = Array.from({ length: blocks }, (_, index) => [
    { kind: Block, index },
    { kind: Exit, index },
  ]);
  return [...front, ...pairs.flat(), { kind: Card, index: 0 }];
}

/** What people call a section; blocks and exits are counted from 1. */
export function sectionName({ kind, index }: SectionId): string {
  const name = SectionKind[kind]?.toLowerCase() ?? `section of kind ${kind}`;
  return kind === SectionKind.Block || kind === SectionKind.Exit ? `${name} ${index + 1}` : name;
}
