/** The model that browser tests load, and what the Node host says of it. */
import { RowKind } from '../../../assembly/format.ts';
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

export const file = writeModel(
  randomModel(31, {
    hidden: 128,
    slfn: 256,
    heads: 4,
    blocks: BLOCKS,
    classes: 3,
    tokens: 32,
    normalizer: Normalizer.Lowercase,
    rowKind: RowKind.Bits,
  }),
);

/** What Node answers, every exit of it, in an order that JSON keeps. */
export async function expectedAnswers(policy?: string) {
  const model = await load(file);
  return TEXTS.map((text) => model.classifyDetailed(text, { policy }));
}
