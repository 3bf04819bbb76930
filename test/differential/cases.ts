/** Random models of small shapes with texts for them, by number: anywhere, the same number gives the same case. */
import { RowKind } from '../../assembly/format.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';
import { dice } from '../fuzz/dice.ts';
import { type RandomModelOptions, randomModel } from '../support/random-model.ts';

/** What a numbered file in `cases` holds, too. */
export interface Case {
  seed: number;
  options: RandomModelOptions;
  /** Pairs go to models of two segments. */
  texts: [string, string][];
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz', ...'äöüßéжд的0123456789.,!?\'"-', '\u0301', 'Ä', 'Ж', '😀'];

export function caseOf(number: number): Case {
  const chance = dice(number);
  const hidden = chance.pick([64, 64, 64, 128, 192]);
  const options: RandomModelOptions = {
    hidden,
    slfn: chance.pick([64, 64, 128, 192]),
    blocks: 1 + chance.below(3),
    heads: chance.pick([1, 2, hidden / 16, hidden / 32]),
    classes: 1 + chance.below(5),
    tokens: chance.oneIn(6) ? 1 + chance.below(70) : 1 + chance.below(12),
    segments: 1 + chance.below(2),
    rowKind: chance.pick([RowKind.Bits, RowKind.Int8]),
    normalizer: chance.below(4),
    rare: chance.pick([0, 0, 0.3]),
  };
  const word = () => Array.from({ length: 1 + chance.below(6) }, () => chance.pick(LETTERS)).join('');
  const text = () => Array.from({ length: chance.below(options.tokens! + 2) }, word).join(' ');
  const texts = [0, 1].map((): [string, string] => [text(), text()]);
  // Drawn last, so that a number's shape and texts are what they were before there were any.
  options.recurrence = chance.oneIn(3) ? 1 : 0;
  options.binaryScores = chance.oneIn(3) ? 1 : 0;
  return { seed: number, options, texts };
}

export function modelOf({ seed, options }: Case): ModelParts {
  return randomModel(seed, options);
}
