/** From parts to the bytes of a model file. The same parts always give the same bytes. */
import { RowKind, SectionKind, SPECIAL_TOKENS } from '../../assembly/format.ts';
import { ModelPartsError } from './error.ts';
import {
  blockArrays,
  embeddingArrays,
  exitArrays,
  rareArrays,
  type SectionId,
  sectionOrder,
} from './layout.ts';
import type { BlockParts, Dimensions, ModelParts, VocabularyParts } from './parts.ts';
import { splitRows } from './rare.ts';
import { writeArrays } from './section/arrays.ts';
import { writeCard } from './section/card.ts';
import { writeConfig } from './section/config.ts';
import { writeSections } from './section/container.ts';
import { writeLabels } from './section/labels.ts';
import { writePolicies } from './section/policies.ts';
import { writePieces } from './section/vocabulary.ts';

/**
 * The file of a model.
 * @throws ModelPartsError, which names the field that is wrong
 */
export function writeModel(parts: ModelParts): Uint8Array {
  const { dimensions, normalizer, embedding } = parts;
  const rowKind = embedding.tokens.kind;
  const rare = parts.rareTokens?.length ?? 0;
  const config = writeConfig({ dimensions, normalizer, rowKind, rareTokens: rare });
  for (const list of ['blocks', 'exits'] as const) {
    if (parts[list].length !== dimensions.blocks) {
      const problem = `are ${parts[list].length}, but dimensions.blocks is ${dimensions.blocks}`;
      throw new ModelPartsError(list, problem);
    }
  }
  parts.blocks.forEach((block, index) => {
    checkOptional(block, index, dimensions);
  });
  const arrays = embeddingArrays(dimensions, rowKind, rare);
  // Rows are looked at before they are taken apart.
  if (rare > 0) writeArrays('embedding', embedding, embeddingArrays(dimensions, rowKind));
  const rows = rare > 0 ? splitRows(embedding.tokens, parts.rareTokens!, dimensions) : undefined;
  const section = ({ kind, index }: SectionId): Uint8Array => {
    switch (kind) {
      case SectionKind.Config:
        return config;
      case SectionKind.Policies:
        return writePolicies(parts.policies, dimensions.blocks);
      case SectionKind.Labels:
        return writeLabels(parts.labels, dimensions.classes);
      case SectionKind.Vocabulary:
        return writePieces(parts.pieces, dimensions.vocabulary);
      case SectionKind.Embedding:
        return writeArrays('embedding', rows ? { ...embedding, tokens: rows.common } : embedding, arrays);
      case SectionKind.Rare:
        return writeArrays('rare', { tokens: rows!.rare }, rareArrays(dimensions, rowKind, rare));
      case SectionKind.Block:
        return writeArrays(`blocks[${index}]`, parts.blocks[index], blockArrays(dimensions));
      case SectionKind.Exit:
        return writeArrays(`exits[${index}]`, parts.exits[index], exitArrays(dimensions));
      case SectionKind.Card:
        return writeCard(parts.card);
    }
  };
  return writeSections(
    sectionOrder(dimensions.blocks, rare > 0).map((id) => ({ ...id, bytes: section(id) })),
  );
}

/** Blocks have the parts of a light recurrence and of binary scores where the dimensions say so, and nowhere else. */
function checkOptional(block: BlockParts, index: number, dimensions: Dimensions): void {
  const optional = [
    ['recurrence', 'recurrence'],
    ['scores', 'binaryScores'],
  ] as const;
  for (const [part, flag] of optional) {
    const isWanted = dimensions[flag] === 1;
    if ((block[part] !== undefined) === isWanted) continue;
    const problem = `${isWanted ? 'is missing' : 'is there'}, but dimensions.${flag} is ${dimensions[flag] ?? 0}`;
    throw new ModelPartsError(`blocks[${index}].${part}`, problem);
  }
}

/**
 * A file that can only tokenize.
 * @throws ModelPartsError
 */
export function writeVocabulary({ normalizer, pieces, tokens, segments }: VocabularyParts): Uint8Array {
  const vocabulary = pieces.length + SPECIAL_TOKENS;
  const none = { hidden: 0, slfn: 0, blocks: 0, heads: 0, classes: 0 };
  const dimensions: Dimensions = { ...none, tokens, vocabulary, segments };
  const sections = sectionOrder(0).map((id) => ({
    ...id,
    bytes:
      id.kind === SectionKind.Config
        ? writeConfig({ dimensions, normalizer, rowKind: RowKind.Bits, rareTokens: 0 })
        : writePieces(pieces, vocabulary),
  }));
  return writeSections(sections);
}
