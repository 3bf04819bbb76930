/**
 * Self-training (Yarowsky 1995; Xie 2020): models of our own label texts that nobody labelled, and a
 * new one learns from those. A teacher is any number of packed models and runs, such as recurrent
 * ones, and a linear bag of words, which err in different ways; where the text comes from a rated
 * review, the rating is evidence too.
 *
 * Log-probabilities are added and normalized again:
 *   log p(c) = mean over models and runs of log p_m(c) + BAG_SHARE log p_bag(c) + RATING_NATS [c is the rating]
 */
import type { Classifier } from '../host/node/index.ts';
import type { Backend } from './backend/index.ts';
import { type BagOfWords, trainBagOfWords } from './data/bag-of-words.ts';
import type { TextRecord } from './data/record.ts';
import { softmax } from './data/softmax.ts';
import { trainerLogits } from './trainer-scores.ts';

/** What the bag of words counts for beside the models together. Alone it is the whole teacher. */
const BAG_SHARE = 0.7;
/** Evidence in a review's rating for each of its sentences: odds of 3 to 1. */
const RATING_NATS = Math.log(3);
/** What a sentence under its review's rating counts for beside one that somebody labelled. */
const WEAK_WEIGHT = 0.1;

/** A bag of words that learned both labelled texts and sentences under their review's rating. */
export function weakBagOfWords(
  labelled: readonly TextRecord[],
  weak: readonly TextRecord[],
  labels: readonly string[],
): BagOfWords {
  const isWeak = new Set(weak);
  return trainBagOfWords([...labelled, ...weak], labels, {
    weightOf: (record) => (isWeak.has(record) ? WEAK_WEIGHT : 1),
  });
}

export interface Teacher {
  /** All know the same classes in the same order. */
  models: readonly Classifier[];
  /** Folders of finished runs, for the same classes. */
  runs: readonly string[];
  /** What runs compute on; needed where there are any. */
  backend?: Backend | undefined;
  bagOfWords?: BagOfWords | undefined;
}

/** What is known of a text before a teacher reads it. */
export interface Unlabelled {
  text: string;
  /** Class of its review's rating, where there is one. */
  rating?: number | undefined;
}

/**
 * Each text's soft label, a probability for each class, [texts][C]. Runs go over all texts first, in
 * batches; `onProgress` hears what is going on and how much of it is done.
 */
export async function softLabels(
  { models, runs, backend, bagOfWords }: Teacher,
  texts: readonly Unlabelled[],
  onProgress: (what: string, done: number) => void = () => {},
): Promise<Float64Array[]> {
  const records = texts.map(({ text }) => ({ text, label: '' }));
  const ofRuns: Float32Array[] = [];
  for (const folder of runs) {
    const exits = await trainerLogits(folder, backend!, records, (done) => onProgress(folder, done));
    ofRuns.push(exits[exits.length - 1]);
  }
  return texts.map(({ text, rating }, index) => {
    const votes: ArrayLike<number>[] = [
      ...ofRuns.map((logits) => {
        const classes = logits.length / texts.length;
        return softmax(logits.subarray(index * classes, (index + 1) * classes));
      }),
      ...models.map((model) => model.classify(text, { policy: 'full' }).probabilities),
    ];
    onProgress('models and bag of words', index + 1);
    return combine(votes, bagOfWords?.probabilities({ text }), rating);
  });
}

/** [C] from the models' votes, each [C], the bag of words' and the rating; see above. */
export function combine(
  votes: readonly ArrayLike<number>[],
  bag: ArrayLike<number> | undefined,
  rating: number | undefined,
): Float64Array {
  const classes = (votes[0] ?? bag)?.length ?? 0;
  const logs = Float64Array.from({ length: classes }, (_, c) => {
    const ofModels = votes.reduce((sum, vote) => sum + log(vote[c]) / votes.length, 0);
    const ofBag = bag ? (votes.length > 0 ? BAG_SHARE : 1) * log(bag[c]) : 0;
    return ofModels + ofBag + (c === rating ? RATING_NATS : 0);
  });
  return softmax(logs);
}

/** A probability that was rounded to 0 is not a certainty. */
function log(probability: number): number {
  return Math.log(Math.max(probability, 1e-6));
}
