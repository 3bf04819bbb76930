/** Chooses thresholds for a user's own target: a least score, a most of operations, a most of time. */
import type { CalibratedPoint } from './calibrate.ts';
import { type Better, fullDepth, type Metric, type Outcome, search, type Trace } from './thresholds.ts';

/** At least one is given; where several are, all must hold. */
export interface Target {
  /** Most that may be lost of full depth's score, as a fraction. */
  within?: number;
  /** Most operations, as a share of full depth's. */
  operations?: number;
  /** Most microseconds that 95 of 100 texts may take; the traces must have times. */
  p95?: number;
}

export interface Reached {
  score: number;
  /** Mean of a text, as a share of full depth's. */
  operations: number;
  /** In microseconds; undefined where the traces have no times. */
  p95?: number;
}

export interface TargetResult {
  /** Whether every part of the target holds on the traces; if not, the point comes as near as possible. */
  met: boolean;
  point: CalibratedPoint;
  reached: Reached;
  fullDepth: Reached;
}

/**
 * With `within`, the fewest operations within the target; otherwise the best score within it.
 * @param traces of texts that were neither trained on nor are reported
 */
export function calibrateTarget(
  traces: Trace[],
  classes: number,
  metric: Metric,
  target: Target,
  name: string,
): TargetResult {
  if (traces.length === 0) throw new RangeError('calibration needs at least one example');
  const full = fullDepth(traces, metric);
  const timed = traces[0].microseconds !== undefined;
  if (target.p95 !== undefined && !timed) throw new RangeError('a target in time needs measured traces');
  /** How far an outcome is beyond the target, each part as a share of it; 0 is within. */
  const excess = ({ score, operations, p95 }: Outcome): number => {
    const beyond = [
      target.within === undefined ? 0 : full.score - target.within - score,
      target.operations === undefined ? 0 : operations / full.operations / target.operations - 1,
      target.p95 === undefined ? 0 : p95 / target.p95 - 1,
    ];
    return beyond.reduce((sum, part) => sum + (part > ROUNDING ? part : 0), 0);
  };
  const cheaper: Better = (a, b) =>
    a.operations < b.operations || (a.operations === b.operations && a.score > b.score);
  const surer: Better = (a, b) => a.score > b.score || (a.score === b.score && a.operations < b.operations);
  const preferred = target.within === undefined ? surer : cheaper;
  const better: Better = (a, b) => {
    const [beyondA, beyondB] = [excess(a), excess(b)];
    return beyondA === beyondB ? preferred(a, b) : beyondA < beyondB;
  };
  const { kind, thresholds, outcome } = search(traces, classes, metric, better, true);
  const shown = ({ score, operations, p95 }: Outcome): Reached => ({
    score,
    operations: operations / full.operations,
    ...(timed ? { p95 } : {}),
  });
  return {
    met: excess(outcome) === 0,
    point: {
      name,
      kind,
      parameter: 0,
      thresholds,
      score: outcome.score,
      meanOperations: outcome.operations,
    },
    reached: shown(outcome),
    fullDepth: shown(full),
  };
}

/** Sums of fractions differ by this much, and mean nothing. */
const ROUNDING = 1e-9;
