/** Where a run may start from other than chance: what it asks for, and what it is given. */
import type { Recipe, Shape } from '../settings.ts';

/** The run that wants to start. */
export interface StartTarget {
  shape: Shape;
  recipe: Pick<Recipe, 'seed' | 'twin' | 'vocabularySize'>;
  labels: readonly string[];
  /** Whether its inputs are pairs of texts. */
  pair: boolean;
  /** What it will learn from, for choosing pieces. */
  texts: () => Iterable<string>;
}

export interface Start {
  /** In the file's order, without special tokens. */
  pieces: string[];
  /** Bits of Normalizer. */
  normalizer: number;
  /** e, the width of the embedding's rows. */
  rowWidth: number;
  /** First values of variables by name, of these shapes; the others start as they always do. */
  values: Record<string, Float32Array>;
  record: StartRecord;
}

/** Kept in run.json and in the model's card. */
export interface StartRecord {
  kind: 'run' | 'model file' | 'encoder';
  /** SHA-256 of the files that were read. */
  digest: string;
  taken: string[];
  /** What was there and did not fit, and why. */
  left: string[];
}
