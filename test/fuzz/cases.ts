/** Hostile models by number: the same number gives the same bytes, arriving in the same pieces. */
import { HEADER_BYTES, PIECE_BYTES_MOST, RowKind } from '../../assembly/format.ts';
import { writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import { damaged } from '../core/damage.ts';
import { randomModel } from '../support/random-model.ts';
import { DAMAGES, type DamageName, RESIZINGS, type Sound, sound } from './damages.ts';
import { dice } from './dice.ts';

export interface HostileModel {
  number: number;
  bytes: Uint8Array;
  /** Bytes that have come at each call of `open` or `extend`, ascending; the last is all of them. */
  arrivals: number[];
  damages: DamageName[];
  /** Whether checksums were made to fit, so that the checks behind them are reached. */
  repaired: boolean;
}

/** One as long as a piece may be: honest use then writes all that a core may write. */
const LONGEST = 'abc'.repeat(22).slice(0, PIECE_BYTES_MOST);
const PIECES = [
  'a',
  'b',
  'c',
  'ab',
  'abcabcabcabcabcabcabcabc',
  '##d',
  '##abcabcabcabcabcabcabcabcd',
  '##a',
  LONGEST,
];
const SMALL = { hidden: 64, slfn: 64, heads: 2, blocks: 1, tokens: 5, pieces: PIECES };

/** Small, so that a damage hits something that matters, and as different as the format allows. */
export const SOUND_FILES: readonly Sound[] = [
  writeModel(randomModel(1, SMALL)),
  writeModel(randomModel(2, { ...SMALL, blocks: 3, classes: 3, segments: 2, rowKind: RowKind.Int8 })),
  writeModel(randomModel(3, { ...SMALL, hidden: 128, heads: 4, slfn: 192, blocks: 2, normalizer: 3 })),
  writeModel(randomModel(4, { blocks: 1, slfn: 64, classes: 1, tokens: 33 })),
  writeModel(randomModel(6, { ...SMALL, blocks: 2, rare: 0.4 })),
  writeModel(randomModel(7, { slfn: 64, blocks: 1, segments: 2, rowKind: RowKind.Int8, rare: 0.8 })),
  writeModel(randomModel(8, { ...SMALL, blocks: 2, recurrence: 1 })),
  writeModel(randomModel(9, { ...SMALL, blocks: 2, tokens: 9, binaryScores: 1 })),
  writeVocabulary({ normalizer: 1, pieces: randomModel(5).pieces, tokens: 12, segments: 2 }),
].map(sound);

const ALL_DAMAGES = Object.keys(DAMAGES) as (keyof typeof DAMAGES)[];
/** Most damages to the table are found before anything else is looked at, so these come more often. */
const DAMAGES_TO_CONTENTS = [
  'bits flipped',
  'random bytes',
  'odd word',
  'odd half word',
  'odd floats',
  'contents swapped',
  'a section of another model',
] as const;

export function hostileModel(number: number): HostileModel {
  const chance = dice(number);
  const of = chance.pick(SOUND_FILES);
  const donor = chance.pick(SOUND_FILES);
  const damages: DamageName[] = [];
  let bytes: Uint8Array = of.bytes.slice();
  for (let i = chance.below(3); i >= 0; i--) {
    const name = chance.pick(chance.oneIn(3) ? ALL_DAMAGES : DAMAGES_TO_CONTENTS);
    DAMAGES[name](bytes, chance, of, donor);
    damages.push(name);
  }
  if (chance.oneIn(6)) {
    const name = chance.pick(Object.keys(RESIZINGS) as (keyof typeof RESIZINGS)[]);
    bytes = RESIZINGS[name](bytes, chance, of);
    damages.push(name);
  }
  const repaired = bytes.length >= HEADER_BYTES && !chance.oneIn(8);
  if (repaired) bytes = damaged(bytes, () => {});
  const arrivals = [bytes.length];
  while (chance.oneIn(2) && arrivals.length < 6) arrivals.unshift(chance.below(bytes.length + 1));
  return { number, bytes, arrivals: arrivals.sort((a, b) => a - b), damages, repaired };
}
