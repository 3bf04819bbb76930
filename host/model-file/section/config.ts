/** The config section: sixteen words of sizes. */
import { Status } from '../../../assembly/abi.ts';
import {
  CONFIG_BINARY_SCORES,
  CONFIG_BLOCKS,
  CONFIG_BYTES,
  CONFIG_CLASSES,
  CONFIG_HEADS,
  CONFIG_HIDDEN,
  CONFIG_NORMALIZER,
  CONFIG_RARE,
  CONFIG_RECURRENCE,
  CONFIG_ROW_KIND,
  CONFIG_SEGMENTS,
  CONFIG_SLFN,
  CONFIG_TOKENS,
  CONFIG_VOCABULARY,
  RowKind,
  SPECIAL_TOKENS,
} from '../../../assembly/format.ts';
import { dimensionProblem, tokenizerProblem } from '../check.ts';
import { ModelFileError, ModelPartsError } from '../error.ts';
import type { Dimensions } from '../parts.ts';
import type { Section } from './container.ts';

export interface Config {
  /** All but tokens, vocabulary and segments are 0 in a file that holds only a vocabulary. */
  dimensions: Dimensions;
  rowKind: RowKind;
  normalizer: number;
  /** Tokens whose rows come behind exit 1. */
  rareTokens: number;
}

const WORDS: Record<keyof Dimensions | 'rowKind' | 'normalizer' | 'rareTokens', number> = {
  hidden: CONFIG_HIDDEN,
  slfn: CONFIG_SLFN,
  blocks: CONFIG_BLOCKS,
  heads: CONFIG_HEADS,
  classes: CONFIG_CLASSES,
  tokens: CONFIG_TOKENS,
  vocabulary: CONFIG_VOCABULARY,
  segments: CONFIG_SEGMENTS,
  rowKind: CONFIG_ROW_KIND,
  normalizer: CONFIG_NORMALIZER,
  rareTokens: CONFIG_RARE,
  recurrence: CONFIG_RECURRENCE,
  binaryScores: CONFIG_BINARY_SCORES,
};
const RESERVED = 52;

/** @throws ModelPartsError */
export function writeConfig(config: Config): Uint8Array {
  const { dimensions, normalizer, rowKind, rareTokens } = config;
  const bad = configProblem(config);
  if (bad) {
    throw new ModelPartsError(
      bad.field === 'normalizer' ? bad.field : `dimensions.${bad.field}`,
      bad.problem,
    );
  }
  if (RowKind[rowKind] === undefined) throw new ModelPartsError('embedding.tokens.kind', `is ${rowKind}`);
  const section = new Uint8Array(CONFIG_BYTES);
  const view = new DataView(section.buffer);
  const words = { recurrence: 0, binaryScores: 0, ...dimensions, normalizer, rowKind, rareTokens };
  for (const [name, offset] of Object.entries(WORDS)) {
    view.setUint32(offset, words[name as keyof typeof words], true);
  }
  return section;
}

/** @throws ModelFileError */
export function readConfig({ bytes, name, offset: start }: Section): Config {
  const fail = (code: Status, at: number, problem: string): never => {
    throw new ModelFileError(code, name, start + at, problem);
  };
  if (bytes.length !== CONFIG_BYTES) {
    fail(Status.BadSection, 0, `its length is ${bytes.length} instead of ${CONFIG_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (field: keyof typeof WORDS) => view.getUint32(WORDS[field], true);
  const config: Config = {
    dimensions: {
      hidden: word('hidden'),
      slfn: word('slfn'),
      blocks: word('blocks'),
      heads: word('heads'),
      classes: word('classes'),
      tokens: word('tokens'),
      vocabulary: word('vocabulary'),
      segments: word('segments'),
      ...(word('recurrence') ? { recurrence: word('recurrence') } : {}),
      ...(word('binaryScores') ? { binaryScores: word('binaryScores') } : {}),
    },
    rowKind: word('rowKind'),
    normalizer: word('normalizer'),
    rareTokens: word('rareTokens'),
  };
  const bad = configProblem(config);
  if (bad) fail(bad.code, WORDS[bad.field], `${bad.field} ${bad.problem}`);
  if (RowKind[config.rowKind] === undefined) {
    fail(Status.BadSection, CONFIG_ROW_KIND, `unknown kind of token rows: ${config.rowKind}`);
  }
  const rareMost = config.dimensions.blocks > 0 ? config.dimensions.vocabulary - SPECIAL_TOKENS : 0;
  if (config.rareTokens > rareMost) {
    fail(Status.BadSection, CONFIG_RARE, `${config.rareTokens} rare tokens are more than ${rareMost}`);
  }
  if (bytes.subarray(RESERVED).some(Boolean))
    fail(Status.BadSection, RESERVED, 'reserved bytes are not zero');
  return config;
}

function configProblem({ dimensions, normalizer }: Config) {
  const { hidden, slfn, blocks, heads, classes } = dimensions;
  const isVocabulary = blocks === 0 && hidden === 0 && slfn === 0 && heads === 0 && classes === 0;
  return isVocabulary ? tokenizerProblem(dimensions, normalizer) : dimensionProblem(dimensions, normalizer);
}
