/**
 * Chooses the thresholds of the named operating points on a calibration split: never on the data
 * that is reported. What each exit says was recorded once, by running the core at full depth; a
 * choice of thresholds then only decides which of the recorded exits counts.
 */
import { PolicyKind } from '../assembly/format.ts';
import type { OperatingPoint } from '../host/model-file/parts.ts';

/** One input of the calibration split, run through every exit. */
export interface Trace {
  label: number;
  /** Cost of leaving at exit i (operations, all blocks before included). [L] */
  operations: number[];
  /** Label that exit i gives. [L] */
  predictions: number[];
  /** Entropy after exit i, nats. [L] */
  entropies: number[];
}

export type Metric = (predictions: ArrayLike<number>, labels: ArrayLike<number>) => number;

export interface CalibratedPoint extends OperatingPoint {
  /** On the calibration split. */
  score: number;
  meanOperations: number;
}

interface Outcome {
  score: number;
  operations: number;
}

/** At most this many thresholds are tried for one exit: quantiles of its scores. */
const CANDIDATES = 24;
const ROUNDS = 6;
/** What `fast` may lose against full depth. */
const FAST_MARGIN = 0.01;

/**
 * `accurate` (best score), `balanced` (fewest operations at no loss against full depth), `fast`
 * (fewest within one point). Both rules of the paper are tried for each; the better one is taken,
 * `entropy-fraction` where they tie.
 */
export function calibrate(traces: Trace[], classes: number, metric: Metric): CalibratedPoint[] {
  if (traces.length === 0) throw new RangeError('calibration needs at least one example');
  const labels = traces.map((trace) => trace.label);
  const exits = traces[0].predictions.length;
  const depths = traces.map(() => exits - 1);
  const full = outcome(traces, depths, labels, metric);
  const rules = [fractionRule(traces, classes), plateauRule(traces)];

  const choose = (name: string, better: (a: Outcome, b: Outcome) => boolean): CalibratedPoint => {
    let best: { kind: PolicyKind; thresholds: number[]; outcome: Outcome } | undefined;
    for (const rule of rules) {
      const found = descend(traces, labels, metric, rule, better);
      if (!best || better(found.outcome, best.outcome)) best = { kind: rule.kind, ...found };
    }
    const { kind, thresholds, outcome: reached } = best as NonNullable<typeof best>;
    return {
      name,
      kind,
      parameter: 0,
      thresholds: Float32Array.from(thresholds),
      score: reached.score,
      meanOperations: reached.operations,
    };
  };

  const mostAccurate = (a: Outcome, b: Outcome): boolean =>
    a.score > b.score || (a.score === b.score && a.operations < b.operations);
  const cheapestAbove =
    (floor: number) =>
    (a: Outcome, b: Outcome): boolean => {
      const aboveA = a.score >= floor;
      const aboveB = b.score >= floor;
      if (aboveA !== aboveB) return aboveA;
      if (!aboveA) return a.score > b.score;
      return a.operations < b.operations || (a.operations === b.operations && a.score > b.score);
    };
  return [
    choose('balanced', cheapestAbove(full.score)),
    choose('accurate', mostAccurate),
    choose('fast', cheapestAbove(full.score - FAST_MARGIN)),
  ];
}

/** A rule over recorded scores: stop at the first exit whose score passes that exit's threshold. */
interface Rule {
  kind: PolicyKind;
  /** scores[i][t]: what is compared at exit i for trace t; NaN never stops. */
  scores: Float32Array[];
  stops: (score: number, threshold: number) => boolean;
  /** A threshold that never stops. */
  never: number;
}

function fractionRule(traces: Trace[], classes: number): Rule {
  const prior = Math.fround(Math.log(classes));
  const exits = traces[0].entropies.length;
  return {
    kind: PolicyKind.EntropyFraction,
    scores: Array.from({ length: exits }, (_, i) =>
      Float32Array.from(traces, (trace) => (prior === 0 ? 1 : 1 - trace.entropies[i] / prior)),
    ),
    stops: (score, threshold) => score >= threshold,
    never: 2,
  };
}

function plateauRule(traces: Trace[]): Rule {
  const exits = traces[0].entropies.length;
  return {
    kind: PolicyKind.EntropyPlateau,
    scores: Array.from({ length: exits }, (_, i) =>
      Float32Array.from(traces, ({ entropies }) => {
        if (i === 0) return Number.NaN;
        return entropies[i - 1] === 0 ? 0 : (entropies[i - 1] - entropies[i]) / entropies[i - 1];
      }),
    ),
    stops: (score, threshold) => score < threshold,
    // Finite, so that it survives JSON.
    never: -1e30,
  };
}

/** Coordinate descent over the exits' thresholds from several equal starts. */
function descend(
  traces: Trace[],
  labels: number[],
  metric: Metric,
  rule: Rule,
  better: (a: Outcome, b: Outcome) => boolean,
): { thresholds: number[]; outcome: Outcome } {
  const last = rule.scores.length - 1;
  const candidates = rule.scores.map((scores) => [rule.never, ...quantiles(scores)]);
  const at = (thresholds: number[]): Outcome => outcome(traces, stopsAt(rule, thresholds), labels, metric);
  let best: { thresholds: number[]; outcome: Outcome } | undefined;
  const starts = Math.max(...candidates.map((list) => list.length));
  for (let start = 0; start < starts; start += 4) {
    let thresholds = candidates.map((list) => list[Math.min(start, list.length - 1)]);
    let reached = at(thresholds);
    for (let round = 0; round < ROUNDS; round++) {
      let moved = false;
      for (let exit = 0; exit < last; exit++) {
        for (const candidate of candidates[exit]) {
          const trial = thresholds.with(exit, candidate);
          const result = at(trial);
          if (better(result, reached)) {
            thresholds = trial;
            reached = result;
            moved = true;
          }
        }
      }
      if (!moved) break;
    }
    if (!best || better(reached, best.outcome)) best = { thresholds, outcome: reached };
  }
  return best as NonNullable<typeof best>;
}

function stopsAt(rule: Rule, thresholds: number[]): number[] {
  const last = rule.scores.length - 1;
  const wanted = thresholds.map(Math.fround);
  return Array.from(rule.scores[0], (_, t) => {
    let exit = 0;
    while (exit < last && !rule.stops(rule.scores[exit][t], wanted[exit])) exit++;
    return exit;
  });
}

function outcome(traces: Trace[], depths: number[], labels: number[], metric: Metric): Outcome {
  let operations = 0;
  const predictions = traces.map((trace, t) => {
    operations += trace.operations[depths[t]];
    return trace.predictions[depths[t]];
  });
  return { score: metric(predictions, labels), operations: operations / traces.length };
}

function quantiles(scores: Float32Array): number[] {
  const sorted = scores.filter((score) => !Number.isNaN(score)).sort();
  if (sorted.length === 0) return [];
  const picks = new Set<number>();
  for (let q = 0; q < CANDIDATES; q++) picks.add(sorted[Math.floor((q / CANDIDATES) * sorted.length)]);
  return [...picks];
}
