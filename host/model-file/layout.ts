/**
 * The one table of arrays that writer, reader and checks share: which arrays a section of floats and
 * bits holds, in what order, of which element type and length. docs/model-file.md draws it.
 *
 *   section  | array 0 |gap| array 1 |gap| ... | last array |
 *            ^ every array starts at a multiple of 16 from here; gaps are zero
 */
import {
  MAP_ENTRY_BYTES,
  MAP_TOKENS,
  RowKind,
  SECTION_ALIGNMENT,
  SEGMENT_ROWS,
  SectionKind,
} from '../../assembly/format.ts';
import type { BlockParts, Dimensions, EmbeddingParts, ExitParts, TokenRows } from './parts.ts';

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

export type ElementType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'f16' | 'f32';

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

/** Token rows as a section holds them: all, or with a map the common ones, or the rare ones. */
export type SectionRows = TokenRows & {
  /** [ceil(V/32), 2] for each 32 tokens: bits, 1 for a common one; common tokens before these. */
  map?: Uint32Array;
};

/** The Embedding section, from which the rows of `rare` tokens are missing. */
export type EmbeddingSection = EmbeddingParts & { tokens: SectionRows };

export function embeddingArrays(dimensions: Dimensions, rowKind: RowKind, rare = 0): ArrayField[] {
  const { hidden: d, tokens: n, vocabulary } = dimensions;
  const array = field<EmbeddingSection>;
  return [
    ...(rare > 0 ? [array('tokens.map', 'u32', mapWords(vocabulary))] : []),
    ...rowArrays(vocabulary - rare, d, rowKind),
    array('positions.scale', 'f32', n),
    array('positions.values', 'i8', n * d),
    ...(dimensions.segments === 2
      ? [array('segments.scale', 'f32', SEGMENT_ROWS), array('segments.values', 'i8', SEGMENT_ROWS * d)]
      : []),
    array('norm.gamma', 'f32', d),
    array('norm.beta', 'f32', d),
  ];
}

/** Words of the map of a vocabulary. */
export function mapWords(vocabulary: number): number {
  return (Math.ceil(vocabulary / MAP_TOKENS) * MAP_ENTRY_BYTES) / 4;
}

/** The Rare section. */
export function rareArrays(dimensions: Dimensions, rowKind: RowKind, rare: number): ArrayField[] {
  return rowArrays(rare, dimensions.hidden, rowKind);
}

function rowArrays(count: number, d: number, rowKind: RowKind): ArrayField[] {
  const array = field<{ tokens: TokenRows }>;
  return [
    array('tokens.scale', 'f16', count),
    rowKind === RowKind.Bits
      ? array('tokens.bits', 'u8', (count * d) / 8)
      : array('tokens.values', 'i8', count * d),
  ];
}

export function blockArrays(dimensions: Dimensions): ArrayField[] {
  const { hidden: d, slfn: f, heads, recurrence, binaryScores } = dimensions;
  const array = field<BlockParts>;
  const scaledRows = binaryScores ? d : 3 * d;
  return [
    ...(recurrence
      ? [
          array('recurrence.threshold', 'f32', d),
          array('recurrence.gates.bits', 'u8', (2 * d * d) / 8),
          array('recurrence.gates.scale', 'f32', 2 * d),
          array('recurrence.gates.offset', 'f32', 2 * d),
          array('recurrence.norm.gamma', 'f32', d),
          array('recurrence.norm.beta', 'f32', d),
        ]
      : []),
    array('attentionThreshold', 'f32', d),
    array('qkv.bits', 'u8', (3 * d * d) / 8),
    ...(binaryScores
      ? [array('scores.limit', 'i16', 2 * d, [-1, d]), array('scores.step', 'f32', heads)]
      : []),
    array('qkv.scale', 'f32', scaledRows),
    array('qkv.offset', 'f32', scaledRows),
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
export function sectionOrder(blocks: number, hasRare = false): SectionId[] {
  if (blocks === 0) return [SectionKind.Config, SectionKind.Vocabulary].map((kind) => ({ kind, index: 0 }));
  const { Config, Policies, Labels, Vocabulary, Embedding, Block, Exit, Card, Rare } = SectionKind;
  const front = [Config, Policies, Labels, Vocabulary, Embedding].map((kind) => ({ kind, index: 0 }));
  const pairs = Array.from({ length: blocks }, (_, index) => [
    { kind: Block, index },
    { kind: Exit, index },
    ...(hasRare && index === 0 ? [{ kind: Rare, index: 0 }] : []),
  ]);
  return [...front, ...pairs.flat(), { kind: Card, index: 0 }];
}

/** What people call a section; blocks and exits are counted from 1. */
export function sectionName({ kind, index }: SectionId): string {
  const name = SectionKind[kind]?.toLowerCase() ?? `section of kind ${kind}`;
  return kind === SectionKind.Block || kind === SectionKind.Exit ? `${name} ${index + 1}` : name;
}
