/** From the bytes of a model file to its parts; everything is checked and copied. */
import { Status } from '../../assembly/abi.ts';
import { ENTRY_BYTES, HEADER_BYTES, type RowKind, SectionKind } from '../../assembly/format.ts';
import { ModelFileError } from './error.ts';
import {
  blockArrays,
  type EmbeddingSection,
  embeddingArrays,
  exitArrays,
  rareArrays,
  type SectionRows,
  sectionName,
  sectionOrder,
} from './layout.ts';
import type { BlockParts, ExitParts, ModelParts, VocabularyParts } from './parts.ts';
import { mapProblem, mergeRows, rareOfMap } from './rare.ts';
import { readArrays } from './section/arrays.ts';
import { readCard } from './section/card.ts';
import { type Config, readConfig } from './section/config.ts';
import { readSections, type Section } from './section/container.ts';
import { readLabels } from './section/labels.ts';
import { readPolicies } from './section/policies.ts';
import { readPieces } from './section/vocabulary.ts';

/**
 * The parts of a model. `writeModel` gives the same bytes again.
 * @throws ModelFileError, which names the section and what is wrong
 */
export function readModel(file: Uint8Array): ModelParts {
  const { config, sections } = openModel(file);
  const { dimensions, normalizer } = config;
  const all = (kind: SectionKind) => sections.filter((section) => section.kind === kind);
  const only = (kind: SectionKind) => all(kind)[0];
  return {
    dimensions,
    normalizer,
    policies: readPolicies(only(SectionKind.Policies), dimensions.blocks),
    labels: readLabels(only(SectionKind.Labels), dimensions.classes),
    pieces: readPieces(only(SectionKind.Vocabulary), dimensions.vocabulary),
    ...readEmbedding(only(SectionKind.Embedding), only(SectionKind.Rare), config),
    blocks: all(SectionKind.Block).map((section) => readArrays<BlockParts>(section, blockArrays(dimensions))),
    exits: all(SectionKind.Exit).map((section) => readArrays<ExitParts>(section, exitArrays(dimensions))),
    card: readCard(only(SectionKind.Card)),
  };
}

/** What a host wants to know of a model besides its weights. */
export interface ModelFacts
  extends Pick<ModelParts, 'dimensions' | 'normalizer' | 'policies' | 'labels' | 'card'> {
  /** How token rows are stored. */
  rowKind: RowKind;
  /** Tokens whose rows come behind exit 1. */
  rareTokens: number;
  /** Bytes without the padding behind each section. */
  sections: { name: string; offset: number; bytes: number }[];
}

/**
 * A model's sizes, policies, labels and card; weights are not looked at.
 * @param isSound whether the checksums have been checked before; otherwise every one is
 * @throws ModelFileError
 */
export function readFacts(file: Uint8Array, isSound = false): ModelFacts {
  const { config, sections } = openModel(file, isSound);
  const only = (wanted: SectionKind) => sections.find(({ kind }) => kind === wanted)!;
  const { dimensions } = config;
  return {
    ...config,
    policies: readPolicies(only(SectionKind.Policies), dimensions.blocks),
    labels: readLabels(only(SectionKind.Labels), dimensions.classes),
    card: readCard(only(SectionKind.Card)),
    sections: sections.map(({ name, offset, bytes }) => ({ name, offset, bytes: bytes.length })),
  };
}

/**
 * The tokenizer's parts, of a model's file or of one that holds only a vocabulary.
 * @throws ModelFileError
 */
export function readVocabulary(file: Uint8Array): VocabularyParts {
  const { config, sections } = open(file);
  const { tokens, segments, vocabulary } = config.dimensions;
  const section = sections.find(({ kind }) => kind === SectionKind.Vocabulary)!;
  return { normalizer: config.normalizer, pieces: readPieces(section, vocabulary), tokens, segments };
}

/** The file's config, and its sections, which are those that the config asks for. */
function open(file: Uint8Array, isSound = false): { config: Config; sections: Section[] } {
  const sections = readSections(file, isSound);
  if (sections[0].kind !== SectionKind.Config) {
    const problem = `the first section is ${sections[0].name}, not config`;
    throw new ModelFileError(Status.BadSectionTable, 'table', HEADER_BYTES, problem);
  }
  const config = readConfig(sections[0]);
  const wanted = sectionOrder(config.dimensions.blocks, config.rareTokens > 0);
  for (let i = 0; i < Math.max(wanted.length, sections.length); i++) {
    const wantedName = wanted[i] ? sectionName(wanted[i]) : 'the end';
    const name = sections[i]?.name ?? 'the end';
    if (name === wantedName) continue;
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    throw new ModelFileError(Status.BadSectionTable, 'table', at, `entry ${i} is ${name}, not ${wantedName}`);
  }
  return { config, sections };
}

function openModel(file: Uint8Array, isSound = false): { config: Config; sections: Section[] } {
  const opened = open(file, isSound);
  if (opened.config.dimensions.blocks > 0) return opened;
  const { name, offset } = opened.sections[0];
  throw new ModelFileError(Status.NoBlocks, name, offset, 'the file holds only a vocabulary, no model');
}

function readEmbedding(
  section: Section,
  rareSection: Section | undefined,
  { dimensions, rowKind, rareTokens: count }: Config,
): Pick<ModelParts, 'embedding' | 'rareTokens'> {
  const embedding = readArrays<EmbeddingSection>(section, embeddingArrays(dimensions, rowKind, count));
  embedding.tokens.kind = rowKind;
  if (!rareSection) return { embedding };
  const { map } = embedding.tokens;
  const problem = mapProblem(map!, dimensions.vocabulary, count);
  if (problem) throw new ModelFileError(Status.BadSection, section.name, section.offset, problem);
  const rare = readArrays<{ tokens: SectionRows }>(rareSection, rareArrays(dimensions, rowKind, count));
  rare.tokens.kind = rowKind;
  const rareTokens = rareOfMap(map!, dimensions.vocabulary);
  return {
    embedding: { ...embedding, tokens: mergeRows(embedding.tokens, rare.tokens, rareTokens, dimensions) },
    rareTokens,
  };
}
