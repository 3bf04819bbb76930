/**
 * The tokenizer's rules once more in plain TypeScript, on whole strings with regular expressions:
 * written to be read, and apart from the core's code, which the tests hold against it.
 */
import { PIECE_BYTES_MOST, SPECIAL_TOKENS, SpecialToken } from '../../assembly/format.ts';
import { type Normalization, normalizeText, splitNormalized } from './tokenizer-words.ts';

export interface TokenizerModel extends Normalization {
  /** In any order; ids follow their byte order. */
  pieces: readonly string[];
  /** n, the most tokens of an input. */
  tokens: number;
}

export interface Tokens {
  ids: number[];
  /** Index of the first token of B, or the number of tokens. */
  segmentStart: number;
  wasCut: boolean;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Words of the text, as the vocabulary sees them. Bytes may be ill-formed. */
export function referenceWords(text: string | Uint8Array, normalization: Normalization): string[] {
  return splitNormalized(normalizeText(text, normalization));
}

/** A function from a word to its token ids. */
export function wordpieces(pieces: readonly string[]): (word: string) => number[] {
  const sorted = [...pieces].sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  const ids = new Map(sorted.map((piece, rank) => [piece, SPECIAL_TOKENS + rank]));
  return (word) => {
    if (bytesOf(word).length > PIECE_BYTES_MOST) return [SpecialToken.Unknown];
    const characters = [...word];
    const found: number[] = [];
    for (let start = 0; start < characters.length; ) {
      const mark = start > 0 ? '##' : '';
      let end = characters.length;
      while (end > start && !ids.has(mark + characters.slice(start, end).join(''))) end--;
      if (end === start) return [SpecialToken.Unknown];
      found.push(ids.get(mark + characters.slice(start, end).join(''))!);
      start = end;
    }
    return found;
  };
}

/** Token ids of one text, or of a pair where `second` is given. */
export function referenceTokens(
  first: string | Uint8Array,
  second: string | Uint8Array | undefined,
  model: TokenizerModel,
): Tokens {
  const lookUp = wordpieces(model.pieces);
  const tokensOf = (text: string | Uint8Array) => referenceWords(text, model).flatMap(lookUp);
  const a = tokensOf(first);
  const b = second === undefined ? [] : tokensOf(second);
  if (a.length + b.length === 0) return { ids: [SpecialToken.Unknown], segmentStart: 1, wasCut: false };
  if (second === undefined) {
    const ids = a.slice(0, model.tokens);
    return { ids, segmentStart: ids.length, wasCut: a.length > ids.length };
  }
  const before = a.length + b.length;
  while (a.length + b.length + 1 > model.tokens) (a.length > b.length ? a : b).pop();
  const ids = [...a, SpecialToken.Separator, ...b];
  return { ids, segmentStart: a.length + 1, wasCut: a.length + b.length < before };
}
