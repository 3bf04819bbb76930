/**
 * Searches thresholds over what each exit was recorded to say: the core ran once at full depth, and a
 * choice of thresholds only decides which of the recorded exits counts.
 */
import { PolicyKind } from '../assembly/format.ts';
import { rank } from '../host/bench/statistics.ts';

/** One input of the calibration split, run through every exit. */
export interface Trace {
  label: number;
  /** Cost of leaving at exit i (operations, all blocks before included). [L] */
  operations: number[];
  /** Label that exit i gives. [L] */
  predictions: number[];
  /** Entropy after exit i, nats. [L] */
  entropies: number[];
  /** From the text to exit i, where it was measured. [L] */
  microseconds?: number[];
}

export type Metric = (predictions: ArrayLike<number>, labels: ArrayLike<number>) => number;

export interface Outcome {
  score: number;
  /** Mean of a text. */
  operations: number;
  /** In microseconds; 0 where traces have no times. */
  p95: number;
}

export type Better = (a: Outcome, b: Outcome) => boolean;

export interface Found {
  kind: PolicyKind;
  /** [L] */
  thresholds: Float32Array;
  outcome: Outcome;
}

/** At most this many thresholds are tried for one exit: quantiles of its scores. */
const CANDIDATES = 24;
const ROUNDS = 6;
/** How far below the lowest score a threshold lies that all pass. */
const BELOW = 1e-3;

/** What every text gives that runs to the end. */
export function fullDepth(traces: readonly Trace[], metric: Metric): Outcome {
  const last = traces[0].predictions.length - 1;
  return outcome(
    traces,
    traces.map(() => last),
    traces.map(({ label }) => label),
    metric,
  );
}

/**
 * The thresholds with the best outcome, by either rule of the paper; `entropy-fraction` where they tie.
 * @param mayAlways also tries to stop always, whatever the entropy: texts to come may be less sure than
 *   any that was recorded
 */
export function search(
  traces: Trace[],
  classes: number,
  metric: Metric,
  better: Better,
  mayAlways = false,
): Found {
  const labels = traces.map(({ label }) => label);
  let best: Found | undefined;
  for (const rule of [fractionRule(traces, classes), plateauRule(traces)]) {
    const found = descend(traces, labels, metric, rule, better, mayAlways);
    if (best && !better(found.outcome, best.outcome)) continue;
    const { thresholds, outcome: reached } = found;
    best = { kind: rule.kind, thresholds: Float32Array.from(thresholds), outcome: reached };
  }
  return best as Found;
}

/** A rule over recorded scores: stop at the first exit whose score passes that exit's threshold. */
interface Rule {
  kind: PolicyKind;
  /** scores[i][t]: what is compared at exit i for trace t; NaN never stops. */
  scores: Float32Array[];
  stops: (score: number, threshold: number) => boolean;
  /** A threshold that never stops, and one that always does. Finite, so that they survive JSON. */
  never: number;
  always: number;
}

function fractionRule(traces: Trace[], classes: number): Rule {
  const prior = Math.fround(Math.log(classes));
  const exits = traces[0].entropies.length;
  return {
    kind: PolicyKind.EntropyFraction,
    scores: Array.from({ length: exits }, (_, i) =>
      Float32Array.from(traces, (trace) => (prior === 0 ? 1 : 1 - Math.fround(trace.entropies[i] / prior))),
    ),
    stops: (score, threshold) => score >= threshold,
    never: 2,
    always: -1e30,
  };
}

function plateauRule(traces: Trace[]): Rule {
  const exits = traces[0].entropies.length;
  return {
    kind: PolicyKind.EntropyPlateau,
    scores: Array.from({ length: exits }, (_, i) =>
      Float32Array.from(traces, ({ entropies }) => {
        if (i === 0) return Number.NaN;
        const taken = Math.fround(entropies[i - 1] - entropies[i]);
        return entropies[i - 1] === 0 ? 0 : taken / entropies[i - 1];
      }),
    ),
    stops: (score, threshold) => score < threshold,
    never: -1e30,
    always: 1e30,
  };
}

/** Coordinate descent over the exits' thresholds from several equal starts. */
function descend(
  traces: Trace[],
  labels: number[],
  metric: Metric,
  rule: Rule,
  better: Better,
  mayAlways: boolean,
): { thresholds: number[]; outcome: Outcome } {
  const last = rule.scores.length - 1;
  const candidates = rule.scores.map((scores) => [
    rule.never,
    // Before the lowest score, which does the same here, but not for less sure texts to come.
    ...(mayAlways ? [rule.always] : []),
    ...quantiles(scores),
  ]);
  const at = (thresholds: number[]): Outcome => outcome(traces, stopsAt(rule, thresholds), labels, metric);
  let best: { thresholds: number[]; outcome: Outcome } | undefined;
  const most = Math.max(...candidates.map((list) => list.length));
  const starts = Array.from({ length: most }, (_, i) => i).filter((i) => i % 4 === 0);
  // From "always" on, exits can be opened one by one without ever going beyond a limit on their cost.
  if (mayAlways) starts.push(1);
  for (const start of starts) {
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

function outcome(traces: readonly Trace[], depths: number[], labels: number[], metric: Metric): Outcome {
  let operations = 0;
  const times = new Float64Array(traces.length);
  const predictions = traces.map((trace, t) => {
    operations += trace.operations[depths[t]];
    times[t] = trace.microseconds?.[depths[t]] ?? 0;
    return trace.predictions[depths[t]];
  });
  return {
    score: metric(predictions, labels),
    operations: operations / traces.length,
    p95: rank(times.sort(), 0.95),
  };
}

/**
 * Thresholds that part the scores at their quantiles. Each lies midway to the next lower score: at a
 * score itself the last bit of the core's arithmetic would decide.
 */
function quantiles(scores: Float32Array): number[] {
  const sorted = scores.filter((score) => !Number.isNaN(score)).sort();
  if (sorted.length === 0) return [];
  const picks = new Set<number>();
  for (let q = 0; q < CANDIDATES; q++) {
    const score = sorted[Math.floor((q / CANDIDATES) * sorted.length)];
    const first = sorted.indexOf(score);
    picks.add(first === 0 ? score - BELOW : (score + sorted[first - 1]) / 2);
  }
  return [...picks];
}
