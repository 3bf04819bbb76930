/**
 * The embedding's first rows. A piece that has no vector of its own starts where all such pieces do,
 * with a little noise: a random row would be an opinion about a word that nobody has heard yet, and
 * words that training hardly meets would keep it.
 */
import { SPECIAL_TOKENS } from '../assembly/format.ts';
import type { WordVectors } from './data/vectors.ts';
import { createRandom } from './random.ts';

/** About the spread of GloVe's components. */
export const SPREAD = 0.4;

export interface InitialRows {
  /** [V, e] */
  rows: Float32Array;
  /** e */
  width: number;
  /** How many pieces had a vector. */
  known: number;
}

/** Without vectors: one random row for all, and noise of this share of its spread. */
export function rowsAlike(
  pieces: readonly string[],
  width: number,
  seed: number,
  noise: number,
): InitialRows {
  const random = createRandom(seed);
  const common = Float32Array.from({ length: width }, () => random.normal() * SPREAD);
  const rows = new Float32Array((pieces.length + SPECIAL_TOKENS) * width);
  for (let i = 0; i < rows.length; i++) rows[i] = common[i % width] + random.normal() * SPREAD * noise;
  return { rows, width, known: 0 };
}

/** Pieces that are words of the vectors take theirs. */
export function rowsFromVectors(
  pieces: readonly string[],
  vectors: WordVectors,
  seed: number,
  noise: number,
): InitialRows {
  const { rows, width } = rowsAlike(pieces, vectors.width, seed, noise);
  let known = 0;
  pieces.forEach((piece, index) => {
    const at = vectors.words.get(piece);
    if (at === undefined) return;
    rows.set(vectors.row(at), (index + SPECIAL_TOKENS) * width);
    known++;
  });
  return { rows, width, known };
}
