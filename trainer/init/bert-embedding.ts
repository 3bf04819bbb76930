/** A published embedding as ours: rows, positions and segments that add up to what they did there. */
import { SPECIAL_TOKENS, SpecialToken } from '../../assembly/format.ts';
import { SPREAD } from '../initial-rows.ts';
import type { BertTensors } from './bert-names.ts';
import { projected, projection } from './projection.ts';
import type { StartTarget } from './start.ts';
import type { Wordpiece } from './wordpieces.ts';

/** Under which names the special tokens stand in vocab.txt; [CLS] has no part here, as exits take means. */
const SPECIALS: Record<number, string> = {
  [SpecialToken.Pad]: '[PAD]',
  [SpecialToken.Unknown]: '[UNK]',
  [SpecialToken.Separator]: '[SEP]',
  [SpecialToken.Mask]: '[MASK]',
};

export interface EmbeddingStart {
  values: Record<string, Float32Array>;
  taken: string[];
}

/**
 * The sum token + position + segment is what the encoder computed, up to one factor, which its norm
 * takes out again. What all rows share is moved from the rows to the positions: rows are signed in the
 * end, and a channel that leans one way for every token would be a wasted bit. The factor gives channels
 * the spread that learning rates are made for.
 */
export function embeddingOf(
  bert: BertTensors,
  published: readonly string[],
  wordpieces: readonly Wordpiece[],
  { shape, recipe, pair }: StartTarget,
): EmbeddingStart {
  const { hidden, tokens } = shape;
  const e = bert.words.shape[1];
  const rows = meanRows(bert.words.values, e, [...specialSources(published), ...wordpieces.map(from)]);
  const mean = centre(rows, e);
  const matrix = e === hidden ? undefined : projection(rows, e, hidden, recipe.seed);
  const toHidden = (values: Float32Array): Float32Array =>
    matrix ? projected(values, matrix, hidden) : values;

  const known = bert.segments;
  const shift = pair || !known ? mean : mean.map((x, c) => x + known[c]);
  const places = bert.positions;
  const positions = Float32Array.from({ length: tokens * e }, (_, i) => shift[i % e] + (places?.[i] ?? 0));
  const factor = SPREAD / rootMeanSquare(toHidden(rows));
  const scaled = (values: Float32Array): Float32Array => values.map((x) => x * factor);

  const norm = matrix ? undefined : bert.norm('embeddings.LayerNorm');
  return {
    values: {
      'embedding.rows': scaled(rows),
      'embedding.position': scaled(toHidden(positions)),
      ...(matrix ? { 'embedding.projection': matrix } : {}),
      ...(pair && known && known.length >= 2 * e
        ? { 'embedding.segment': withShared(scaled(toHidden(known.slice(0, 2 * e)))) }
        : {}),
      ...(norm ? { 'embedding.norm.gamma': norm.gamma, 'embedding.norm.beta': norm.beta } : {}),
    },
    taken: [matrix ? `embedding (${e} wide, projected to ${hidden})` : `embedding (${e} wide)`],
  };
}

/** [4, d] from [2, d]: the encoder knows no shared tokens, so those of a text start as its others do. */
const withShared = (segments: Float32Array): Float32Array => Float32Array.of(...segments, ...segments);

const from = ({ from: sources }: Wordpiece): number[] => sources;

/** Published ids of our special tokens; none where the vocabulary lacks it. */
function specialSources(published: readonly string[]): number[][] {
  return Array.from({ length: SPECIAL_TOKENS }, (_, token) => {
    const id = published.indexOf(SPECIALS[token]);
    return id < 0 ? [] : [id];
  });
}

/** [sources, e]; a row without sources is the mean of those that have some. */
function meanRows(words: Float32Array, e: number, sources: readonly (readonly number[])[]): Float32Array {
  const rows = new Float32Array(sources.length * e);
  const all = new Float64Array(e);
  sources.forEach((ids, r) => {
    for (let c = 0; c < e; c++) {
      for (const id of ids) rows[r * e + c] += words[id * e + c] / ids.length;
      all[c] += rows[r * e + c];
    }
  });
  const known = sources.filter((ids) => ids.length > 0).length;
  sources.forEach((ids, r) => {
    if (ids.length === 0) for (let c = 0; c < e; c++) rows[r * e + c] = all[c] / known;
  });
  return rows;
}

/** Takes the mean row out of the rows, in place. [e] the mean */
function centre(rows: Float32Array, e: number): Float32Array {
  const mean = new Float64Array(e);
  for (let i = 0; i < rows.length; i++) mean[i % e] += rows[i] / (rows.length / e);
  for (let i = 0; i < rows.length; i++) rows[i] -= mean[i % e];
  return Float32Array.from(mean);
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length) || 1;
}
