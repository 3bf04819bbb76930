/** The wordpiece vocabulary of a published encoder as pieces of ours: which of them, and from which rows. */
import { PIECE_BYTES_MOST, SPECIAL_TOKENS } from '../../assembly/format.ts';
import { comparePieces, writeVocabulary } from '../../host/model-file/index.ts';
import { loadTokenizer } from '../../host/node/index.ts';
import { chooseCharacters, MARK, spellings } from '../vocabulary/characters.ts';
import { countWords } from '../vocabulary/count.ts';
import { loadSplitter, type WordSplitter } from '../vocabulary/index.ts';

export interface Wordpiece {
  piece: string;
  /** Published tokens; the piece starts from the mean of their rows. */
  from: number[];
}

export interface WordpieceRequest {
  /** Bits of Normalizer. */
  normalizer: number;
  /** Most tokens, special ones included. */
  size: number;
  /** Where a vocabulary is too large, the pieces that these use most are kept. */
  texts: () => Iterable<string>;
}

/**
 * Our tokenizer keeps a contraction whole where BERT's cuts at the apostrophe, so these have no piece
 * there. Each starts from the first of these that is known.
 */
const CONTRACTIONS: Record<string, string[][]> = {
  "n't": [['not'], ["'", 't']],
  "'s": [["'", 's']],
  "'re": [['are'], ["'", 're']],
  "'ve": [['have'], ["'", 've']],
  "'ll": [['will'], ["'", 'll']],
  "'m": [['am'], ["'", 'm']],
  "'d": [['would'], ["'", 'd']],
};

/** Enough for one text when pieces are counted. */
const TOKENS = 1024;

/** Pieces in the file's order; those that our tokenizer can't produce are left out. */
export async function chooseWordpieces(
  published: readonly string[],
  request: WordpieceRequest,
): Promise<Wordpiece[]> {
  const split = await loadSplitter(request.normalizer);
  const ids = new Map<string, number>();
  published.forEach((piece, id) => {
    if (!ids.has(piece)) ids.set(piece, id);
  });
  const all = [...ids]
    .filter(([piece]) => isProducible(piece, split))
    .map(([piece, id]): Wordpiece => ({ piece, from: [id] }));
  for (const [piece, sources] of Object.entries(CONTRACTIONS)) {
    const source = sources.find((words) => words.every((word) => ids.has(word)));
    if (source && !ids.has(piece)) all.push({ piece, from: source.map((word) => ids.get(word) as number) });
  }
  all.sort((a, b) => comparePieces(a.piece, b.piece));
  const room = request.size - SPECIAL_TOKENS;
  return all.length <= room ? all : mostUsed(all, room, split, request);
}

/** Whether some text has this piece: as the start of a word, or within one of letters or of digits. */
function isProducible(piece: string, split: WordSplitter): boolean {
  if (piece === '' || piece === MARK || new TextEncoder().encode(piece).length > PIECE_BYTES_MOST)
    return false;
  const isWord = (text: string): boolean => {
    const words = [...split(text)];
    return words.length === 1 && words[0] === text;
  };
  if (!piece.startsWith(MARK)) return isWord(piece);
  const rest = piece.slice(MARK.length);
  return isWord(`a${rest}`) || isWord(`1${rest}`);
}

/**
 * The characters of the texts, so that every word can be spelled, then the pieces that the texts use
 * most, then those that come first in the published vocabulary, which is about the most frequent ones.
 */
async function mostUsed(
  all: Wordpiece[],
  room: number,
  split: WordSplitter,
  { normalizer, texts }: WordpieceRequest,
): Promise<Wordpiece[]> {
  const characters = chooseCharacters(countWords(texts(), split), 1, room);
  const needed = new Set([...characters].flatMap(([character, places]) => spellings(character, places)));
  const uses = await countUses(all, normalizer, texts());
  const order = all.map((_, index) => index);
  const isNeeded = (index: number): number => Number(needed.has(all[index].piece));
  order.sort((a, b) => isNeeded(b) - isNeeded(a) || uses[b] - uses[a] || all[a].from[0] - all[b].from[0]);
  return order
    .slice(0, room)
    .sort((a, b) => a - b)
    .map((index) => all[index]);
}

/** How often the texts use each piece. */
async function countUses(
  pieces: readonly Wordpiece[],
  normalizer: number,
  texts: Iterable<string>,
): Promise<Uint32Array> {
  const names = pieces.map(({ piece }) => piece);
  const tokenizer = await loadTokenizer(
    writeVocabulary({ normalizer, pieces: names, tokens: TOKENS, segments: 1 }),
  );
  const uses = new Uint32Array(pieces.length);
  for (const text of texts) {
    for (const id of tokenizer.tokenize(text).ids) if (id >= SPECIAL_TOKENS) uses[id - SPECIAL_TOKENS]++;
  }
  tokenizer.dispose();
  return uses;
}
