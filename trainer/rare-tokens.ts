/** Which tokens are rare in a run's texts, so that their rows may come behind exit 1 of the packed model. */
import { SPECIAL_TOKENS } from '../assembly/format.ts';
import type { Tokenizer } from '../host/tokenizer.ts';
import type { TextRecord } from './data/record.ts';

/**
 * All tokens but the `common` most frequent ones and the special ones, ascending. Tokens that occur as often
 * as one another count as more frequent by their number, the lower first. None where `common` holds them all.
 */
export function rareTokens(tokenizer: Tokenizer, records: Iterable<TextRecord>, common: number): Uint32Array {
  const counts = new Float64Array(tokenizer.vocabulary);
  for (const { text, pair } of records) {
    for (const id of tokenizer.tokenize(pair === undefined ? text : [text, pair]).ids) counts[id]++;
  }
  counts.fill(Number.POSITIVE_INFINITY, 0, SPECIAL_TOKENS);
  const byCount = Array.from(counts.keys()).sort((a, b) =>
    counts[a] === counts[b] ? a - b : counts[b] - counts[a],
  );
  return Uint32Array.from(byCount.slice(Math.max(SPECIAL_TOKENS, common))).sort();
}
