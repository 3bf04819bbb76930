/** The embedding's first rows: from word vectors where a piece is a word that has one, otherwise random. */
import { SPECIAL_TOKENS } from '../assembly/format.ts';
import type { WordVectors } from './data/vectors.ts';
import { createRandom } from './random.ts';

/** About the spread of GloVe's own components, so that known and unknown pieces start alike. */
const RANDOM_SPREAD = 0.4;

export interface InitialRows {
  /** [V, e] */
  rows: Float32Array;
  /** e, the vectors' width */
  width: number;
  /** How many pieces had a vector. */
  known: number;
}

export function rowsFromVectors(pieces: readonly string[], vectors: WordVectors, seed: number): InitialRows {
  const width = vectors.width;
  const rows = new Float32Array((pieces.length + SPECIAL_TOKENS) * width);
  const random = createRandom(seed);
  for (let i = 0; i < rows.length; i++) rows[i] = random.normal() * RANDOM_SPREAD;
  let known = 0;
  pieces.forEach((piece, index) => {
    const at = vectors.words.get(piece);
    if (at === undefined) return;
    rows.set(vectors.row(at), (index + SPECIAL_TOKENS) * width);
    known++;
  });
  return { rows, width, known };
}
