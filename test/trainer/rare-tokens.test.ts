/** Rare tokens are the ones that the run's texts hold least often. */
import { describe, expect, it } from 'vitest';
import { SPECIAL_TOKENS } from '../../assembly/format.ts';
import { writeVocabulary } from '../../host/model-file/index.ts';
import { loadTokenizer } from '../../host/node/index.ts';
import { rareTokens } from '../../trainer/rare-tokens.ts';

const pieces = ['boat', 'cat', 'dog', 'eel', 'fox'];
const [boat, cat, dog, eel, fox] = pieces.map((_, rank) => SPECIAL_TOKENS + rank);
const tokenizer = await loadTokenizer(writeVocabulary({ pieces, normalizer: 0, tokens: 8, segments: 2 }));
const records = [
  { text: 'dog dog cat', label: '' },
  { text: 'cat', pair: 'dog fox zebra zebra zebra zebra', label: '' },
];

describe('rareTokens', () => {
  it.each<[common: number, rare: number[]]>([
    [SPECIAL_TOKENS + 2, [boat, eel, fox]],
    // Boat and eel occur nowhere: the lower number goes first.
    [SPECIAL_TOKENS + 4, [eel]],
    [SPECIAL_TOKENS + 5, []],
    [1000, []],
    // Special tokens are never rare.
    [1, [boat, cat, dog, eel, fox]],
  ])('leaves the %i most frequent', (common, rare) => {
    expect([...rareTokens(tokenizer, records, common)]).toEqual(rare);
  });
});
