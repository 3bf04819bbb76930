/** The model that browser tests load, and what the Node host says of it. */
import { RowKind, SPECIAL_TOKENS } from '../../../assembly/format.ts';
import { Normalizer, writeModel } from '../../../host/model-file/index.ts';
import { load } from '../../../host/node/index.ts';
import { randomModel } from '../../support/random-model.ts';

export const TEXTS = [
  'a lovely little film',
  'dull, and then duller',
  '東京 の 夜',
  'it is 2 hours too long!',
  '',
];
export const BLOCKS = 4;

const parts = randomModel(31, {
  hidden: 128,
  slfn: 256,
  heads: 4,
  blocks: BLOCKS,
  classes: 3,
  tokens: 32,
  normalizer: Normalizer.Lowercase,
  rowKind: RowKind.Bits,
});
export const file = writeModel(parts);

const tokens = parts.pieces.map((piece, rank) => ({ piece, id: SPECIAL_TOKENS + rank }));
/** The same model with the rows of digits behind exit 1: RARE_TEXT has one, the other texts have none. */
export const rareFile = writeModel({
  ...parts,
  rareTokens: Uint32Array.from(tokens.filter(({ piece }) => /\d/.test(piece)).map(({ id }) => id)),
});
export const RARE_TEXT = 3;

/** What Node answers, every exit of it, in an order that JSON keeps. */
export async function expectedAnswers(policy?: string) {
  const model = await load(file);
  return TEXTS.map((text) => model.classifyDetailed(text, { policy }));
}
