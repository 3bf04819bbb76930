/** Scores of a packed model on labelled texts: run through the core, with the core's own exit loop. */
import { type Operations, operations, summarizeOperations } from '../host/bench/index.ts';
import type { Classifier, DetailedClassification } from '../host/classifier.ts';
import type { Policy } from '../host/policy.ts';
import type { Baseline } from './baseline.ts';
import type { Trace } from './calibrate.ts';
import { confusion, majorityClass, score } from './data/metrics.ts';
import type { MetricName, TextRecord } from './data/record.ts';
import { type Rating, rate } from './rating.ts';

export interface ExitEvaluation {
  /** Counted from 1. */
  exit: number;
  /** Share of the inputs that leave here. */
  share: number;
  /** On the inputs that leave here; null where none does. */
  score: number | null;
  /** Had every input left here. */
  scoreOfAll: number;
  /** The same with its interval. */
  ofAll: Rating;
}

/** A text that was given the wrong label. */
export interface Mistake {
  text: string;
  pair?: string;
  expected: string;
  given: string;
  /** Of the label that was given, at the exit taken. */
  probability: number;
  /** Where the text left, counted from 1. */
  exit: number;
}

export interface Evaluation extends Rating {
  task: string;
  n: number;
  metric: MetricName;
  fullDepthScore: number;
  majorityScore: number;
  exits: ExitEvaluation[];
  meanDepth: number;
  /** Mean of an input; see host/bench/operations.ts. */
  operations: { full: Operations; mean: Operations; reduction: number };
  policy: string;
  /** counts[i][j]: texts of labels[i] that were given labels[j]. */
  confusion: { labels: readonly string[]; counts: number[][] };
  /** The surest ones first. */
  mistakes: Mistake[];
  /** What always giving the most frequent label scores. */
  majority: Rating;
  /** A linear model of words on the same texts; null where there was nothing to train it on. */
  bagOfWords: Baseline | null;
}

export interface EvaluationRequest {
  task: string;
  metric: MetricName;
  labels: readonly string[];
  records: readonly TextRecord[];
  policy: Policy;
  /** Most mistakes to list; none unless given. */
  mistakes?: number;
  /** What bag-of-words baseline there is to set beside. */
  bagOfWords?: Baseline | undefined;
  /** After each record. */
  onRecord?: ((done: number) => void) | undefined;
}

/** As a classifier takes it. */
export function inputOf({ text, pair }: TextRecord): string | [string, string] {
  return pair === undefined ? text : [text, pair];
}

/** What every exit says of every record, at full depth. */
export function trace(
  model: Classifier,
  records: readonly TextRecord[],
  labels: readonly string[],
  onRecord?: (done: number) => void,
): Trace[] {
  return records.map((record, index) => {
    const { exits, tokens } = model.classifyDetailed(inputOf(record), { policy: 'full' });
    onRecord?.(index + 1);
    return {
      label: labels.indexOf(record.label),
      operations: operations(model.info.dimensions, tokens).map(({ total }) => total),
      predictions: exits.map(({ index }) => index),
      entropies: exits.map(({ entropy }) => entropy),
    };
  });
}

export function evaluate(model: Classifier, request: EvaluationRequest): Evaluation {
  const { records, labels, metric, policy } = request;
  const blocks = model.info.dimensions.blocks;
  const expected = records.map(({ label }) => labels.indexOf(label));
  // Per exit, what it says of every record.
  const ofExits = Array.from({ length: blocks }, () => new Int32Array(records.length));
  const taken = records.map((record, index) => {
    const answer = model.classifyDetailed(inputOf(record), { policy });
    exitsOf(model, record, answer).forEach((predicted, exit) => {
      ofExits[exit][index] = predicted;
    });
    request.onRecord?.(index + 1);
    const { exit, index: predicted, tokens, probabilities } = answer;
    return { exit, predicted, tokens, probability: probabilities[predicted] };
  });
  const predicted = taken.map((answer) => answer.predicted);
  const exits = ofExits.map((predictions, i): ExitEvaluation => {
    const here = taken.map((_, index) => index).filter((index) => taken[index].exit === i + 1);
    const ofThose = score(
      metric,
      here.map((index) => predicted[index]),
      here.map((index) => expected[index]),
    );
    const ofAll = rate(metric, predictions, expected);
    return {
      exit: i + 1,
      share: here.length / records.length,
      score: here.length === 0 ? null : ofThose.score,
      scoreOfAll: ofAll.score,
      ofAll,
    };
  });
  const always = new Int32Array(expected.length).fill(majorityClass(expected));
  const majority = rate(metric, always, expected);
  return {
    task: request.task,
    metric,
    n: records.length,
    ...rate(metric, predicted, expected),
    fullDepthScore: exits[blocks - 1].scoreOfAll,
    majorityScore: majority.score,
    exits,
    meanDepth: taken.reduce((sum, { exit }) => sum + exit, 0) / records.length,
    operations: summarizeOperations(model.info.dimensions, taken),
    policy: typeof policy === 'string' ? policy : policy.kind,
    confusion: { labels, counts: confusion(predicted, expected, labels.length) },
    mistakes: worstMistakes(records, labels, taken, request.mistakes ?? 0),
    majority,
    bagOfWords: request.bagOfWords ?? null,
  };
}

/** What every exit says of a record. Only a record that left early has to run again, to the end. */
function exitsOf(model: Classifier, record: TextRecord, answer: DetailedClassification): number[] {
  const deepest =
    answer.exit === model.info.dimensions.blocks
      ? answer
      : model.classifyDetailed(inputOf(record), { policy: 'full' });
  return deepest.exits.map(({ index }) => index);
}

/** The wrong answers that were given with the most certainty; in the order of the data where they tie. */
function worstMistakes(
  records: readonly TextRecord[],
  labels: readonly string[],
  taken: readonly { exit: number; predicted: number; probability: number }[],
  most: number,
): Mistake[] {
  return records
    .map((record, index) => ({ record, answer: taken[index] }))
    .filter(({ record, answer }) => labels[answer.predicted] !== record.label)
    .sort((a, b) => b.answer.probability - a.answer.probability)
    .slice(0, most)
    .map(({ record: { text, pair, label }, answer: { predicted, probability, exit } }) => ({
      text,
      ...(pair === undefined ? {} : { pair }),
      expected: label,
      given: labels[predicted],
      probability,
      exit,
    }));
}
