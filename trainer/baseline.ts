/** What a linear bag of words scores on the same texts: nobody should ship a transformer that loses to it. */
import { trainBagOfWords } from './data/bag-of-words.ts';
import type { MetricName, TextRecord } from './data/record.ts';
import { type Rating, rate } from './rating.ts';

export interface Baseline extends Rating {
  /** Texts that it learned from. */
  trainedOn: number;
}

/** Trains on `train` and rates on `records`; all labels are among `labels`. The same every time. */
export function bagOfWordsBaseline(
  train: readonly TextRecord[],
  records: readonly TextRecord[],
  labels: readonly string[],
  metric: MetricName,
): Baseline {
  const model = trainBagOfWords(train, labels);
  const predicted = records.map((record) => model.predict(record));
  const expected = records.map(({ label }) => labels.indexOf(label));
  return { ...rate(metric, predicted, expected), trainedOn: train.length };
}
