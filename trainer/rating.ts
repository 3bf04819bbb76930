/** A score together with how far chance moves it. */
import { accuracy, accuracyInterval, type Classes, type Interval, score } from './data/metrics.ts';
import type { MetricName } from './data/record.ts';

export interface Rating {
  /** By the task's metric. */
  score: number;
  /** The second part of a metric that is a pair. */
  f1?: number;
  accuracy: number;
  /** Of the accuracy: Wilson's, 95 %. */
  interval: Interval;
}

/** Rates predicted classes by `metric`; both lists hold class indices, one a text. */
export function rate(metric: MetricName, predicted: Classes, expected: Classes): Rating {
  return {
    ...score(metric, predicted, expected),
    accuracy: accuracy(predicted, expected),
    interval: accuracyInterval(predicted, expected),
  };
}
