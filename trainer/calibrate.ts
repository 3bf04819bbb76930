/**
 * Chooses the thresholds of the named operating points on a calibration split: never on the data
 * that is reported.
 */
import type { OperatingPoint } from '../host/model-file/parts.ts';
import { type Better, fullDepth, type Metric, search, type Trace } from './thresholds.ts';

export type { Metric, Trace } from './thresholds.ts';

export interface CalibratedPoint extends OperatingPoint {
  /** On the calibration split. */
  score: number;
  meanOperations: number;
}

/** What `fast` may lose against full depth. */
const FAST_MARGIN = 0.01;

/**
 * `accurate` (best score), `balanced` (fewest operations at no loss against full depth), `fast`
 * (fewest within one point). Both rules of the paper are tried for each; the better one is taken,
 * `entropy-fraction` where they tie.
 */
export function calibrate(traces: Trace[], classes: number, metric: Metric): CalibratedPoint[] {
  if (traces.length === 0) throw new RangeError('calibration needs at least one example');
  const full = fullDepth(traces, metric);
  const choose = (name: string, better: Better): CalibratedPoint => {
    const { kind, thresholds, outcome } = search(traces, classes, metric, better);
    const { score, operations } = outcome;
    return { name, kind, parameter: 0, thresholds, score, meanOperations: operations };
  };
  return [
    choose('balanced', cheapestAbove(full.score)),
    choose('accurate', mostAccurate),
    choose('fast', cheapestAbove(full.score - FAST_MARGIN)),
  ];
}

const mostAccurate: Better = (a, b) =>
  a.score > b.score || (a.score === b.score && a.operations < b.operations);

function cheapestAbove(floor: number): Better {
  return (a, b) => {
    const aboveA = a.score >= floor;
    const aboveB = b.score >= floor;
    if (aboveA !== aboveB) return aboveA;
    if (!aboveA) return a.score > b.score;
    return a.operations < b.operations || (a.operations === b.operations && a.score > b.score);
  };
}
