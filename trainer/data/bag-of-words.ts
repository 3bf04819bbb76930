/**
 * The baseline beside every result: multinomial logistic regression on hashed words and pairs of
 * neighbouring words, trained with AdaGrad (Duchi 2011) in seeded order. Knows nothing of word order
 * beyond two words, so what a model gains over it is what the model is for.
 */
import { createRandom } from '../random.ts';
import type { TextRecord } from './record.ts';
import { shuffle } from './shuffle.ts';
import { softmax } from './softmax.ts';

export interface BagOfWords {
  /** Probability of each class, in the order of the labels. */
  probabilities(record: Pick<TextRecord, 'text' | 'pair'>): Float64Array;
  /** Index of the most likely class; the lowest of those that tie. */
  predict(record: Pick<TextRecord, 'text' | 'pair'>): number;
}

export interface BagOfWordsOptions {
  seed?: number;
  epochs?: number;
  rate?: number;
  /** What a record counts for; 1 unless told otherwise. */
  weightOf?: (record: TextRecord) => number;
}

/** Weights take at most this many floats, classes times buckets. */
const WEIGHTS_MOST = 1 << 22;
const BUCKETS_MOST = 1 << 21;
/** "don't" is do and n't, "it's" is it and 's, as corpora that come cut into words have them. */
const WORD = /n't|'\p{L}+|[\p{L}\p{N}]+?(?=n't)|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;

/** Trains on records whose labels are all in `labels`. */
export function trainBagOfWords(
  records: readonly TextRecord[],
  labels: readonly string[],
  { seed = 1, epochs = 5, rate = 0.2, weightOf = () => 1 }: BagOfWordsOptions = {},
): BagOfWords {
  const classes = labels.length;
  let buckets = BUCKETS_MOST;
  while (buckets > 1 && buckets * classes > WEIGHTS_MOST) buckets >>= 1;
  // [buckets, classes]; bucket 0 is the bias.
  const weights = new Float32Array(buckets * classes);
  const squares = new Float32Array(buckets * classes).fill(1e-6);
  const features = records.map((record) => hashedFeatures(record, buckets));
  const classOf = new Map(labels.map((label, index) => [label, index]));
  const random = createRandom(seed);
  const order = Int32Array.from(records, (_, index) => index);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const index of shuffle(order, random)) {
      const active = features[index];
      const share = 1 / Math.sqrt(active.length);
      const errors = softmax(scores(weights, active, classes));
      const record = records[index];
      errors[classOf.get(record.label) as number] -= 1;
      const weight = share * weightOf(record);
      for (const bucket of active) {
        for (let k = 0; k < classes; k++) {
          const at = bucket * classes + k;
          const gradient = errors[k] * weight;
          squares[at] += gradient * gradient;
          weights[at] -= (rate * gradient) / Math.sqrt(squares[at]);
        }
      }
    }
  }
  const scoresOf = (record: Pick<TextRecord, 'text' | 'pair'>) =>
    scores(weights, hashedFeatures(record, buckets), classes);
  return {
    probabilities: (record) => softmax(scoresOf(record)),
    predict: (record) => {
      const sums = scoresOf(record);
      return sums.indexOf(sums.reduce((a, b) => Math.max(a, b)));
    },
  };
}

/** [classes] each class's sum over the active buckets, divided by the root of their number. */
function scores(weights: Float32Array, active: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (const bucket of active) {
    for (let k = 0; k < classes; k++) sums[k] += weights[bucket * classes + k];
  }
  const share = 1 / Math.sqrt(active.length);
  return sums.map((sum) => sum * share);
}

/** The buckets of a record's words and word pairs, each once, the bias first. */
function hashedFeatures({ text, pair }: Pick<TextRecord, 'text' | 'pair'>, buckets: number): Int32Array {
  const active = new Set([0]);
  const add = (feature: string) => active.add(1 + (hash(feature) % (buckets - 1)));
  const words = addText(text, 'a', add);
  if (pair !== undefined) {
    const others = new Set(addText(pair, 'b', add));
    // What two texts share is most of what a linear model can know about a pair.
    for (const word of new Set(words)) add(`${others.has(word) ? 'both' : 'only'} ${word}`);
    const shared = words.filter((word) => others.has(word)).length / Math.max(1, words.length);
    add(`overlap ${Math.round(shared * 10)}`);
  }
  return Int32Array.from(active);
}

function addText(text: string, side: string, add: (feature: string) => void): string[] {
  const words = text.toLowerCase().match(WORD) ?? [];
  for (let i = 0; i < words.length; i++) {
    add(`${side} ${words[i]}`);
    if (i > 0) add(`${side} ${words[i - 1]} ${words[i]}`);
  }
  return words;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
