/** Scores of a packed model on labelled texts: run through the core, with the core's own exit loop. */
import { type Operations, operations, summarizeOperations } from '../host/bench/index.ts';
import type { Classifier } from '../host/classifier.ts';
import type { Policy } from '../host/policy.ts';
import type { Trace } from './calibrate.ts';
import { majorityScore, score } from './data/metrics.ts';
import type { MetricName, TextRecord } from './data/record.ts';

export interface ExitEvaluation {
  /** Counted from 1. */
  exit: number;
  /** Share of the inputs that leave here. */
  share: number;
  /** On the inputs that leave here; null where none does. */
  score: number | null;
  /** Had every input left here. */
  scoreOfAll: number;
}

export interface Evaluation {
  task: string;
  metric: MetricName;
  n: number;
  score: number;
  /** The second part of a metric that is a pair. */
  f1?: number;
  fullDepthScore: number;
  majorityScore: number;
  exits: ExitEvaluation[];
  meanDepth: number;
  /** Mean of an input; see host/bench/operations.ts. */
  operations: { full: Operations; mean: Operations; reduction: number };
  policy: string;
}

export interface EvaluationRequest {
  task: string;
  metric: MetricName;
  labels: readonly string[];
  records: readonly TextRecord[];
  policy: Policy;
  /** After each record. */
  onRecord?: ((done: number) => void) | undefined;
}

function inputOf({ text, pair }: TextRecord): string | [string, string] {
  return pair === undefined ? text : [text, pair];
}

/** What every exit says of every record, at full depth. */
export function trace(model: Classifier, records: readonly TextRecord[], labels: readonly string[]): Trace[] {
  return records.map((record) => {
    const { exits, tokens } = model.classifyDetailed(inputOf(record), { policy: 'full' });
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
  const taken = records.map((record, index) => {
    const { exit, index: predicted, tokens } = model.classify(inputOf(record), { policy });
    request.onRecord?.(index + 1);
    return { exit, predicted, tokens };
  });
  const traces = trace(model, records, labels);
  const { score: reached, f1 } = score(
    metric,
    taken.map(({ predicted }) => predicted),
    expected,
  );
  const ofAll = (exit: number): number =>
    score(
      metric,
      traces.map(({ predictions }) => predictions[exit - 1]),
      expected,
    ).score;
  const exits = Array.from({ length: blocks }, (_, i): ExitEvaluation => {
    const here = taken.map((_, index) => index).filter((index) => taken[index].exit === i + 1);
    return {
      exit: i + 1,
      share: here.length / records.length,
      score:
        here.length === 0
          ? null
          : score(
              metric,
              here.map((index) => taken[index].predicted),
              here.map((index) => expected[index]),
            ).score,
      scoreOfAll: ofAll(i + 1),
    };
  });
  return {
    task: request.task,
    metric,
    n: records.length,
    score: reached,
    ...(f1 === undefined ? {} : { f1 }),
    fullDepthScore: ofAll(blocks),
    majorityScore: majorityScore(metric, expected).score,
    exits,
    meanDepth: taken.reduce((sum, { exit }) => sum + exit, 0) / records.length,
    operations: summarizeOperations(model.info.dimensions, taken),
    policy: typeof policy === 'string' ? policy : policy.kind,
  };
}
