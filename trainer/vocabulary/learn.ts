/** From texts to a sorted vocabulary. */
import { SPECIAL_TOKENS } from '../../assembly/format.ts';
import { sortPieces } from '../../host/model-file/index.ts';
import { chooseCharacters, spellings } from './characters.ts';
import { countWords, type WordCount } from './count.ts';
import { selectPieces } from './select.ts';
import type { WordSplitter } from './splitter.ts';
import { numberSubstrings } from './substrings.ts';

export interface LearnProgress {
  /** Counting words in texts, or choosing pieces. */
  stage: 'count' | 'choose';
  /** Texts counted, or the share of the search that is over, from 0 to 1. */
  done: number;
}

export interface LearnOptions {
  /** Splits a text into normalized words; see `loadSplitter`. */
  split: WordSplitter;
  /** Most tokens of the vocabulary, special tokens included. */
  size: number;
  /**
   * Characters and pieces that occur less often get no place. Default 2. Rarer words still count for the
   * pieces within them, which is what unseen words will be made of.
   */
  minimumCount?: number;
  onProgress?: (progress: LearnProgress) => void;
}

/** Share of the vocabulary that single characters may take. */
const CHARACTER_SHARE = 0.75;
/** The most distinct words that are looked at, the most frequent ones. */
const WORDS_MOST = 200_000;

/**
 * Learns a wordpiece vocabulary; the same texts always give the same pieces.
 *
 * The algorithm is that of TensorFlow Text's learner
 * (tensorflow_text/tools/wordpiece_vocab/wordpiece_tokenizer_learner_lib.py): count every substring that
 * begins where the current pieces would split a word; keep those that reach a threshold, longest first,
 * and take a kept one's count from its prefixes; repeat; and search for the threshold that gives the
 * size wanted. Every frequent word becomes a piece, as its own count can only be taken by itself.
 *
 * @returns at most `size - SPECIAL_TOKENS` pieces in byte order; continuations begin with "##"
 * @throws RangeError when `size` leaves no room for a piece
 */
export function learnVocabulary(texts: Iterable<string>, options: LearnOptions): string[] {
  const { split, size, minimumCount = 2, onProgress } = options;
  const room = size - SPECIAL_TOKENS;
  if (!(room >= 1)) throw new RangeError(`a vocabulary of ${size} tokens has no room for pieces`);

  const counts = countWords(texts, split, (done) => onProgress?.({ stage: 'count', done }));
  const characters = chooseCharacters(counts, minimumCount, Math.max(1, Math.floor(room * CHARACTER_SHARE)));
  const spellable = (word: string) => [...word].every((character) => characters.has(character));
  const words = mostFrequent([...counts].filter(([word]) => spellable(word)));
  const chosen = selectPieces(numberSubstrings(words), {
    seeds: [...characters].flatMap(([character, places]) => spellings(character, places)),
    room,
    minimumCount,
    onProgress: (done) => onProgress?.({ stage: 'choose', done }),
  });
  return sortPieces(chosen);
}

/** Most frequent first; by the word where counts tie. */
function mostFrequent(counts: [word: string, count: number][]): WordCount[] {
  return counts
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, WORDS_MOST);
}
