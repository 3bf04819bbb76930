/**
 * Self-training (Yarowsky 1995; Xie 2020): models of our own label texts that nobody labelled, and a
 * new one learns from those. A teacher is any number of packed models and a linear bag of words,
 * which err in different ways; where the text comes from a rated review, the rating is evidence too.
 *
 * Log-probabilities are added and normalized again:
 *   log p(c) = mean over models of log p_m(c) + BAG_SHARE log p_bag(c) + RATING_NATS [c is the rating]
 */
import type { Classifier } from '../host/node/index.ts';
import { type BagOfWords, trainBagOfWords } from './data/bag-of-words.ts';
import type { TextRecord } from './data/record.ts';

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
  bagOfWords?: BagOfWords | undefined;
}

/** The text's soft label: a probability for each class [C]. `rating` is a class, where there is one. */
export function softLabel(
  { models, bagOfWords }: Teacher,
  text: string,
  rating: number | undefined,
): Float64Array {
  const votes = models.map((model) => model.classify(text, { policy: 'full' }).probabilities);
  const bag = bagOfWords?.probabilities({ text });
  const classes = (votes[0] ?? bag)?.length ?? 0;
  const logs = Float64Array.from({ length: classes }, (_, c) => {
    const ofModels = votes.reduce((sum, vote) => sum + log(vote[c]) / models.length, 0);
    const ofBag = bag ? (models.length > 0 ? BAG_SHARE : 1) * log(bag[c]) : 0;
    return ofModels + ofBag + (c === rating ? RATING_NATS : 0);
  });
  const most = logs.reduce((a, b) => Math.max(a, b));
  const powers = logs.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** A probability that was rounded to 0 is not a certainty. */
function log(probability: number): number {
  return Math.log(Math.max(probability, 1e-6));
}
